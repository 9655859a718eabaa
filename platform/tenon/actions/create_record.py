"""In charge of the action “create”: a new record."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, properties, values
from tenon.actions.slots import EntitySlot, ValuesSlot
from tenon.texts import say


@action
class CreateRecord(Action):
    key = "create"
    label = say("Create a record", "新建记录")
    help = say(
        "Makes a record of an entity; later steps name it as steps.<name of this step>.",
        "新建一条记录；后续步骤用 steps.<步骤名> 引用它。",
    )
    icon = "plus"
    schema = properties(
        {
            "entity": common("name", "The entity of the new record.", "新记录所属实体。"),
            "set": values("Fields with the values they get.", "字段及其取值。"),
        },
        "entity",
    )
    slots = (EntitySlot(at="entity"), ValuesSlot(at="set", new=True))
    effect = "created"
    gives_record = True
    example: ClassVar[Any] = {"entity": "contract", "set": {"opportunity": "record", "amount": "amount"}}
