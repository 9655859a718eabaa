"""In charge of how each chat platform's group robot is spoken to: the body of a text, the signature, the answer.

The platform is known by the path of the robot's address, which is the same wherever it is installed.
WeCom: the key in the address is all. DingTalk: HMAC-SHA256 with the secret over “timestamp (ms), newline, secret”, in
the address. Feishu: HMAC-SHA256 of nothing, with “timestamp (s), newline, secret” as the key, in the body.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlsplit

Request = tuple[str, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Robot:
    """`request` gives address and body. `codes` are the names under which the answer says whether it was taken (0)."""

    name: str
    path: str
    request: Callable[[str, str, str, datetime], Request]
    codes: tuple[str, ...]
    busy: frozenset[int] = frozenset()
    """Codes that mean: later."""

    def refusal(self, answer: Mapping[str, Any]) -> int:
        """0 when the message was taken."""
        return next((int(answer[code]) for code in self.codes if isinstance(answer.get(code), int)), 0)


def _wecom(url: str, _secret: str, text: str, _now: datetime) -> Request:
    return url, {"msgtype": "text", "text": {"content": text}}


def _dingtalk(url: str, secret: str, text: str, now: datetime) -> Request:
    body = {"msgtype": "text", "text": {"content": text}}
    if not secret:
        return url, body
    stamp = str(int(now.timestamp() * 1000))
    sign = quote_plus(_hmac(secret, f"{stamp}\n{secret}"))
    return f"{url}{'&' if '?' in url else '?'}timestamp={stamp}&sign={sign}", body


def _feishu(url: str, secret: str, text: str, now: datetime) -> Request:
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if secret:
        stamp = str(int(now.timestamp()))
        body |= {"timestamp": stamp, "sign": _hmac(f"{stamp}\n{secret}", "")}
    return url, body


def _hmac(key: str, words: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()).decode()


ROBOTS = (
    Robot(
        name="WeCom",
        path="/cgi-bin/webhook/send",
        request=_wecom,
        codes=("errcode",),
        busy=frozenset({-1, 45009}),
    ),
    Robot(
        name="DingTalk",
        path="/robot/send",
        request=_dingtalk,
        codes=("errcode",),
        busy=frozenset({-1, 130101, 410100}),
    ),
    Robot(
        name="Feishu",
        path="/open-apis/bot/v2/hook/",
        request=_feishu,
        codes=("code", "StatusCode"),
        busy=frozenset({9499, 11232}),
    ),
)


def robot_of(url: str) -> Robot | None:
    path = urlsplit(url).path
    return next((robot for robot in ROBOTS if path.startswith(robot.path)), None)
