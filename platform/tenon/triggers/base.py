"""In charge of what a trigger is: a word in `on:`, the properties after it, and what an automation then knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from tenon.actions.slots import Slot
from tenon.expressions import Type
from tenon.registry import Registry
from tenon.texts import Text


@dataclass(frozen=True)
class Of:
    """A record of this entity, as the type of something a trigger tells."""

    entity: str


class Trigger:
    """`short` is the property a bare text stands for: `created: opportunity`.

    `has_record` triggers are about one record; the others only when an entity is named. `has_old` brings its values
    before the change; `has_actor`: a person set it off. `data` is what `trigger.<name>` gives; null when another
    trigger set the automation off. `fired_by` are the effects of actions that set it off ("created", "moved"…).
    """

    key: ClassVar[str]
    label: ClassVar[Text]
    help: ClassVar[Text]
    icon: ClassVar[str] = "bolt"
    schema: ClassVar[Mapping[str, Any]]
    slots: ClassVar[tuple[Slot, ...]] = ()
    short: ClassVar[str] = "entity"
    has_record: ClassVar[bool] = True
    has_old: ClassVar[bool] = False
    has_actor: ClassVar[bool] = True
    data: ClassVar[Mapping[str, "Type | Of"]] = {}
    fired_by: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[Any]
    """What may stand after the key."""


TRIGGERS: Registry[Trigger] = Registry("trigger")


def trigger(definition: type[Trigger]) -> type[Trigger]:
    """Decorator: one instance of the class enters the catalogue."""
    TRIGGERS.register(definition.key)(definition())
    return definition
