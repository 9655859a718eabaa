"""In charge of the whole: the Model, and the values that belong to no single entity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from tenon.expressions import Expression
from tenon.fields import Option
from tenon.locations import Location
from tenon.model.entities import Entity
from tenon.model.insight import Dashboard, Report, Score, Segment, TargetPlan
from tenon.model.learning import Course, Tour
from tenon.model.names import Names
from tenon.model.outreach import Connector, Template, WebForm
from tenon.model.processes import Approval, Assignment, Automation, Calendar, Pool
from tenon.model.references import Refers, Unnamed
from tenon.model.trials import TrialSuite
from tenon.model.upgrades import Upgrade
from tenon.texts import Text

Operation = Literal["read", "create", "update", "delete", "export"]
OPERATIONS: tuple[Operation, ...] = ("read", "create", "update", "delete", "export")

Permit = bool | Expression
"""True: every record; False: none; an expression: the records for which it holds."""


@dataclass(frozen=True, kw_only=True)
class FieldGrant:
    read: Permit = True
    update: Permit = True


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a role may do with one entity; scopes (`own`, `region_tree`, …) are already expressions."""

    entity: Annotated[str, Refers("entity", about=True)]
    operations: Mapping[Operation, Permit]
    scopes: Annotated[Mapping[Operation, str], Unnamed("words of scopes")]
    """The word or expression as written, for explanations."""
    fields: Annotated[Mapping[str, FieldGrant], Refers("field")] = field(default_factory=dict)
    written: Annotated[str, Unnamed("a place in the tree")] = ""
    """Dotted path of what grants most directly; of a grant for every entity that of "*"."""


@dataclass(frozen=True, kw_only=True)
class Role:
    """`grants` add up over roles; `deny` (entity or "*" → operations) wins over every grant.

    `administrator` roles may use the configuration, users and tokens; record rights come from grants alone.
    A grant for "*" in the file is already spread over the entities without a grant of their own.
    """

    name: str
    label: Text
    help: Text | None = None
    administrator: bool = False
    grants: Names[Grant]
    deny: Annotated[Mapping[str, frozenset[Operation]], Refers("entity")] = field(default_factory=dict)
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class ChoiceSet:
    name: str
    label: Text
    options: tuple[Option, ...]
    map: Annotated[Mapping[str, str], Unnamed("keys of the past and of today")] = field(default_factory=dict)
    """What becomes of keys that are gone; "" is no value."""
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class NavigationItem:
    name: str
    label: Text
    icon: str
    entity: Annotated[str, Refers("entity", about=True)]
    view: Annotated[str | None, Refers("view")] = None


@dataclass(frozen=True, kw_only=True)
class NavigationGroup:
    name: str
    label: Text
    icon: str
    items: Names[NavigationItem]


@dataclass(frozen=True, kw_only=True)
class RegionSeed:
    """A node of the default region tree; becomes a record of `region` once, changeable afterwards."""

    code: Annotated[str, Unnamed("its own code")]
    label: Text
    parent: Annotated[str | None, Unnamed("the code of a region, which is a record")] = None


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """Rows for one entity, idempotent by the `key` fields. Look-ups in rows are given by the target's key or title."""

    name: str
    module: Annotated[str, Unnamed("the layer that brought it")]
    entity: Annotated[str, Refers("entity", about=True)]
    key: Annotated[tuple[str, ...], Refers("field")]
    rows: tuple[Mapping[str, Any], ...]
    demo: bool = False
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class Module:
    name: str
    version: Annotated[str, Unnamed("a number")]
    label: Text
    help: Text | None = None
    requires: Annotated[Mapping[str, str], Refers("module")] = field(default_factory=dict)
    prefix: Annotated[str, Unnamed("the beginning of names")] = ""
    standard: bool = True
    upgrades: tuple[Upgrade, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WorkspaceInfo:
    """`language`, `timezone` and `currency` are the defaults of people and records; `accent` is a CSS colour."""

    name: str
    label: Text
    language: str = "en"
    timezone: str = "UTC"
    currency: str = "CNY"
    country: str = "CN"
    accent: str = ""
    home: Annotated[str | None, Refers("entity", how="home")] = None


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a leaf of the tree got its value, and what it overrides, lowest layer first."""

    layer: str
    location: Location
    value: Any
    overrides: tuple["Origin", ...] = ()
    author: str = ""
    """Of what was set in the builder: by whom, and in which version (0: not published yet)."""
    version: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """The compiled workspace. `digest` is equal exactly when the resolved metadata is equal (SHA-256, hex)."""

    digest: str
    workspace: WorkspaceInfo
    modules: Names[Module]
    entities: Names[Entity]
    choices: Names[ChoiceSet]
    roles: Names[Role]
    navigation: Names[NavigationGroup]
    regions: tuple[RegionSeed, ...] = ()
    data: tuple[DataSet, ...] = ()
    approvals: Names[Approval] = field(default_factory=Names)
    automations: Names[Automation] = field(default_factory=Names)
    pools: Names[Pool] = field(default_factory=Names)
    assignments: Names[Assignment] = field(default_factory=Names)
    calendars: Names[Calendar] = field(default_factory=Names)
    segments: Names[Segment] = field(default_factory=Names)
    dashboards: Names[Dashboard] = field(default_factory=Names)
    reports: Names[Report] = field(default_factory=Names)
    scores: Names[Score] = field(default_factory=Names)
    targets: Names[TargetPlan] = field(default_factory=Names)
    templates: Names[Template] = field(default_factory=Names)
    webforms: Names[WebForm] = field(default_factory=Names)
    connectors: Names[Connector] = field(default_factory=Names)
    tours: Names[Tour] = field(default_factory=Names)
    courses: Names[Course] = field(default_factory=Names)
    tests: Names[TrialSuite] = field(default_factory=Names)
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Language → key → wording, for words of the pages a workspace overrides."""
    wordings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Dotted place of a text → language → wording, as translation files give them."""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    """Dotted path of a leaf (`entities.opportunity.fields.amount.label`) → origin."""

    def entity(self, name: str) -> Entity:
        """Raises UnknownName with suggestions."""
        return self.entities.find(name)
