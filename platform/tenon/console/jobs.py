"""In charge of the console's jobs: why one waits or rests, and doing it again, cancelling it, or calling it done."""

from typing import ClassVar

import sqlalchemy as sa

from tenon.console.pages import in_language
from tenon.console.tables import Action, Column, Row, TablePage
from tenon.database import Connection
from tenon.jobs import managing
from tenon.jobs.outbox import CANCELLED, DEAD, DONE, HELD, JOBS, OUTBOX, RUNNING, SENDING, WAITING
from tenon.texts import Text, say

STATUSES = (WAITING, RUNNING, SENDING, HELD, DONE, DEAD, CANCELLED)


class JobView(TablePage):
    key: ClassVar[str] = "jobs"
    label: ClassVar[Text] = say("Jobs", "后台任务")
    table = JOBS
    columns = (
        Column(name="status", label=say("Status", "状态"), tag=True),
        Column(name="name", label=say("Name", "名称")),
        Column(
            name="why",
            label=say("Why it waits or rests", "等待或停止的原因"),
            value=lambda row, known: in_language(row["reason"], known) or row["error"],
        ),
        Column(name="attempts", label=say("Attempts", "尝试次数")),
        Column(name="created_at", label=say("Made", "创建时间")),
        Column(name="available_at", label=say("Due", "应执行时间")),
        Column(name="ended_at", label=say("Ended", "结束时间")),
    )
    filters: ClassVar = {"status": say("Status", "状态"), "name": say("Name", "名称")}
    choices: ClassVar = {"status": STATUSES}
    actions = (
        Action(
            name="replay",
            label=say("Do it again", "重新执行"),
            statuses=frozenset((DEAD, CANCELLED)),
            do=managing.replay_job,
        ),
        Action(
            name="done",
            label=say("Mark as done", "标记为已完成"),
            statuses=frozenset((DEAD,)),
            do=managing.settle_job,
        ),
        Action(
            name="cancel",
            label=say("Cancel", "取消"),
            statuses=frozenset((WAITING, HELD)),
            do=managing.cancel_job,
            danger=True,
        ),
    )

    def related(self, connection: Connection, row: Row) -> list[tuple[Text, str, list[tuple[str, str]]]]:
        found = []
        if row["cause"] is not None:
            columns = OUTBOX.c
            query = sa.select(columns.id, columns.kind, columns.entity).where(columns.id == row["cause"])
            events = [(id_, f"{kind} · {entity}") for id_, kind, entity in connection.execute(query)]
            found.append((say("The event that led to it", "触发它的事件"), "console_events", events))
        if row["line"] is not None:
            query = sa.select(JOBS.c.id, JOBS.c.name, JOBS.c.status).where(
                JOBS.c.line == row["line"], JOBS.c.id < row["id"], JOBS.c.status.in_((WAITING, RUNNING, SENDING))
            )
            rows = connection.execute(query.order_by(JOBS.c.id).limit(20))
            before = [(id_, f"{name} · {status}") for id_, name, status in rows]
            found.append((say("Before it in its line", "同一队列中排在它之前的任务"), "console_jobs", before))
        return found
