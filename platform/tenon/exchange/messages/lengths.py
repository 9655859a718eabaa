"""In charge of how long a text message is: characters, and the parts it is sent and paid for in (3GPP TS 23.038)."""

from dataclasses import dataclass
from typing import Literal

_PLAIN = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("^{}\\[~]|€\f")
_SIZES = {"GSM-7": (160, 153), "UCS-2": (70, 67)}


@dataclass(frozen=True, kw_only=True)
class SmsLength:
    characters: int
    parts: int
    encoding: Literal["GSM-7", "UCS-2"]


def sms_length(text: str) -> SmsLength:
    """One letter outside the plain alphabet makes the whole message a UCS-2 one."""
    encoding: Literal["GSM-7", "UCS-2"] = "GSM-7" if set(text) <= _PLAIN | _DOUBLE else "UCS-2"
    if encoding == "GSM-7":
        units = sum(2 if letter in _DOUBLE else 1 for letter in text)
    else:
        units = len(text.encode("utf-16-be")) // 2
    single, chained = _SIZES[encoding]
    parts = 0 if not units else 1 if units <= single else -(-units // chained)
    return SmsLength(characters=len(text), parts=parts, encoding=encoding)
