"""In charge of what an action is: a word in `do:`, the properties after it, and what stands in each.

An action says nothing of how it is carried out; that is the business of `process`, by the same key.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from tenon.actions.slots import Slot
from tenon.registry import Registry
from tenon.texts import Text

Effect = Literal["", "created", "updated", "deleted", "moved"]


class Action:
    """`short` is the property that a bare value stands for: `wait: 3d`. `choices` are groups of which exactly one is
    given. `external`: its effect leaves the database, so it cannot be undone with the transaction. `ends`: nothing
    after it is done. `gives_record`: later steps may name its result, a record of the entity spoken of,
    or of `gives_entity`. `effect` is what it does to records, by which automations set off one another.
    """

    key: ClassVar[str]
    label: ClassVar[Text]
    help: ClassVar[Text]
    icon: ClassVar[str] = "bolt"
    schema: ClassVar[Mapping[str, Any]]
    slots: ClassVar[tuple[Slot, ...]] = ()
    short: ClassVar[str] = ""
    choices: ClassVar[tuple[tuple[str, ...], ...]] = ()
    external: ClassVar[bool] = False
    ends: ClassVar[bool] = False
    gives_record: ClassVar[bool] = False
    gives_entity: ClassVar[str] = ""
    effect: ClassVar[Effect] = ""
    example: ClassVar[Any]
    """What may stand after the key."""


ACTIONS: Registry[Action] = Registry("action")


def action(definition: type[Action]) -> type[Action]:
    """Decorator: one instance of the class enters the catalogue."""
    ACTIONS.register(definition.key)(definition())
    return definition
