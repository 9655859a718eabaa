"""In charge of how figures of stages are asked for: which records count, in what time, for which number."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Cohort = Literal["pipeline", "stage"]
Kind = Literal["reached", "entered", "skipped", "next", "won", "here", "forward", "back", "lost", "away", "ended"]


@dataclass(frozen=True, kw_only=True)
class Window:
    """Who is counted: records that came into the pipeline in this time, or, of each stage, those that got as far then.

    `since` counts, `until` does not; None is without limit.
    """

    cohort: Cohort = "pipeline"
    since: datetime | None = None
    until: datetime | None = None

    @property
    def shape(self) -> tuple[Any, ...]:
        return self.cohort, self.since is None, self.until is None

    @property
    def values(self) -> dict[str, Any]:
        given = {"window_since": self.since, "window_until": self.until}
        return {name: moment for name, moment in given.items() if moment is not None}


@dataclass(frozen=True, kw_only=True)
class Passed:
    """The records that a number of the figures counts.

    `ended`: those that are lost now, `stage` being the one they were lost from (None: from outside the pipeline) and
    `reason` the key that was given (None: any).
    """

    pipeline: str
    stage: str | None
    kind: Kind
    window: Window = field(default_factory=Window)
    reason: str | None = None

    @property
    def shape(self) -> tuple[Any, ...]:
        return self.pipeline, self.stage, self.kind, self.window.shape, self.reason is None

    @property
    def values(self) -> dict[str, Any]:
        return self.window.values if self.reason is None else {**self.window.values, "passed_reason": self.reason}


@dataclass(frozen=True, kw_only=True)
class StageQuestion:
    """Figures of one pipeline. `group` is a path to compare by.

    `reason` is the field that says why a record was lost; None: what was said when it was moved.
    """

    entity: str
    pipeline: str
    window: Window = field(default_factory=Window)
    where: str | None = None
    group: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Records by what became of them: of one stage, and of one group (None without groups).

    `entered` = here + forward + back + lost + away; `reached` = entered + skipped.
    """

    stage: str
    group: Any
    reached: int
    entered: int
    next: int
    won: int
    here: int
    forward: int
    back: int
    lost: int
    away: int

    @classmethod
    def nothing(cls, stage: str, group: Any) -> "Cell":
        counts = dict.fromkeys(("reached", "entered", "next", "won", "here", "forward", "back", "lost", "away"), 0)
        return cls(stage=stage, group=group, **counts)

    @property
    def skipped(self) -> int:
        return self.reached - self.entered


@dataclass(frozen=True, kw_only=True)
class Stays:
    """Ended stays in a stage, in whole seconds: how many, their sum, and the two values around each quartile."""

    stage: str
    group: Any
    count: int
    total: int
    around: tuple[tuple[int, int | None], ...]


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Records that are lost now, by the stage they were lost from (None: from none) and the key of the reason."""

    stage: str | None
    reason: str | None
    count: int


Cells = list[Cell]
Lengths = list[Stays]
Losses = list[Loss]
Moments = list[tuple[str, datetime, datetime | None]]
