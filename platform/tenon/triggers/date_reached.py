"""In charge of the trigger “date_reached”: a date of a record has come."""

from typing import Any, ClassVar

from tenon.actions.schemas import CLOCK, SHIFT, common, properties, said
from tenon.actions.slots import ConditionSlot, EntitySlot, FieldsSlot, LengthSlot, NameSlot
from tenon.expressions import DATE
from tenon.texts import say
from tenon.triggers.base import Trigger, trigger


@trigger
class DateReached(Trigger):
    key = "date_reached"
    label = say("Date reached", "到达日期")
    help = say(
        "When a date of a record has come, or is so far away; once per record and date.",
        "记录的某个日期到达（或提前、推后若干时间）时；每条记录每个日期一次。",
    )
    icon = "calendar-event"
    schema = properties(
        {
            "entity": common("name", "The entity.", "实体。"),
            "field": common("name", "The date or instant.", "日期或时间字段。"),
            "offset": said(
                "So long after it; before it with a minus.",
                "推后多久；提前请加负号。",
                {"type": "string", "pattern": SHIFT},
            ),
            "at": said("The time of day, for dates.", "日期字段的触发时刻。", {"type": "string", "pattern": CLOCK}),
            "where": common("expression", "Only records for which this holds.", "仅限满足该条件的记录。"),
            "calendar": common("name", "The offset counts working days of this calendar.", "按该日历的工作日计算。"),
        },
        "entity",
        "field",
        short=None,
    )
    slots = (
        EntitySlot(at="entity"),
        FieldsSlot(at="field", times=True),
        LengthSlot(at="offset"),
        ConditionSlot(at="where", needs_sql=True),
        NameSlot(at="calendar", of="calendar"),
    )
    short = ""
    data: ClassVar[Any] = {"date": DATE}
    has_actor = False
    example: ClassVar[Any] = {"entity": "opportunity", "field": "close_date", "offset": "-3d", "at": "09:00"}
