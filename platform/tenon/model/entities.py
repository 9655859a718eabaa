"""In charge of the values that describe an entity: its fields, relationships, rules and pipelines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from tenon.expressions import Expression, Path
from tenon.fields import FieldType
from tenon.locations import Location
from tenon.model.duplicates import Duplicate
from tenon.model.layout import Form, View
from tenon.model.names import Names
from tenon.model.processes import Escalation, Step
from tenon.model.references import Refers, Unnamed
from tenon.texts import Text

OnDelete = Literal["restrict", "clear", "cascade", "keep"]
Otherwise = Literal["refuse", "empty", "keep"]
StageKind = Literal["open", "won", "lost", "done"]


@dataclass(frozen=True, kw_only=True)
class Convert:
    """What becomes of values that do not fit a changed type. `round`: too many decimal places are no misfit."""

    otherwise: Otherwise = "refuse"
    round: bool = False


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field. `system` fields are added by the compiler and kept by the engine (`created_at`, `version`, …)."""

    name: str
    entity: Annotated[str, Unnamed("the entity it stands in")]
    type: FieldType
    label: Text
    help: Text | None = None
    placeholder: Text | None = None
    required: bool = False
    unique: bool = False
    indexed: bool = False
    system: bool = False
    read_only: bool = False
    sensitive: bool = False
    default: Expression | None = None
    value: Expression | None = None
    """Of computed types: the formula or roll-up."""
    required_when: Expression | None = None
    visible_when: Expression | None = None
    read_only_when: Expression | None = None
    where: Expression | None = None
    """Of look-ups: which records may be chosen; its names are the target's fields."""
    on_delete: OnDelete = "clear"
    was: tuple[str, ...] = ()
    convert: Convert = Convert()
    restores: Annotated[str, Unnamed("a field of the past")] = ""
    """Name of the retired field whose values it takes up, perhaps with @ and the version that retired it."""
    map: Annotated[Mapping[str, str], Unnamed("keys of the past and of today")] = field(default_factory=dict)
    """Of choices with options of their own: what becomes of keys that are gone; "" is no value."""
    module: Annotated[str, Unnamed("the layer that brought it")] = ""
    origin: Location | None = None

    @property
    def target(self) -> str | None:
        """Of look-ups: the entity pointed to."""
        return self.type.target

    @property
    def members(self) -> str | None:
        """Of lists of records: the entity they are of."""
        return self.type.members

    @property
    def entities(self) -> tuple[str, ...] | None:
        """Of look-ups of any record: the entities it may be of, empty for every one; None of all other fields."""
        return self.type.entities

    def pointing_at(self, entity: str, identity: str) -> str:
        """Of look-ups: what is sent to make it lead to this record."""
        return identity if self.entities is None else f"{entity}:{identity}"

    @property
    def leads_to(self) -> str | None:
        """The entity at the other end, be it of one record or of several."""
        return self.type.target or self.type.members

    @property
    def stored(self) -> bool:
        return bool(self.type.columns())

    @property
    def is_blank(self) -> str:
        """The condition that a record has no value here, as people write it."""
        return f"count({self.name}) == 0" if self.members is not None else f"is_blank({self.name})"


