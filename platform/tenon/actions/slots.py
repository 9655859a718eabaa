"""In charge of what can stand at a property of an action or trigger, so that the compiler can check all of them alike.

A slot says which property holds an expression, people, the name of a thing, fields… It knows no metadata.
"""

from dataclasses import dataclass
from typing import Literal

from tenon.expressions import Type

NamedKind = Literal[
    "template", "approval", "pool", "assignment", "calendar", "webform", "connector", "pipeline", "roles"
]
"""What a name can be of; `roles` is a list of them."""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """`at` is the property; "" is the whole value."""

    at: str


@dataclass(frozen=True, kw_only=True)
class EntitySlot(Slot):
    """The name of an entity; the slots after it speak of its records."""


@dataclass(frozen=True, kw_only=True)
class RecordsSlot(Slot):
    """A way from the record: a look-up, a relationship, `steps.contract`. Slots after it speak of where it leads.

    Without it the record itself is meant. `many`: True demands child records, False one record.
    """

    many: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ValuesSlot(Slot):
    """Fields of the entity spoken of, each with an expression for its value. `new`: they make a record."""

    new: bool = False


@dataclass(frozen=True, kw_only=True)
class ConditionSlot(Slot):
    """What must hold of the records spoken of. `needs_sql`: it chooses them in the database."""

    needs_sql: bool = False


@dataclass(frozen=True, kw_only=True)
class ValueSlot(Slot):
    """An expression; None accepts every type. `moment`: a date or an instant. `person`: it speaks of `person`, too."""

    gives: Type | None = None
    moment: bool = False
    person: bool = False


@dataclass(frozen=True, kw_only=True)
class RecordSlot(Slot):
    """An expression that gives a record of the entity spoken of."""


@dataclass(frozen=True, kw_only=True)
class NamedValuesSlot(Slot):
    """Free names, each with an expression of any type."""


@dataclass(frozen=True, kw_only=True)
class PeopleSlot(Slot):
    """One or several expressions for people. `addresses`: texts are taken as addresses, too."""

    addresses: bool = False


@dataclass(frozen=True, kw_only=True)
class NameSlot(Slot):
    """`channel`: a template must be of this one; "" takes those of messages, which any channel can carry."""

    of: NamedKind
    channel: str = ""


@dataclass(frozen=True, kw_only=True)
class FieldsSlot(Slot):
    """A field, or several, of the entity spoken of; `target` demands look-ups to it, `times` dates and instants.

    Fields of files are look-ups to `file`."""

    target: str = ""
    times: bool = False


@dataclass(frozen=True, kw_only=True)
class StagesSlot(Slot):
    """A stage, or several, of the entity spoken of."""


@dataclass(frozen=True, kw_only=True)
class WordsSlot(Slot):
    """Words for people; `{{ expression }}` is filled in."""


@dataclass(frozen=True, kw_only=True)
class LengthSlot(Slot):
    """A length of time; with a minus before it when it may lie before."""


@dataclass(frozen=True, kw_only=True)
class CronSlot(Slot):
    """A time pattern of five parts."""


@dataclass(frozen=True, kw_only=True)
class ZoneSlot(Slot):
    """An IANA time zone."""


@dataclass(frozen=True, kw_only=True)
class InputsSlot(Slot):
    """Declared values that come from outside: name → kind."""


@dataclass(frozen=True, kw_only=True)
class FunctionSlot(Slot):
    """The name of a registered Python function; `given` is the property with its arguments."""

    given: str


@dataclass(frozen=True, kw_only=True)
class ArmsSlot(Slot):
    """Conditions with steps of their own: the first that holds is taken."""


@dataclass(frozen=True, kw_only=True)
class BodySlot(Slot):
    """Steps done once for each record spoken of; `named` is the property with the name they call it by."""

    named: str
