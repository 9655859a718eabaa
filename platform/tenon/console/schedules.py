"""In charge of the console's schedules: when each comes next, when it last came, and what went wrong."""

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa

from tenon.console.tables import Column, TablePage
from tenon.database import Connection
from tenon.jobs.planner import SCHEDULES
from tenon.texts import Text, say


class ScheduleView(TablePage):
    key: ClassVar[str] = "schedules"
    label: ClassVar[Text] = say("Schedules", "定时计划")
    table = SCHEDULES
    detailed = False
    columns = (
        Column(name="name", label=say("Name", "名称")),
        Column(name="signature", label=say("Pattern", "规则")),
        Column(name="next_at", label=say("Next", "下次")),
        Column(name="last_at", label=say("Last", "上次")),
        Column(name="error", label=say("Error", "错误")),
    )

    def rows(self, connection: Connection, given: Mapping[str, str], before: str) -> list[dict[str, Any]]:
        """All of them: there are as many as the metadata says."""
        query = sa.select(*SCHEDULES.columns).order_by(SCHEDULES.c.name)
        return [
            {**dict(zip(SCHEDULES.columns.keys(), row, strict=True)), "id": row[0]} for row in connection.execute(query)
        ]
