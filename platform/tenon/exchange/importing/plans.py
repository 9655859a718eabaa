"""In charge of import plans: several files in the order they need each other, and sums that must come out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tenon.access import Access
from tenon.compiler import read_document
from tenon.database import UnitOfWork
from tenon.query import Aggregate, Reader


@dataclass(frozen=True, kw_only=True)
class Step:
    """`expect` holds the counts of a first run into an empty workspace."""

    name: str
    file: Path
    mapping: Path
    expect: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Check:
    name: str
    entity: str
    where: str | None
    measure: str
    wanted: Decimal


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    check: Check
    got: Decimal

    @property
    def holds(self) -> bool:
        return self.got == self.check.wanted


@dataclass(frozen=True, kw_only=True)
class ImportPlan:
    steps: tuple[Step, ...]
    checks: tuple[Check, ...]

    def check(self, unit: UnitOfWork, access: Access, reader: Reader) -> Sequence[CheckResult]:
        """One aggregate per check, under the rights of whoever asks."""
        return [CheckResult(check=check, got=_measured(unit, access, reader, check)) for check in self.checks]


def read_plan(path: Path) -> ImportPlan:
    """Raises MetadataError with every problem of the file."""
    content = read_document("import_plan", path)
    return ImportPlan(
        steps=tuple(
            Step(
                name=name,
                file=path.parent / said["file"],
                mapping=path.parent / said["map"],
                expect=said.get("expect", {}),
            )
            for name, said in content["steps"].items()
        ),
        checks=tuple(
            Check(
                name=name,
                entity=said["entity"],
                where=said.get("where"),
                measure=said["measure"],
                wanted=Decimal(str(said["is"])),
            )
            for name, said in content.get("checks", {}).items()
        ),
    )


def _measured(unit: UnitOfWork, access: Access, reader: Reader, check: Check) -> Decimal:
    request = Aggregate(entity=check.entity, measures=(check.measure,), where=check.where)
    groups = reader.aggregate(unit, access, request)
    value: Any = groups[0][check.measure] if groups else 0
    if isinstance(value, dict):
        value = value["amount"]
    return Decimal(str(value or 0))
