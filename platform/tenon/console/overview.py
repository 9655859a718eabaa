"""In charge of the console's first page: how the work in the background is doing, and who does it."""

from typing import ClassVar

import sqlalchemy as sa
from flask import Response
from flask_admin import expose

from tenon.console.pages import Page, shown
from tenon.http import asking
from tenon.jobs import Pause, health, outgoing_pause
from tenon.jobs.holding import WORKERS
from tenon.texts import Text, say
from tenon.workspace.backups.ledger import remembered
from tenon.workspace.backups.telling import state_of


class Overview(Page):
    key: ClassVar[str] = "console"
    label: ClassVar[Text] = say("Overview", "概览")

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> Response:
        known = asking()
        now = known.workspace.now()
        with known.reading() as unit:
            found = health(unit.connection, now)
            query = sa.select(WORKERS.c.name, WORKERS.c.kind, WORKERS.c.started_at, WORKERS.c.seen_at)
            workers = unit.connection.execute(query.order_by(WORKERS.c.seen_at.desc()).limit(100))
            pause = outgoing_pause(unit.connection)
            backups = state_of(known.workspace.settings, remembered(unit.connection), now)
        minutes = int(found.wait(now).total_seconds() // 60)
        return self.show(
            "overview",
            figures=[
                (say("Jobs waiting", "等待中的任务"), found.waiting, "waiting", "console_jobs"),
                (say("Jobs at work", "执行中的任务"), found.running, "running", "console_jobs"),
                (say("Dead jobs", "已停止的任务"), found.dead, "dead", "console_jobs"),
                (say("Events waiting", "等待分发的事件"), found.events_waiting, "waiting", "console_events"),
                (say("Dead events", "已停止的事件"), found.events_dead, "dead", "console_events"),
            ],
            lines=[
                (say("The oldest work waits for", "最早的任务已等待"), say("{n} minutes", "{n} 分钟", n=minutes)),
                (say("Jobs whose worker is silent", "执行进程无响应的任务"), found.stuck),
                (say("Processes seen lately", "最近活动的进程"), found.workers),
                (say("Backups", "备份"), backups.text),
                (say("Messages and calls", "消息与调用"), _leaving(pause, found.held)),
            ],
            troubled=found.needs_care(now),
            workers=[tuple(shown(value, known) for value in row) for row in workers],
            worker_columns=(
                say("Process", "进程"),
                say("Kind", "类型"),
                say("Started", "启动时间"),
                say("Seen", "最近活动"),
            ),
        )


def _leaving(pause: Pause | None, held: int) -> Text:
    if pause is None:
        return say("leave the workspace", "正常对外发送")
    return say(
        "held back since {at}, {count} so far: {reason}",
        "自 {at} 起暂缓，已暂存 {count} 项：{reason}",
        at=f"{pause.at:%Y-%m-%d %H:%M} UTC",
        count=held,
        reason=Text.of(pause.reason),
    )
