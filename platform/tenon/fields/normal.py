"""In charge of the normal form of texts that are compared: case, width, spaces, punctuation and the legal endings of
companies do not count. E-mail addresses and phone numbers are stored in theirs already.
"""

import re
import unicodedata

_ENDINGS = (
    *("股份有限公司", "有限责任公司", "有限公司", "集团公司", "公司"),
    *("corporation", "incorporated", "company", "limited", "gmbh", "corp", "inc", "llc", "ltd", "plc", "co", "ag"),
)
_GAPS = re.compile(r"[\W_]+")


def normal_form(text: str) -> str:
    """ "" for a text without letters and digits. A name that is nothing but an ending stays as it is."""
    words = [word for word in _GAPS.split(unicodedata.normalize("NFKC", text).casefold()) if word]
    while len(words) > 1 and words[-1] in _ENDINGS:
        words.pop()
    if not words:
        return ""
    return "".join([*words[:-1], _without_chinese_ending(words[-1])])


def core_of(text: str) -> str:
    """The longest run of letters and digits that every text of the same normal form holds, if written alike."""
    words = [word for word in _GAPS.split(text) if word]
    plain = [word for word in words if word.casefold() not in _ENDINGS] or words
    longest = max(plain, key=len, default="")
    return _without_chinese_ending(longest)


def _without_chinese_ending(word: str) -> str:
    for ending in _ENDINGS[:5]:
        if word.endswith(ending) and len(word) > len(ending):
            return word.removesuffix(ending)
    return word
