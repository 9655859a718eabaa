"""In charge of the console's sessions and tokens: who is signed in and which programs may call; never a secret."""

from collections.abc import Mapping
from typing import Any, ClassVar

import sqlalchemy as sa

from tenon.access import Access
from tenon.actors import Actor
from tenon.console.tables import PORTION, Column, TablePage
from tenon.database import Connection, UnitOfWork
from tenon.http import asking
from tenon.schema import SYSTEM_TABLES
from tenon.texts import Text, say

_SESSION, _TOKEN = SYSTEM_TABLES["session"], SYSTEM_TABLES["token"]
_PERSON = Column(name="person", label=say("Person", "用户"))
_UNTIL = Column(name="expires_at", label=say("Until", "有效期至"))


class _PeoplePage(TablePage):
    """Of each table only what is no secret: the id of a session is made of what the browser holds."""

    detailed = False
    kept: ClassVar[tuple[str, ...]]
    newest: ClassVar[str]

    def rows(self, connection: Connection, given: Mapping[str, str], before: str) -> list[dict[str, Any]]:
        columns = [self.table.c[name] for name in self.kept]
        order = (self.table.c[self.newest].desc(), self.table.c.id)
        rows = connection.execute(sa.select(*columns).order_by(*order).limit(PORTION))
        found = [dict(zip(self.kept, row, strict=True)) for row in rows]
        names = _names(connection, {row["user_id"] for row in found})
        return [{**row, "id": "", "person": names.get(row["user_id"], row["user_id"])} for row in found]


class SessionView(_PeoplePage):
    key: ClassVar[str] = "sessions"
    label: ClassVar[Text] = say("Sessions", "登录会话")
    table = _SESSION
    kept = ("user_id", "created_at", "seen_at", "expires_at")
    newest = "seen_at"
    columns = (
        _PERSON,
        Column(name="created_at", label=say("Signed in", "登录时间")),
        Column(name="seen_at", label=say("Seen", "最近活动")),
        _UNTIL,
    )


class TokenView(_PeoplePage):
    key: ClassVar[str] = "tokens"
    label: ClassVar[Text] = say("API tokens", "API 令牌")
    table = _TOKEN
    kept = ("user_id", "name", "scopes", "created_at", "last_used_at", "expires_at", "revoked_at")
    newest = "created_at"
    columns = (
        _PERSON,
        Column(name="name", label=say("Name", "名称")),
        Column(
            name="scopes",
            label=say("May", "权限范围"),
            value=lambda row, known: " ".join(
                f"{entity}:{','.join(sorted(verbs))}" for entity, verbs in row["scopes"].items()
            ),
        ),
        Column(name="created_at", label=say("Made", "创建时间")),
        Column(name="last_used_at", label=say("Used", "最近使用")),
        _UNTIL,
        Column(name="revoked_at", label=say("Revoked", "吊销时间")),
    )


def _names(connection: Connection, ids: set[str]) -> dict[str, str]:
    """Through the door for reading, as the system: operators see who is meant even of people they may not read."""
    known = asking()
    actor = Actor.system("operators' console")
    unit = UnitOfWork(actor=actor, connection=connection, now=known.workspace.now())
    rows = known.reader.among(unit, Access.of(known.model, actor), "user", list(ids)) if ids else {}
    return {id_: str(row.get("name") or id_) for id_, row in rows.items()}
