"""In charge of turning the bytes of mails into text: what is declared is tried first, then what is likely. Never fails.

Some programs declare a smaller character set than they use, or none, or one that does not exist.
"""

import codecs
import re
from email.errors import HeaderParseError
from email.header import decode_header

_LARGER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
"""What is declared → what holds all of it, and what people really use."""
_LIKELY = ("utf-8", "gb18030", "cp1252")
_WORD = re.compile(r"=\?[^?\s]+\?[bqBQ]\?[^?]*\?=")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def text_of(content: bytes, declared: str | None = None) -> str:
    name = (declared or "").strip().strip("\"'").lower()
    for charset in dict.fromkeys(filter(None, (_LARGER.get(name, name), *_LIKELY))):
        try:
            return clean(codecs.decode(content, charset))
        except (LookupError, ValueError, TypeError):
            continue
    return clean(content.decode("cp1252", "replace"))


def clean(text: str) -> str:
    """Without what no database keeps and no page shows; lines end in one way."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def header_of(value: object) -> str:
    """A header's words: encoded ones decoded, raw bytes taken for what they are likely to be; on one line."""
    raw = str(value or "").encode("utf-8", "surrogateescape")
    text = raw.decode("ascii") if raw.isascii() else text_of(raw)
    joined = re.sub(r"(\?=)\s+(=\?)", r"\1\2", " ".join(text.split()))
    return " ".join(_WORD.sub(_decoded, _runs(joined)).split())


def _runs(text: str) -> str:
    """Neighbouring words of one character set become one: programs cut characters in two."""
    pattern = re.compile(r"=\?([^?\s]+)\?([bqBQ])\?([^?]*)\?==\?\1\?\2\?([^?]*)\?=", re.IGNORECASE)
    while True:
        found = pattern.search(text)
        if found is None or (found[2] in "bB" and found[3].endswith("=")):
            return text
        text = f"{text[: found.start()]}=?{found[1]}?{found[2]}?{found[3]}{found[4]}?={text[found.end() :]}"


def _decoded(found: re.Match[str]) -> str:
    try:
        parts = decode_header(found.group(0))
    except (HeaderParseError, ValueError):
        return found.group(0)
    return "".join(part if isinstance(part, str) else text_of(part, charset) for part, charset in parts)
