"""In charge of signatures between systems: HMAC-SHA256 over the moment and the body, so that neither can be changed."""

import hashlib
import hmac
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
"""How old a signed call may be, and how far its clock may differ."""


def signature(secret: str, body: bytes, now: datetime) -> str:
    """`t=<seconds since 1970>,v1=<hex>`."""
    stamp = str(int(now.timestamp()))
    return f"t={stamp},v1={_digest(secret, stamp, body)}"


def is_signed(secret: str, body: bytes, given: str, now: datetime) -> bool:
    """Whether `given` was made with this secret over this body, not long ago."""
    parts = dict(part.split("=", 1) for part in given.replace(" ", "").split(",") if "=" in part)
    stamp = parts.get("t", "")
    if not stamp.isdecimal() or len(stamp) > 12:
        return False
    fresh = abs(now.timestamp() - int(stamp)) <= TOLERANCE.total_seconds()
    return fresh and hmac.compare_digest(_digest(secret, stamp, body), parts.get("v1", ""))


def _digest(secret: str, stamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
