"""In charge of what a company looks at: dashboards, reports, scores, targets and segments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from tenon.expressions import Expression, Path
from tenon.locations import Location
from tenon.model.analysis import Column, Compared, Cron, Delivery, Figures, Measure, PeriodChoice, Place, Span, Zone
from tenon.model.layout import SortKey
from tenon.model.names import Names
from tenon.model.references import Refers, Unnamed
from tenon.texts import Text

TileType = Literal["figure", "chart", "list", "funnel", "ranking", "target", "report", "text"]
ParameterType = Literal["text", "number", "boolean", "date", "choice", "record"]
ReportType = Literal["table", "grouped", "matrix", "chart"]
Sorting = Annotated[tuple[str, ...], Unnamed("groups and measures beside it, “-” before those that descend")]


@dataclass(frozen=True, kw_only=True)
class TileLink:
    """Where a click on a tile leads; one of them is there, `view` beside `entity`."""

    dashboard: Annotated[str | None, Refers("dashboard")] = None
    report: Annotated[str | None, Refers("report")] = None
    entity: Annotated[str | None, Refers("entity", about=True)] = None
    view: Annotated[str | None, Refers("view")] = None


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One tile; which of the attributes are there follows from `type`.

    `entity` is set whenever all its numbers are of one entity. `colors` are conditions with the root `value`.
    """

    name: str
    type: TileType
    label: Text
    help: Text | None = None
    icon: str = ""
    roles: Annotated[tuple[str, ...], Refers("role")] = ()
    width: int = 4
    height: int = 1
    entity: Annotated[str | None, Refers("entity", about=True)] = None
    where: Expression | None = None
    segment: Annotated[str | None, Refers("segment")] = None
    value: Measure | None = None
    compare: Compared | None = None
    more_is_better: bool = True
    colors: Annotated[Mapping[str, Expression], Unnamed("colours")] = field(default_factory=dict)
    figures: Figures = field(default_factory=Figures)
    view: Annotated[str | None, Refers("view")] = None
    columns: tuple[Column, ...] = ()
    sort: tuple[SortKey, ...] = ()
    limit: int = 10
    pipeline: Annotated[str | None, Refers("pipeline")] = None
    by: Annotated[Path | None, Refers("path")] = None
    most_first: bool = True
    target: Annotated[str | None, Refers("target")] = None
    measure: Annotated[str | None, Unnamed("a measure of the target")] = None
    of: Literal["me", "department", "region", "all"] = "all"
    report: Annotated[str | None, Refers("report")] = None
    text: Text | None = None
    period: Span = ""
    unfiltered: Annotated[tuple[str, ...], Unnamed("filters of the dashboard")] = ()
    link: TileLink | None = None


