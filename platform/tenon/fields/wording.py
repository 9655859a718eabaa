"""In charge of text as people and programs send it: what is cleaned quietly and what is refused."""

import re
import unicodedata
from typing import Any

from tenon.fields.base import InvalidValue
from tenon.texts import say

INVISIBLE = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0xFEFF])
"""Direction overrides, which make a text look like another (Windows puts them into copied paths), and
zero-width marks left by editors. They are taken out: nobody sees them go, nobody meant them."""

_CONTROLS = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f"
_FORBIDDEN = re.compile(f"[{_CONTROLS}]")
_LINE_BREAKS = re.compile(r"[ \t]*(?:\r\n|[\n\r\t\x85\u2028\u2029])[ \t]*")

PLAIN_TEXT = f"^[^{_CONTROLS}]*$"
"""JSON Schema pattern of what `clean` takes."""


def text_of(raw: Any) -> str:
    """`raw` itself; raises InvalidValue when it is no text, or text that cannot be stored."""
    if not isinstance(raw, str):
        raise InvalidValue("not_text", say("This must be text.", "这里必须是文本。"))
    if _FORBIDDEN.search(raw):
        raise InvalidValue(
            "control_character",
            say("The text has a control character, such as NUL.", "文本中含有控制字符（例如 NUL）。"),
            say("Remove it and try again.", "请删除后重试。"),
        )
    if not _encodes(raw):
        raise InvalidValue("broken_text", say("The text is not valid Unicode.", "文本不是有效的 Unicode。"))
    return raw


def clean(raw: Any, *, most: int, lines: bool = False) -> str | None:
    """Normalised (NFC), stripped text of at most `most` characters; None when blank. `lines` keeps line breaks."""
    if isinstance(raw, str) and raw.isascii() and raw.isprintable():  # nothing to clean: a tenth of the time
        refuse_longer(plain := raw.strip(), most)
        return plain or None
    text = text_of(raw).translate(INVISIBLE)
    text = text.replace("\r\n", "\n").replace("\r", "\n") if lines else _LINE_BREAKS.sub(" ", text)
    text = unicodedata.normalize("NFC", text).strip()
    refuse_longer(text, most)
    return text or None


def line(raw: Any, *, most: int = 1000) -> str:
    """One line, "" when blank; the first step of every type that people write as text."""
    return clean(raw, most=most) or ""


def refuse_longer(text: str, most: int) -> None:
    if len(text) > most:
        raise InvalidValue(
            "too_long",
            say(
                "The text has {length} characters; at most {most} are allowed.",
                "文本有 {length} 个字符，最多允许 {most} 个。",
                length=len(text),
                most=most,
            ),
        )


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
