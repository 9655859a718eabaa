"""In charge of one call of another system: its headers and signature, and what its answer means.

Taken is what is answered with 2xx. Tried again is what is answered with 5xx, 429 or 408, or not at all; everything
else is refused for good, redirects among it.
"""

import base64
from dataclasses import dataclass
from datetime import datetime

from tenon.errors import BadRequest
from tenon.exchange.calling import Answer, Unreachable, call
from tenon.exchange.hooks.signing import signature
from tenon.jobs import GiveUp
from tenon.texts import say

LATER = frozenset({408, 429})
SIGNATURE, DELIVERY, REPLAY = "X-Tenon-Signature", "X-Tenon-Delivery", "X-Tenon-Replay"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """`credentials`: kind, user, header and secret of a connector. `secret` is that of a subscription.

    `replay`: by which replay it is sent again; "" when it is the first time.
    """

    id: str
    url: str
    method: str = "POST"
    body: bytes = b""
    secret: str = ""
    replay: str = ""
    credentials: tuple[str, str, str, str] = ("none", "", "", "")
    now: datetime


def deliver(delivery: Delivery, *, private: bool) -> Answer:
    """Raises GiveUp for good, Unreachable when it may be tried again."""
    try:
        answer = call(
            delivery.url,
            method=delivery.method,
            body=delivery.body,
            headers=_headers(delivery),
            private=private,
        )
    except BadRequest as refusal:
        raise GiveUp(refusal.message) from refusal
    if 200 <= answer.status < 300:
        return answer
    told = f"{answer.status} {answer.text[:500]}"
    if answer.status >= 500 or answer.status in LATER:
        raise Unreachable(told, sent=True)
    raise GiveUp(say("The other system refused it: {told}", "对方系统拒绝：{told}", told=told))


def _headers(delivery: Delivery) -> dict[str, str]:
    headers = {DELIVERY: delivery.id}
    if delivery.body:
        headers["Content-Type"] = "application/cloudevents+json; charset=utf-8"
    if delivery.replay:
        headers[REPLAY] = delivery.replay
    if delivery.secret:
        headers[SIGNATURE] = signature(delivery.secret, delivery.body, delivery.now)
    kind, user, header, secret = delivery.credentials
    if kind == "token":
        headers[header or "Authorization"] = secret if header else f"Bearer {secret}"
    elif kind == "basic":
        headers["Authorization"] = "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()
    elif kind == "hmac":
        headers[header or SIGNATURE] = signature(secret, delivery.body, delivery.now)
    return headers
