"""In charge of the parts that views, dashboards, reports, scores and targets are made of: measures, groups, charts."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from tenon.expressions import Expression, Path
from tenon.model.names import Names
from tenon.model.references import Refers, Unnamed
from tenon.texts import Text

Unit = Literal["number", "money", "percent", "duration"]
Every = Literal["day", "week", "month", "quarter", "year"]
Compared = Literal["previous", "last_year"]
Span = Annotated[str, Unnamed("a span of time seen from today: this_month, last_30_days, all")]
Cron = Annotated[str, Unnamed("five parts: minute, hour, day, month, day of the week")]
Zone = Annotated[str, Unnamed("an IANA time zone; empty: that of the workspace")]
ChartType = Literal[
    "bar",
    "column",
    "line",
    "area",
    "pie",
    "donut",
    "funnel",
    "gauge",
    "map",
    "heat",
    "scatter",
    "radar",
    "treemap",
]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A number worked out over records: in `value` every aggregate begins with the name of an entity.

    `sum(contract.amount)` has the dependency ("contract", "amount"); `value.about` is `EVERYTHING`.
    """

    name: str
    label: Text
    value: Expression
    unit: Unit = "number"
    decimals: int | None = None
    help: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Group:
    """What records are put together by. `every` is of dates, `bands` (ascending limits) of numbers."""

    name: str
    label: Text
    by: Expression
    every: Every | None = None
    bands: tuple[float, ...] = ()
    empty: bool = True


@dataclass(frozen=True, kw_only=True)
class Chart:
    """`x` and `series` name groups, `measures` the numbers drawn, all of the thing the chart belongs to."""

    type: ChartType
    x: Annotated[str | None, Unnamed("a group beside it")] = None
    series: Annotated[str | None, Unnamed("a group beside it")] = None
    measures: Annotated[tuple[str, ...], Unnamed("measures beside it")] = ()
    stacked: bool = False
    line: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Column:
    """The field at `path`, or `value` worked out for each record; exactly one of them is there."""

    path: Annotated[Path | None, Refers("path")] = None
    value: Expression | None = None
    label: Text | None = None
    width: int | None = None
    total: Literal["none", "sum", "avg", "min", "max", "count"] = "none"


@dataclass(frozen=True, kw_only=True)
class Place:
    """The way from the records of one entity to what a filter, a period or a plan is about."""

    entity: Annotated[str, Refers("entity", about=True)]
    path: Annotated[Path, Refers("path")]


@dataclass(frozen=True, kw_only=True)
class PeriodChoice:
    """The spans of time a reader may choose; `at` says which date decides, per entity."""

    default: Span
    choices: Annotated[tuple[str, ...], Unnamed("spans of time")]
    at: tuple[Place, ...]
    compare: Compared | None = None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Sending by itself. Everybody gets what his own rights show; addresses outside what `seen_as` shows."""

    name: str
    at: Cron
    timezone: Zone = ""
    roles: Annotated[tuple[str, ...], Refers("role")] = ()
    people: Expression | None = None
    emails: Annotated[tuple[str, ...], Unnamed("addresses outside")] = ()
    seen_as: Annotated[str | None, Refers("role")] = None
    format: Literal["html", "pdf", "xlsx", "csv"] = "html"
    when: Literal["always", "not_empty"] = "always"
    template: Annotated[str | None, Refers("template")] = None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Groups and the numbers of each: what charts, pivots and matrices are made of."""

    groups: Names[Group] = field(default_factory=Names)
    across: Names[Group] = field(default_factory=Names)
    measures: Names[Measure] = field(default_factory=Names)
    chart: Chart | None = None
