"""In charge of the trigger “schedule”: a time of day, week or month."""

from typing import Any, ClassVar

from tenon.actions.schemas import common, one_of, properties, said
from tenon.actions.slots import ConditionSlot, CronSlot, EntitySlot, NameSlot, ZoneSlot
from tenon.expressions import DATETIME
from tenon.texts import say
from tenon.triggers.base import Trigger, trigger


@trigger
class Schedule(Trigger):
    key = "schedule"
    label = say("Schedule", "定时")
    help = say(
        "At times by the clock; with an entity, once for each of its records that fit.",
        "按时间定时执行；指定实体时，对每条符合条件的记录执行一次。",
    )
    icon = "clock"
    schema = properties(
        {
            "cron": said(
                "Minute, hour, day, month, weekday.",
                "分 时 日 月 星期。",
                {"type": "string", "minLength": 9, "maxLength": 100},
            ),
            "timezone": said(
                "An IANA time zone; the workspace's when absent.", "IANA 时区；缺省为工作区时区。", {"type": "string"}
            ),
            "entity": common("name", "Once for each record of this entity.", "对该实体的每条记录执行一次。"),
            "where": common("expression", "Which records.", "哪些记录。"),
            "calendar": common("name", "Only on working days of this calendar.", "仅在该日历的工作日执行。"),
            "missed": one_of(
                ("once", "skip"),
                "After being down: once for all missed times, or not; once when absent.",
                "停机期间错过的：once 补一次，skip 跳过；缺省为 once。",
            ),
        },
        "cron",
        short={"maxLength": 100},
    )
    slots = (
        EntitySlot(at="entity"),
        CronSlot(at="cron"),
        ZoneSlot(at="timezone"),
        ConditionSlot(at="where", needs_sql=True),
        NameSlot(at="calendar", of="calendar"),
    )
    short = "cron"
    has_record = False
    data: ClassVar[Any] = {"planned_at": DATETIME}
    has_actor = False
    example: ClassVar[Any] = {"cron": "0 2 * * 1-5", "timezone": "Asia/Shanghai"}
