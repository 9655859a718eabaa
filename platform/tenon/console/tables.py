"""In charge of a page over one hand-made table: a list with filters, one row in full, and its actions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Response, redirect, request
from flask_admin import expose

from tenon.console.audit import remember, remembered
from tenon.console.pages import Page, asked, in_language, shown
from tenon.console.words import FACTS, STATES
from tenon.database import Connection, UnitOfWork
from tenon.errors import BadRequest, Conflict, NotFound
from tenon.http import Asking, asking
from tenon.ids import is_id
from tenon.texts import Text, say

PORTION = 50
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Column:
    """`tag` shows it as a coloured word; `value` gives what is shown, the column of the table when None."""

    name: str
    label: Text
    value: Callable[[Row, Asking], Any] | None = None
    tag: bool = False


@dataclass(frozen=True, kw_only=True)
class Action:
    """What an operator may do to a row in one of these states."""

    name: str
    label: Text
    statuses: frozenset[str]
    do: Callable[[UnitOfWork, str], bool]
    """Whether it could be done."""
    danger: bool = False


class TablePage(Page):
    """Rows are told apart and ordered by `id`, the newest first."""

    table: ClassVar[sa.Table]
    columns: ClassVar[Sequence[Column]]
    filters: ClassVar[Mapping[str, Text]] = {}
    choices: ClassVar[Mapping[str, Sequence[str]]] = {}
    hidden: ClassVar[frozenset[str]] = frozenset()
    actions: ClassVar[Sequence[Action]] = ()
    detailed: ClassVar[bool] = True

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> Response:
        known = asking()
        given = {name: asked(name) for name in self.filters}
        with known.reading() as unit:
            rows = self.rows(unit.connection, given, asked("before"))
        more = rows[PORTION - 1]["id"] if len(rows) > PORTION else None
        return self.show(
            "list",
            columns=self.columns,
            rows=[(row, self._cells(row, known)) for row in rows[:PORTION]],
            filters=[(name, label, given[name], self.choices.get(name)) for name, label in self.filters.items()],
            more=more,
            given=given,
            endpoint=self.endpoint,
            detailed=self.detailed,
            states=STATES,
        )

    @expose("/<row_id>")  # type: ignore[untyped-decorator]
    def row(self, row_id: str) -> Response:
        known = asking()
        with known.reading() as unit:
            found = self._found(unit.connection, row_id)
            related = self.related(unit.connection, found)
            audit = remembered(unit.connection, self.table.name, row_id)
        return self.show(
            "row",
            row=found,
            facts=[
                (FACTS.get(name, name), self._fact(name, value, known))
                for name, value in found.items()
                if name not in self.hidden
            ],
            actions=[action for action in self.actions if found.get("status") in action.statuses],
            related=related,
            audit=[(shown(at, known), who, what, why) for at, who, what, why in audit],
            endpoint=self.endpoint,
        )

    @expose("/<row_id>/<verb>", methods=["POST"])  # type: ignore[untyped-decorator]
    def act(self, row_id: str, verb: str) -> Any:
        """Raises BadRequest without a reason, Conflict when the row is not in a state for it any more."""
        action = next((action for action in self.actions if action.name == verb), None)
        reason = request.form.get("reason", "").strip()[:500]
        if action is None:
            raise NotFound(say("There is no such action.", "没有这个操作。"))
        if not reason:
            raise BadRequest(say("Say why.", "请填写原因。"))
        with asking().writing() as unit:
            self._found(unit.connection, row_id)
            if not action.do(unit, row_id):
                raise Conflict(say("Its state has changed meanwhile.", "其状态已发生变化。"))
            remember(unit, self.table.name, row_id, verb, reason)
            unit.after_commit(asking().workspace.background.wake)
        return redirect(self.get_url(f"{self.endpoint}.row", row_id=row_id), 303)

    def rows(self, connection: Connection, given: Mapping[str, str], before: str) -> list[dict[str, Any]]:
        """One more than are shown, if there is one."""
        query = self.query()
        for name, value in given.items():
            if value:
                query = query.where(self.table.c[name] == value)
        if is_id(before):
            query = query.where(self.table.c.id < before)
        rows = connection.execute(query.order_by(self.table.c.id.desc()).limit(PORTION + 1))
        return [dict(zip(query.selected_columns.keys(), row, strict=True)) for row in rows]

    def query(self) -> sa.Select[Any]:
        return sa.select(*self.table.columns)

    def related(self, connection: Connection, row: Row) -> list[tuple[Text, str, list[tuple[str, str]]]]:
        """Other rows worth looking at: heading, endpoint, and id with words of each."""
        return []

    def _found(self, connection: Connection, row_id: str) -> dict[str, Any]:
        missing = NotFound(say("There is nothing at this address.", "此地址没有内容。"))
        if not self.detailed or not is_id(row_id):
            raise missing
        query = self.query().where(self.table.c.id == row_id)
        rows = connection.execute(query)
        if not rows:
            raise missing
        return dict(zip(query.selected_columns.keys(), rows[0], strict=True))

    def _fact(self, name: str, value: Any, known: Asking) -> Any:
        if name == "reason":
            return in_language(value, known)
        return shown(STATES.get(value, value) if name == "status" else value, known)

    def _cells(self, row: Row, known: Asking) -> list[Any]:
        return [
            shown(column.value(row, known) if column.value is not None else row[column.name], known)
            for column in self.columns
        ]
