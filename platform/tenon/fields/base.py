"""In charge of what a field type is: storage, reading in, showing, filtering and documenting one kind of value.

One class is a type; an instance is that type with the options one field gives it. Instances are made once
per model and never change. A type knows nothing of records, rights or the database connection.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy.types import TypeEngine

from tenon.expressions import Type
from tenon.fields.literals import literal
from tenon.fields.operators import IS_BLANK, Operator
from tenon.fields.sealing import Vault
from tenon.registry import Registry
from tenon.texts import Text

OptionSchema = Mapping[str, Mapping[str, Any]]
"""JSON Schema property per option of a type."""


@dataclass(frozen=True, kw_only=True)
class StoredColumn:
    """One column of a field. `part` is "" for the main column; others are addressed as `amount.currency`."""

    part: str = ""
    type: TypeEngine[Any]
    indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class Option:
    """One entry of an option set. Records store `key`, never the label."""

    key: str
    label: Text
    color: str = ""
    active: bool = True
    help: Text | None = None
    was: tuple[str, ...] = ()
    """Earlier keys."""
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class TypeSettings:
    """What a type may need of the workspace: ISO 4217 currency, ISO 3166 country of phone numbers."""

    currency: str = "CNY"
    country: str = "CN"
    options: tuple[Option, ...] = ()
    """The resolved option set of a choice-like field."""
    of: "FieldType | None" = None
    """Of computed types: the type of the result."""


@dataclass(frozen=True, kw_only=True)
class Display:
    """Who a value is shown to: language tag and IANA time zone."""

    language: str = "en"
    timezone: str = "UTC"


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """A value is about to be stored: in which record, by whom, when. `vault` is None where nothing can be encrypted."""

    record_id: str
    actor_id: str | None
    actor_name: str
    now: datetime
    vault: Vault | None = None


class InvalidValue(Exception):
    """Input that this type does not take. `message` is a sentence, `hint` says what would be taken."""

    def __init__(self, code: str, message: Text, hint: Text | None = None) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message
        self.hint = hint


class FieldType(ABC):
    """Base of all field types; None always means "no value" and never reaches the `…_value` methods."""

    key: ClassVar[str]
    """The word in metadata: `type: money`."""
    label: ClassVar[Text]
    help: ClassVar[Text]
    icon: ClassVar[str] = "forms"
    widget: str = "text"
    """Name of the template under `ui/templates/widgets/`; each shows, edits and filters a value."""
    option_schema: ClassVar[OptionSchema] = {}
    """JSON Schema property per option, each with `description` and `description:zh-CN`."""
    operators: tuple[Operator, ...] = IS_BLANK
    """What people filter by; the expression texts hold for every field of the type."""
    sortable: bool = True
    groupable: bool = True
    internal: ClassVar[bool] = False
    """Whether only the product itself makes fields of this type (id, stage)."""
    computed: ClassVar[bool] = False
    """Whether values come from an expression and are never written (formula, roll-up)."""
    writable: ClassVar[bool] = True
    """Whether people and callers may send a value (false for auto-number)."""
    settles: ClassVar[bool] = False
    """Whether a value is finished only when it is stored (`settled`): a secret is encrypted, a signature dated."""
    part_types: ClassVar[Mapping[str, Type]] = {}
    """Parts expressions may read (`address.city`); each is a column of that part."""
    target: str | None = None
    """Of look-ups: the entity pointed to."""
    members: str | None = None
    """Of lists of records: the entity they are of."""
    entities: tuple[str, ...] | None = None
    """Of look-ups of any record: the entities it may be of, empty for every one. None for all other types."""
    restriction: ClassVar[str] = ""
    """Of look-ups: what the record pointed to must meet in any case, as a `where`."""

    def __init__(self, options: Mapping[str, Any], settings: TypeSettings) -> None:
        """`options` were checked against `option_schema`; missing ones take its defaults."""
        defaults = {name: rule["default"] for name, rule in self.option_schema.items() if "default" in rule}
        self.options = {**defaults, **options}
        self.settings = settings

    def problems(self) -> Sequence[Text]:
        """What is wrong with the options together, which a JSON Schema cannot say; the compiler collects it."""
        return ()

    @abstractmethod
    def columns(self) -> tuple[StoredColumn, ...]:
        """The columns, main column first; empty for computed types."""

    @abstractmethod
    def expression_type(self) -> Type:
        """What the expression language sees. Look-ups answer TEXT here; the model gives them their record type."""

    @abstractmethod
    def parse(self, raw: Any) -> Any:
        """From JSON, a form or a CSV cell to the value; None and blank text give None. Raises InvalidValue."""

    def parse_local(self, raw: Any, timezone: str) -> Any:
        """As `parse`, for people and files: texts without zone are in `timezone`, choices may go by their label."""
        return self.parse(raw)

    def settled(self, value: Any, before: Any, occasion: Occasion) -> Any:
        """What is stored for a value that differs from `before`; only of types that settle. Raises InvalidValue."""
        return value

    def parse_constant(self, raw: Any, timezone: str) -> Any:
        """From a constant of an expression, as `literal` writes it, for showing a filter."""
        return self.parse_local(raw, timezone)

    def former_keys(self) -> Mapping[str, str]:
        """Of types with an option set: keys of the past that still mean an option, with its key of today."""
        return {}

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        """One Python value per column; None gives Nones."""
        return (value,)

    def from_columns(self, stored: Sequence[Any]) -> Any:
        return stored[0]

    def part(self, value: Any, name: str) -> Any:
        """What expressions read of a value as `address.city`; None when there is no such part."""
        parts = [column.part for column in self.columns()]
        return self.to_columns(value)[parts.index(name)] if name in parts else None

    def stored_to_json(self, stored: Sequence[Any]) -> Any:
        """From what the columns hold to JSON; the way of every value that is listed, so a type may shorten it."""
        value = self.from_columns(stored)
        return None if value is None else self.to_json(value)

    def to_json(self, value: Any) -> Any:
        """A JSON-ready value for the API: decimals as text, instants in UTC with Z."""
        return value

    def exported(self, sent: Any) -> Any:
        """For a cell of a table: of what `to_json` gave, a text or number that `parse` reads, or what it was."""
        return sent

    def expression_value(self, value: Any) -> Any:
        """The value as expressions compute with it (money → Decimal, integer → Decimal)."""
        return value

    def from_expression(self, result: Any) -> Any:
        """The value of this field for a result of the expression language: rounded half-even, in this type's form."""
        return result

    def literal(self, value: Any) -> str:
        """The value as the expression language writes it; `null` for None."""
        return literal(self.expression_value(value))

    def show(self, value: Any, display: Display) -> str:
        """Plain text for people; "" for None."""
        return "" if value is None else str(value)

    @abstractmethod
    def openapi(self) -> dict[str, Any]:
        """JSON Schema (2020-12) of what `to_json` gives and `parse` takes, without nullability."""

    @abstractmethod
    def examples(self) -> Sequence[Any]:
        """Raw inputs this type takes with these options; the contract suite round-trips them."""

    def bad_examples(self) -> Sequence[Any]:
        """Raw inputs this type refuses."""
        return ()


def documented(en: str, zh: str, **schema: Any) -> dict[str, Any]:
    """A JSON Schema property with its description in both languages, as the builder shows it."""
    return {**schema, "description": en, "description:zh-CN": zh}


FIELD_TYPES: Registry[type[FieldType]] = Registry("field type")
