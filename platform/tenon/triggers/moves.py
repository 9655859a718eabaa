"""In charge of what the triggers about stages share: where a record came from and where it went."""

from collections.abc import Mapping
from typing import Any, ClassVar

from tenon.actions.schemas import NAME, common, names, properties
from tenon.actions.slots import EntitySlot, NameSlot, StagesSlot
from tenon.expressions import TEXT
from tenon.triggers.base import Of, Trigger


class StageMove(Trigger):
    icon = "stairs"
    has_old = True
    data: ClassVar[Any] = {"from_stage": TEXT, "to_stage": TEXT, "reason": TEXT, "by": Of("user")}
    fired_by = ("moved",)
    example: ClassVar[Any] = {"entity": "opportunity", "stage": "won"}


def schema_of_move(other: str, help_: str, chinese: str) -> Mapping[str, Any]:
    """`other` is the property for the stages at the other end of the move."""
    return properties(
        {
            "entity": common("name", "The entity.", "实体。"),
            "stage": names("The stage, or several; any when absent.", "一个或多个阶段；缺省为任意阶段。"),
            other: names(help_, chinese),
            "pipeline": common("name", "Only in this pipeline.", "仅限该流程。"),
        },
        "entity",
        short=NAME,
    )


def slots_of_move(other: str) -> tuple[EntitySlot | StagesSlot | NameSlot, ...]:
    return (
        EntitySlot(at="entity"),
        StagesSlot(at="stage"),
        StagesSlot(at=other),
        NameSlot(at="pipeline", of="pipeline"),
    )
