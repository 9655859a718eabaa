"""In charge of "did you mean": the known names nearest to one that is not known."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process

from tenon.texts import Text, say


def nearest(name: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """At most `most` names that look like `name`, best first; empty when none is near."""
    matches = process.extract(name, list(known), scorer=fuzz.WRatio, limit=most, score_cutoff=70)
    return [match for match, _score, _index in matches]


def did_you_mean(name: str, known: Iterable[str]) -> Text | None:
    """A hint that names the nearest known names, or None."""
    names = nearest(name, known)
    if not names:
        return None
    quoted = ", ".join(f"“{candidate}”" for candidate in names)
    return say("Did you mean {names}?", "您是不是想写 {names}？", names=quoted)
