"""In charge of the console's versions: who published what, when and why."""

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa

from tenon.console.tables import PORTION, Column, TablePage
from tenon.database import Connection
from tenon.schema import SYSTEM_TABLES
from tenon.texts import Text, say

_VERSION = SYSTEM_TABLES["version"]


class VersionView(TablePage):
    key: ClassVar[str] = "versions"
    label: ClassVar[Text] = say("Versions", "版本")
    table = _VERSION
    detailed = False
    columns = (
        Column(name="id", label=say("Number", "版本号")),
        Column(name="at", label=say("Published", "发布时间")),
        Column(name="author", label=say("By", "发布人")),
        Column(name="reason", label=say("Reason", "原因")),
        Column(name="digest", label=say("Digest", "摘要"), value=lambda row, known: str(row["digest"])[:12]),
    )

    def rows(self, connection: Connection, given: Mapping[str, str], before: str) -> list[dict[str, Any]]:
        columns = (_VERSION.c.number, _VERSION.c.at, _VERSION.c.author, _VERSION.c.reason, _VERSION.c.digest)
        query = sa.select(*columns).order_by(_VERSION.c.number.desc()).limit(PORTION + 1)
        if before.isascii() and before.isdecimal() and len(before) < 10:
            query = query.where(_VERSION.c.number < int(before))
        names = ("id", "at", "author", "reason", "digest")
        return [dict(zip(names, row, strict=True)) for row in connection.execute(query)]
