"""In charge of what came of an import: counts that add up, and the rejected rows with their reasons."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tenon.texts import Text

End = Literal["created", "changed", "unchanged", "rejected", "ignored"]
ENDS: tuple[End, ...] = ("created", "changed", "unchanged", "rejected", "ignored")


@dataclass(frozen=True)
class Rejection:
    """`line` counts from 1, the headings included; `cells` are as in the file."""

    line: int
    cells: Mapping[str, str]
    reasons: tuple[tuple[str, Text], ...]
    """Column or field → why."""


@dataclass
class ImportResult:
    """`rows` equals the sum of the five counts once the import is through."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    ignored: int = 0
    ignored_because: dict[str, tuple[Text, int]] = field(default_factory=dict)
    rejections: list[Rejection] = field(default_factory=list)
    unused: tuple[str, ...] = ()

    def count(self, end: End) -> None:
        self.rows += 1
        setattr(self, end, getattr(self, end) + 1)

    def ignore(self, why: Text) -> None:
        self.count("ignored")
        reason = str(why)
        self.ignored_because[reason] = (why, self.ignored_because.get(reason, (why, 0))[1] + 1)

    def reject(self, rejection: Rejection) -> None:
        self.count("rejected")
        self.rejections.append(rejection)

    def counts(self) -> dict[str, int]:
        return {"rows": self.rows, **{end: getattr(self, end) for end in ENDS}}


def write_rejections(path: Path, headings: Sequence[str], result: ImportResult, language: str, label: str) -> None:
    """Only the bad rows, ready to be mended and imported again, with a column of reasons; opens well in Excel."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*headings, label])
        for rejection in sorted(result.rejections, key=lambda item: item.line):
            reasons = "; ".join(f"{name}: {why.in_(language)}" for name, why in rejection.reasons)
            writer.writerow([*(rejection.cells.get(heading, "") for heading in headings), reasons])
