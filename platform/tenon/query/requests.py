"""In charge of what may be asked and what is answered: plain values, without rights and without SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tenon.model import Operation
from tenon.query.windows import Passed

Form = Literal["json", "values"]
Record = dict[str, Any]
Records = list[Record]

MOST_RECORDS = 500
MOST_GROUPS = 1000
COUNT_CAP = 1000


@dataclass(frozen=True, kw_only=True)
class Query:
    """Some records of one entity.

    `select` names fields and paths through look-ups, empty: every readable field. `where` is an expression.
    `sort` are paths, "-amount" for descending; records without a value come last, in descending order first.
    `after` is `Page.next` of the page before. `deleted` reads the recycle bin, for those who may delete.
    `may` keeps the records on which the actor may also do this (bulk change, export).
    `passed` keeps those that a figure of stages counts.
    With form "values" the engine's values are given, look-ups as `Reference`; otherwise JSON-ready ones.
    """

    entity: str
    select: tuple[str, ...] = ()
    where: str | None = None
    sort: tuple[str, ...] = ()
    limit: int = 50
    after: str | None = None
    count: bool = False
    deleted: bool = False
    may: Operation = "read"
    passed: Passed | None = None
    form: Form = "json"


@dataclass(frozen=True)
class Count:
    """How many records; `capped` means "at least this many"."""

    value: int
    capped: bool = False


@dataclass(frozen=True)
class Page:
    """`next` is the cursor of the following page, None on the last; `count` is None unless it was asked for."""

    records: list[Record]
    next: str | None = None
    count: Count | None = None


@dataclass(frozen=True, kw_only=True)
class Aggregate:
    """Groups of records and measures of each.

    `group` are paths or expressions (`stage`, `month(close_date)`), `measures` are `count()`, `count(account)`,
    `count_distinct(x)`, `sum(x)`, `avg(x)`, `min(x)`, `max(x)`; answers carry them as written. `sort` names them too.
    Without `limit` more than 1000 groups are refused rather than cut.
    """

    entity: str
    group: tuple[str, ...] = ()
    measures: tuple[str, ...] = ("count()",)
    where: str | None = None
    sort: tuple[str, ...] = ()
    limit: int | None = None
    passed: Passed | None = None
    form: Form = "json"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One entry of a record's history. `changes`: field → (old, new) as JSON shows them, look-ups with their titles.

    `actor` is a look-up to the user, None for the system.
    """

    version: int
    at: str
    operation: str
    actor: Any
    reason: str | None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StageChange:
    """`seconds` is the time spent in `from_stage`, which is None at the start."""

    pipeline: str
    from_stage: str | None
    to_stage: str
    at: str
    actor: Any
    reason: str | None
    seconds: int | None


History = list[Change]
StageHistory = list[StageChange]