@dataclass(frozen=True, kw_only=True)
class Relationship:
    """The other end of look-ups. `children`: records of `entity` whose `field` points here, be it a look-up of one
    entity or of any record.

    `many_to_many`: records of `entity` reached through the link entity `through`, whose `field` points
    here and whose `far_field` points there. `listing`: records of `entity` whose list `field` holds this one.
    Undeclared ends are added by the compiler (`implied`).
    """

    name: str
    label: Text
    kind: Literal["children", "many_to_many", "listing"]
    entity: Annotated[str, Refers("entity")]
    field: Annotated[str, Refers("field", of="child")]
    through: Annotated[str | None, Refers("entity")] = None
    far_field: Annotated[str | None, Refers("field", of="through")] = None
    implied: bool = False
    columns: Annotated[tuple[str, ...], Refers("dotted", of="child")] = ()
    """Columns of the related list; empty: those of the entity's default table view."""
    was: tuple[str, ...] = ()
    """Of undeclared ends: what they were called while entity and field had other names."""
    origin: Location | None = None

    @property
    def child(self) -> str:
        """The entity whose look-up points here: the link entity of a many-to-many, else the children's."""
        return self.through or self.entity


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A promise about every saved record: `check` must be true. `on` names the fields the message belongs to."""

    name: str
    check: Expression
    message: Text
    on: Annotated[tuple[str, ...], Refers("field")] = ()
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class Stage:
    """`next` is None when every other stage may follow. `limit` is in seconds. `probability` is 0 to 100."""

    name: str
    label: Text
    kind: StageKind
    help: Text | None = None
    color: str = ""
    probability: int | None = None
    limit: int | None = None
    next: Annotated[tuple[str, ...] | None, Refers("stage")] = None
    require: Annotated[tuple[str, ...], Refers("field")] = ()
    guard: Expression | None = None
    guard_message: Text | None = None
    was: tuple[str, ...] = ()
    roles: Annotated[tuple[str, ...], Refers("role")] = ()
    """Roles that may move a record into this stage; empty: whoever may update it."""
    approval: Annotated[str | None, Refers("approval")] = None
    """What must be approved before a record enters."""
    entry: Names[Step] = field(default_factory=Names)
    exit: Names[Step] = field(default_factory=Names)
    escalate: Escalation | None = None
    """What happens when a record stays longer than `limit`."""
    calendar: Annotated[str | None, Refers("calendar")] = None
    """`limit` counts working time of this calendar."""
    reasons: Annotated[str | None, Refers("choices")] = None
    """Option set from which whoever enters gives a reason."""
    back: bool = True
    """Whether a record may leave this stage for an earlier one."""
    skip: bool = True
    """Whether a record may pass this stage by on its way to a later one; losing is always possible."""


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    name: str
    label: Text
    initial: Annotated[str, Refers("stage")]
    stages: Names[Stage]
    map: Annotated[Mapping[str, str], Unnamed("stages of the past and of today")] = field(default_factory=dict)
    """What becomes of records in stages that are gone."""
    when: Expression | None = None
    """Which records go through it: each takes the first pipeline that fits, one without a condition takes all."""
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class Unique:
    """Fields that together are unique among living records."""

    name: str
    fields: Annotated[tuple[str, ...], Refers("field")]
    message: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Remind:
    """People are told `before` what stands in `at`: the length of time in that field, nothing while it is blank.

    `people` are fields with users; `when` must hold at that moment.
    """

    at: Annotated[str, Refers("field")]
    before: Annotated[str, Refers("field")]
    people: Annotated[tuple[str, ...], Refers("field")]
    when: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Entity:
    """One kind of record.

    `owner_path` leads to the user whose records the scopes `own` and `department` mean: ("owner",) when owned,
    ("opportunity", "owner") when it follows a parent, None when nobody owns it. `region_path` likewise.
    """

    name: str
    module: Annotated[str, Unnamed("the layer that brought it")]
    label: Text
    plural: Text
    help: Text | None = None
    icon: str = "database"
    color: str = ""
    title: Annotated[str, Refers("field", how="title")] = "name"
    owner_path: Annotated[Path | None, Refers("path", how="owner")] = None
    region_path: Annotated[Path | None, Refers("path", how="region")] = None
    history: bool = True
    of_record: bool = False
    """Each belongs to the record that its fields `record_entity` and `record_id` name, and is read with it alone."""
    read_with: Annotated[tuple[str, ...], Refers("field", how="read_with")] = ()
    """Look-ups and lists of records: whoever may read one of those they lead to may read it along with them."""
    remind: Remind | None = None
    hierarchy: Annotated[str | None, Refers("field", how="hierarchy")] = None
    """Name of the field of type `hierarchy`, when records form a tree."""
    search: Annotated[tuple[Path, ...], Refers("path", how="search")] = ()
    fields: Names[Field]
    relationships: Names[Relationship] = field(default_factory=Names)
    rules: Names[Rule] = field(default_factory=Names)
    pipelines: Names[Pipeline] = field(default_factory=Names)
    uniques: tuple[Unique, ...] = ()
    duplicates: Names[Duplicate] = field(default_factory=Names)
    views: Names[View] = field(default_factory=Names)
    forms: Names[Form] = field(default_factory=Names)
    was: tuple[str, ...] = ()
    origin: Location | None = None

    @property
    def owned(self) -> bool:
        """Whether records have an `owner` of their own."""
        return self.owner_path == ("owner",)

    @property
    def pipeline(self) -> Pipeline | None:
        """The pipeline of new records."""
        return next(iter(self.pipelines.values()), None)
