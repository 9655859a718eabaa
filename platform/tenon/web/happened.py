"""In charge of one entry of a timeline, and of where a page of it ended."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

MOST_SKIPPED = 500


@dataclass(frozen=True, kw_only=True)
class Tag:
    text: str
    color: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What comes next, and until when. `open`: still to be done; `late`: its day has passed."""

    text: str
    day: str = ""
    open: bool = False
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class Happened:
    """`source` is where it comes from, `label` what it is called (“Call”), `people` with whom, `who` by whom."""

    source: str
    at: datetime
    icon: str
    label: str
    color: str = ""
    title: str = ""
    address: str = ""
    text: str = ""
    people: str = ""
    who: str = ""
    tags: Sequence[Tag] = ()
    step: Step | None = None
    planned: bool = False


@dataclass(frozen=True, kw_only=True)
class Until:
    """A page ended at this instant; of each source so many of the very instant were on it."""

    at: datetime
    skip: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str | None) -> "Until | None":
        """None for the first page, and for what nobody wrote here."""
        when, *counts = (text or "").split("~")
        try:
            at = datetime.fromisoformat(when)
            skip = {name: int(number) for name, _dot, number in (each.rpartition(".") for each in counts)}
        except ValueError:
            return None
        if at.tzinfo is None or any(not 0 <= number <= MOST_SKIPPED for number in skip.values()):
            return None
        return cls(at=at.astimezone(UTC), skip=skip)

    def written(self) -> str:
        return "~".join([self.at.isoformat(), *(f"{name}.{number}" for name, number in self.skip.items())])

    @classmethod
    def following(cls, before: "Until | None", shown: Sequence[Happened]) -> "Until":
        at = shown[-1].at
        same = Counter(one.source for one in shown if one.at == at)
        if before is not None and before.at == at:
            same.update(before.skip)
        return cls(at=at.astimezone(UTC), skip=dict(same))
