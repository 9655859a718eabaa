"""In charge of versions of modules: which is newer, and which a range takes in.

A range is written like `>=1.2,<3`: every part must hold. A bare version means "this or later"; `~=1.2` means 1.2 or
later below 2, `~=1.2.3` means 1.2.3 or later below 1.3.
"""

import re
from collections.abc import Iterator

Numbers = tuple[int, int, int]
_PART = re.compile(r"\s*(>=|<=|==|!=|~=|<|>)?\s*(\d{1,9}(?:\.\d{1,9}){0,2})\s*")
_HOLDS = {
    ">=": lambda found, asked: found >= asked,
    "<=": lambda found, asked: found <= asked,
    "==": lambda found, asked: found == asked,
    "!=": lambda found, asked: found != asked,
    "<": lambda found, asked: found < asked,
    ">": lambda found, asked: found > asked,
}


def numbers(version: str) -> Numbers:
    """What versions are compared by; missing parts count as 0."""
    found = [int(part) for part in re.findall(r"\d{1,9}", version)[:3]]
    major, minor, patch = (*found, 0, 0, 0)[:3]
    return major, minor, patch


def is_newer(version: str, than: str) -> bool:
    return numbers(version) > numbers(than)


def allows(range_: str, version: str) -> bool:
    """Whether `version` lies in the range; one that is not written as a range should be takes in nothing."""
    found = numbers(version)
    return all(part is not None and _HOLDS[part[0]](found, part[1]) for part in _parts(range_))


def _parts(range_: str) -> Iterator[tuple[str, Numbers] | None]:
    for written in range_.split(","):
        match = _PART.fullmatch(written)
        if match is None:
            yield None
        elif match[1] == "~=":
            yield ">=", numbers(match[2])
            yield "<", _next(match[2])
        else:
            yield match[1] or ">=", numbers(match[2])


def _next(version: str) -> Numbers:
    """The first version that `~=` leaves out."""
    major, minor, _patch = numbers(version)
    return (major, minor + 1, 0) if version.count(".") == 2 else (major + 1, 0, 0)
