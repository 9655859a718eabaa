"""In charge of the values that the figures of stages consist of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from tenon.fields.storage import rounded
from tenon.model import Entity, Pipeline, Stage
from tenon.query import Cell, Loss, Window

_PLACES = 4


@dataclass(frozen=True, kw_only=True)
class StageRequest:
    """`pipeline` None: the first. `where` narrows the records, `group` is a path to compare by.

    `total` is the path that is added up of the records in a stage now.
    """

    entity: str
    pipeline: str | None = None
    where: str | None = None
    window: Window = field(default_factory=Window)
    group: str | None = None
    total: str | None = None


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Lengths of stays in seconds; `low` and `high` are the quartiles."""

    count: int
    mean: int
    low: int
    median: int
    high: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Records in a stage now, whenever they came. `over`: longer than its limit; None without one.

    `over_since`: whoever came then or before is over the limit.
    """

    count: int = 0
    total: Any = None
    over: int | None = None
    over_since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One stage. `following` is the step its `conversion` leads to, None at the end of the way."""

    stage: Stage
    following: Stage | None
    cell: Cell
    now: Standing
    time: Spread | None = None
    working: Spread | None = None

    @property
    def conversion(self) -> Decimal | None:
        """The part of those who got here that got to the next step."""
        return None if self.following is None else rate(self.cell.next, self.cell.reached)

    @property
    def success(self) -> Decimal | None:
        """The part of those who got here that were won in the end."""
        return rate(self.cell.won, self.cell.reached)


@dataclass(frozen=True, kw_only=True)
class Group:
    """The figures of the records with one value of what is compared by, as JSON shows it."""

    key: Any
    lines: Sequence[Line]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """`reason` is the field whose values the losses speak of; None: the reasons given when records were moved.

    `total` is what was added up; None where there was nothing to add, or different currencies.
    """

    entity: Entity
    pipeline: Pipeline
    request: StageRequest
    lines: Sequence[Line]
    losses: Sequence[Loss]
    reason: str | None = None
    total: str | None = None
    groups: Sequence[Group] = ()

    @property
    def steps(self) -> list[Line]:
        """The stages on the way, without those where records are lost."""
        return [line for line in self.lines if line.stage.kind != "lost"]


def rate(part: int, whole: int) -> Decimal | None:
    """To four places; None of nothing."""
    return rounded(Decimal(part) / Decimal(whole), _PLACES) if whole else None
