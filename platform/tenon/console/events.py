"""In charge of the console's events: what happened, and what came of it."""

from typing import ClassVar

import sqlalchemy as sa

from tenon.console.tables import Action, Column, Row, TablePage
from tenon.database import Connection
from tenon.jobs import managing
from tenon.jobs.outbox import DEAD, DONE, JOBS, OUTBOX, WAITING
from tenon.texts import Text, say


class EventView(TablePage):
    key: ClassVar[str] = "events"
    label: ClassVar[Text] = say("Events", "事件")
    table = OUTBOX
    columns = (
        Column(name="status", label=say("Status", "状态"), tag=True),
        Column(name="kind", label=say("Kind", "类型")),
        Column(name="entity", label=say("Entity", "实体")),
        Column(name="record_id", label=say("Record", "记录")),
        Column(name="at", label=say("When", "时间")),
        Column(name="error", label=say("Error", "错误")),
    )
    filters: ClassVar = {
        "status": say("Status", "状态"),
        "kind": say("Kind", "类型"),
        "entity": say("Entity", "实体"),
    }
    choices: ClassVar = {"status": (WAITING, DONE, DEAD)}
    hidden: ClassVar = frozenset(("payload",))  # it holds what people wrote into records
    actions = (
        Action(
            name="replay",
            label=say("Hand on again", "重新分发"),
            statuses=frozenset((DEAD,)),
            do=managing.replay_event,
        ),
        Action(
            name="done",
            label=say("Mark as done", "标记为已完成"),
            statuses=frozenset((DEAD,)),
            do=managing.settle_event,
        ),
    )

    def related(self, connection: Connection, row: Row) -> list[tuple[Text, str, list[tuple[str, str]]]]:
        query = sa.select(JOBS.c.id, JOBS.c.name, JOBS.c.status).where(JOBS.c.cause == row["id"])
        rows = connection.execute(query.order_by(JOBS.c.id).limit(50))
        jobs = [(id_, f"{name} · {status}") for id_, name, status in rows]
        return [(say("Jobs that came of it", "由它产生的任务"), "console_jobs", jobs)]