@dataclass(frozen=True, kw_only=True)
class DashboardFilter:
    """A record of `to`, or an option of `choices`, is chosen; `at` says how each entity leads to it."""

    name: str
    label: Text
    to: Annotated[str | None, Refers("entity")] = None
    choices: Annotated[str | None, Refers("choices")] = None
    default: Expression | None = None
    many: bool = False
    tree: bool = True
    at: tuple[Place, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """`roles` empty: for everybody. For the roles in `home_for` it is the first page. `refresh` is in seconds."""

    name: str
    label: Text
    help: Text | None = None
    icon: str = "layout-dashboard"
    roles: Annotated[tuple[str, ...], Refers("role")] = ()
    home_for: Annotated[tuple[str, ...], Refers("role", how="home")] = ()
    columns: int = 12
    refresh: int | None = None
    period: PeriodChoice | None = None
    filters: Names[DashboardFilter] = field(default_factory=Names)
    tiles: Names[Tile] = field(default_factory=Names)
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """What the reader of a report is asked for; expressions read it as `parameters.<name>`."""

    name: str
    label: Text
    type: ParameterType
    to: Annotated[str | None, Refers("entity")] = None
    choices: Annotated[str | None, Refers("choices")] = None
    required: bool = False
    default: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """`keep` is a condition on the measures of a group. `sort` is of tables, `order` of everything else."""

    name: str
    label: Text
    help: Text | None = None
    icon: str = "report"
    roles: Annotated[tuple[str, ...], Refers("role")] = ()
    entity: Annotated[str, Refers("entity", about=True)]
    type: ReportType
    where: Expression | None = None
    segment: Annotated[str | None, Refers("segment")] = None
    period: PeriodChoice | None = None
    parameters: Names[Parameter] = field(default_factory=Names)
    columns: tuple[Column, ...] = ()
    figures: Figures = field(default_factory=Figures)
    keep: Expression | None = None
    sort: tuple[SortKey, ...] = ()
    order: Sorting = ()
    limit: int | None = None
    totals: bool = True
    details: bool = False
    drill_view: Annotated[str | None, Refers("view")] = None
    drill_columns: Annotated[tuple[Path, ...], Refers("path")] = ()
    deliveries: Names[Delivery] = field(default_factory=Names)
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How a number becomes 0 to 100 points: place among all, the number itself, between two numbers, or steps."""

    kind: Literal["rank", "as_is", "between", "steps"]
    start: float = 0
    end: float = 100
    steps: tuple[tuple[float, float], ...] = ()
    """(from this number on, points), ascending."""


@dataclass(frozen=True, kw_only=True)
class Factor:
    """`weight` is in percent; those of a score add up to 100. `empty` are the points of a missing value."""

    name: str
    label: Text
    help: Text | None = None
    value: Expression
    weight: float
    scale: Scale
    empty: float = 0


@dataclass(frozen=True, kw_only=True)
class Tier:
    """`top`: the best so many percent; `least`: from so many points on; `when`: a condition; else the rest."""

    name: str
    label: Text
    color: str = ""
    top: float | None = None
    least: float | None = None
    when: Expression | None = None
    set: Annotated[Mapping[str, Expression], Refers("field")] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Score:
    """Points per record from weighted factors; tiers are tried in order. `keep` is in seconds, None: for ever."""

    name: str
    label: Text
    help: Text | None = None
    roles: Annotated[tuple[str, ...], Refers("role")] = ()
    entity: Annotated[str, Refers("entity", about=True)]
    where: Expression | None = None
    schedule: Cron = ""
    timezone: Zone = ""
    factors: Names[Factor]
    tiers: Names[Tier] = field(default_factory=Names)
    score_field: Annotated[str | None, Refers("field")] = None
    tier_field: Annotated[str | None, Refers("field")] = None
    keep: int | None = None
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class Reach:
    """The way from a measured record to one dimension of the plan: ("owner", "department") for departments."""

    dimension: Annotated[str, Refers("entity")]
    path: Annotated[Path, Refers("path")]


@dataclass(frozen=True, kw_only=True)
class TargetMeasure:
    """`value` is over records of `entity`; `date` decides for which period a record counts."""

    name: str
    entity: Annotated[str, Refers("entity", about=True)]
    value: Measure
    date: Annotated[Path, Refers("path")]
    reach: tuple[Reach, ...]


@dataclass(frozen=True, kw_only=True)
class TargetPlan:
    """What is planned per person, department, region or other record and per period, against what was reached."""

    name: str
    label: Text
    help: Text | None = None
    roles: Annotated[tuple[str, ...], Refers("role")] = ()
    set_by: Annotated[tuple[str, ...], Refers("role")] = ()
    measures: Names[TargetMeasure]
    by: Annotated[tuple[str, ...], Refers("entity")]
    period: Literal["month", "quarter", "year"]
    year_starts: int = 1
    adds_up: bool = False
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class Segment:
    """The records for which `where` holds, that are in all of `include` and in none of `exclude`."""

    name: str
    label: Text
    help: Text | None = None
    color: str = ""
    roles: Annotated[tuple[str, ...], Refers("role")] = ()
    entity: Annotated[str, Refers("entity", about=True)]
    where: Expression | None = None
    include: Annotated[tuple[str, ...], Refers("segment")] = ()
    exclude: Annotated[tuple[str, ...], Refers("segment")] = ()
    origin: Location | None = None
