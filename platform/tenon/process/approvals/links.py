"""In charge of links by which somebody decides from a mail: signed, for one task as it was asked, for a while.

A link decides nothing by being opened; it leads to a page that asks for confirmation. It is good once: an answered
task takes no second answer, and one that is asked anew has another stamp.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Linked = Literal["approve", "reject"]
VALID = timedelta(days=30)
_PURPOSE = b"tenon approval link\n"


@dataclass(frozen=True)
class Link:
    task: str
    verb: Linked
    stamp: str
    """When the task was asked, as ISO text."""


def links(secret: bytes, base: str, task: str, asked_at: datetime, now: datetime) -> Mapping[Linked, str]:
    """Addresses by decision; `base` is the address of the workspace's pages, without a slash at its end."""
    verbs: tuple[Linked, ...] = ("approve", "reject")
    return {verb: f"{base}/inbox/link/{_token(secret, task, verb, asked_at, now + VALID)}" for verb in verbs}


def read_link(secret: bytes, token: str, now: datetime) -> Link | None:
    """None for one that is not ours, was changed, or is too old."""
    body, _dot, signature = token.partition(".")
    if not hmac.compare_digest(_signature(secret, body).encode(), signature.encode()):
        return None
    task, verb, stamp, until = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return None if now.timestamp() > until else Link(task, verb, stamp)


def _token(secret: bytes, task: str, verb: Linked, asked_at: datetime, until: datetime) -> str:
    content = json.dumps([task, verb, asked_at.isoformat(), int(until.timestamp())], separators=(",", ":"))
    body = base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")
    return f"{body}.{_signature(secret, body)}"


def _signature(secret: bytes, body: str) -> str:
    return hmac.new(secret, _PURPOSE + body.encode(), hashlib.sha256).hexdigest()
