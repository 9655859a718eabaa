"""In charge of keeping machines out without a third party: signed passes, traps, small tasks, counted links.

A pass says for which form it is and when it was issued; it is good once, after a few seconds and for a day. It is what
keeps other sites from sending in a visitor's name as well: no cookie is asked for, so none can be misused.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from tenon.errors import Detail
from tenon.ids import new_id
from tenon.model.outreach import Protection, WebForm
from tenon.texts import Text, say

LASTS = timedelta(hours=24)
WORK_BITS = 14
"""Leading zero bits of SHA-256 over `<key>:<number>`: some ten thousand tries, a second of a telephone."""
_LINK = re.compile(r"https?://|www\.|<a\s|\[url", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Pass:
    """`key` marks the one submission it is for."""

    form: str
    issued: datetime
    key: str

    @classmethod
    def issue(cls, form: WebForm, now: datetime) -> "Pass":
        return cls(form=form.name, issued=now, key=new_id())

    @classmethod
    def read(cls, secret: bytes, token: str) -> "Pass | None":
        """None for what was not signed here."""
        try:
            form, issued, key = _signer(secret).loads(token)
            return cls(form=str(form), issued=datetime.fromtimestamp(int(issued), UTC), key=str(key))
        except (BadSignature, ValueError, TypeError, OverflowError, OSError):
            return None

    def signed(self, secret: bytes) -> str:
        return str(_signer(secret).dumps([self.form, int(self.issued.timestamp()), self.key]))


def fault_of(granted: Pass | None, form: WebForm, now: datetime) -> Detail | None:
    """Why a pass is not good, as somebody is told who may simply send once more."""
    if granted is None or granted.form != form.name or now - granted.issued > LASTS or granted.issued > now:
        message = say("This form has been open for too long.", "表单打开时间过长。")
        return Detail(path="token", code="stale_token", message=message, hint=say("Send it again.", "请再次提交。"))
    if now - granted.issued < timedelta(seconds=form.protection.least_seconds):
        message = say("That was very quick.", "提交过快。")
        hint = say("Check your answers and send them again.", "请检查填写内容后再次提交。")
        return Detail(path="token", code="too_quick", message=message, hint=hint)
    return None


def question_of(secret: bytes, granted: Pass) -> Text:
    """A small sum, made of the pass; its answer is on no page."""
    first, second = _terms(secret, granted)
    return say("What is {first} + {second}?", "{first} + {second} 等于多少？", first=first, second=second)


def is_solved(secret: bytes, granted: Pass, protection: Protection, solution: str) -> bool:
    """By the machine's work, or by the answer; where work is asked for, a visitor without scripts may answer."""
    if protection.puzzle == "none":
        return True
    kind, _, number = solution.strip().partition(":")
    if kind == "work":
        return protection.puzzle == "work" and number.isdecimal() and len(number) < 20 and _worked(granted.key, number)
    answer = solution.strip()
    return answer.isdecimal() and len(answer) < 9 and int(answer) == sum(_terms(secret, granted))


def suspicion_of(protection: Protection, answers: Mapping[str, Any], trap: str) -> Text | None:
    """Why it looks like a machine's; nobody is told but those who read the submissions."""
    if protection.trap and trap.strip():
        return say("The field that only machines fill in was filled in.", "只有机器才会填写的字段被填写了。")
    if protection.links is not None:
        found = max((len(_LINK.findall(text)) for text in answers.values() if isinstance(text, str)), default=0)
        if found > protection.links:
            return say("One answer holds {count} links.", "一个回答中含有 {count} 个链接。", count=found)
    return None


def fingerprint(secret: bytes, address: str) -> str:
    """Of a visitor's network address, which itself is not kept."""
    return hmac.new(secret, f"tenon.visitor:{address}".encode(), hashlib.sha256).hexdigest()[:32]


def _worked(key: str, number: str) -> bool:
    digest = hashlib.sha256(f"{key}:{number}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - WORK_BITS) == 0


def _terms(secret: bytes, granted: Pass) -> tuple[int, int]:
    digest = hmac.new(secret, f"tenon.question:{granted.key}".encode(), hashlib.sha256).digest()
    return digest[0] % 9 + 1, digest[1] % 9 + 1


def _signer(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="tenon.webform")
