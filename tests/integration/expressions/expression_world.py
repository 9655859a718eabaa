"""In charge of a small world in which one expression can be asked of all four engines."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from samples.shapes import Shape
from tenon.expressions import (
    BOOLEAN,
    DATE,
    DATETIME,
    TEXT,
    Context,
    Expression,
    Scope,
    Type,
    choice_of,
    from_sqlite,
    list_of,
    number_of,
    record_of,
    register_sqlite_functions,
    to_json,
    to_python,
    to_sql_value,
    to_sqlite,
    value_to_json,
)

TODAY, NOW = date(2024, 2, 29), datetime(2024, 2, 29, 23, 30, 15, 123456, tzinfo=UTC)


REGION = Shape("region", {"key": TEXT}, "parent")
REGION.fields["parent"] = record_of(REGION)
USER = Shape("user", {"name": TEXT, "region": record_of(REGION)})
ACCOUNT = Shape("account", {"name": TEXT, "worth": number_of(2), "region": record_of(REGION)})
LINE = Shape("line", {"name": TEXT, "price": number_of(2), "quantity": number_of(0), "done": BOOLEAN, "day": DATE})
DEAL = Shape(
    "deal",
    {
        "title": TEXT,
        "note": TEXT,
        "amount": number_of(2),
        "rate": number_of(4),
        "loose": number_of(None),
        "count_": number_of(0),
        "open": BOOLEAN,
        "flag": BOOLEAN,
        "due": DATE,
        "start": DATE,
        "met": DATETIME,
        "seen": DATETIME,
        "state": choice_of(["new", "won", "lost"]),
        "tags": list_of(TEXT),
        "owner": record_of(USER),
        "account": record_of(ACCOUNT),
        "lines": list_of(record_of(LINE)),
    },
)
SCOPE = Scope(record=DEAL, user=USER, entities={"region": REGION})
REGIONS = {"all": None, "east": "all", "shanghai": "east", "west": "all"}
SUBTREES = {"all": list(REGIONS), "east": ["east", "shanghai"], "shanghai": ["shanghai"], "west": ["west"]}
KEYS = {key.upper(): key for key in REGIONS}


class Trees:
    def subtree(self, entity: str, root: str) -> frozenset[str]:
        return frozenset(SUBTREES.get(root, ()))

    def find(self, entity: str, key: str) -> str | None:
        return KEYS.get(key)


def context(record: Mapping[str, Any], user: Mapping[str, Any], zone: str) -> Context:
    return Context(record=record, today=TODAY, now=NOW, user=user, timezone=zone, trees=Trees())


_POSTGRESQL: dict[str, Any] = {
    "number": sa.Numeric(),
    "boolean": sa.Boolean(),
    "date": sa.Date(),
    "datetime": sa.DateTime(timezone=True),
    "duration": sa.Numeric(),
    "list": JSONB(none_as_null=True),
}
_SQLITE: dict[str, Any] = {"number": sa.Numeric(asdecimal=False), "boolean": sa.Integer()}


def sql_type(kind: str, dialect: str) -> Any:
    return (_SQLITE if dialect == "sqlite" else _POSTGRESQL).get(kind, sa.Text())


@dataclass
class Source:
    """Plans nothing: one row of `table`, look-ups by sub-queries."""

    dialect: str
    tables: Mapping[str, sa.Table]
    shape: Shape
    row: Any
    actor: Mapping[str, Any]
    zone: str
    asked: list[Any] = field(default_factory=list)
    parent: Any = None

    def bind(self, value: Any, kind: str) -> sa.ColumnElement[Any]:
        return sa.literal(to_sqlite(value) if self.dialect == "sqlite" else value, sql_type(kind, self.dialect))

    def column(self, path: tuple[str, ...]) -> sa.ColumnElement[Any]:
        if len(path) == 1:
            return self.row.c[path[0]]
        target = self.shape.fields[path[0]].record
        other = self.tables[target.name].alias()
        inner = Source(self.dialect, self.tables, target, other, self.actor, self.zone)
        found = sa.select(inner.column(path[1:])).where(other.c.id == self.row.c[path[0]]).correlate(self.row)
        return found.scalar_subquery()

    def children(self, path: tuple[str, ...]) -> "Source":
        table = self.tables["line"].alias()
        return Source(self.dialect, self.tables, LINE, table, self.actor, self.zone, self.asked, parent=self.row)

    def select(self, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
        return (
            sa.select(*columns).select_from(self.row).where(self.row.c.deal == self.parent.c.id).correlate(self.parent)
        )

    def user(self, path: tuple[str, ...]) -> sa.ColumnElement[Any]:
        return self.bind(self.actor[path[-1] if len(path) > 1 else "id"], "text")

    def subtree(self, entity: str, root: sa.ColumnElement[Any]) -> sa.Select[Any]:
        region = self.tables["region"]
        tree = sa.select(region.c.id).where(region.c.id == root).cte(recursive=True)
        tree = tree.union_all(sa.select(region.c.id).where(region.c.parent == tree.c.id))
        return sa.select(tree.c.id)

    def among(self, path: tuple[str, ...], ids: sa.Select[Any]) -> sa.ColumnElement[bool]:
        return self.column(path).in_(ids)

    def entity_by_key(self, entity: str, key: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        region = self.tables["region"].alias()
        return sa.select(region.c.id).where(region.c.key == key).scalar_subquery()

    def today(self) -> sa.ColumnElement[Any]:
        return self.bind(TODAY, "date")

    def now(self) -> sa.ColumnElement[Any]:
        return self.bind(NOW, "datetime")

    def timezone(self) -> sa.ColumnElement[Any]:
        return self.bind(self.zone, "text")

    def literal(self, value: Any, kind: Type) -> sa.ColumnElement[Any]:
        self.asked.append(value)
        return self.bind(value, kind.kind)


class SqlWorld:
    """The tables of the world in one database; every question is asked in one statement and rolled back."""

    def __init__(self, url: Any) -> None:
        self.engine = sa.create_engine(url)
        self.dialect = self.engine.dialect.name
        if self.dialect == "sqlite":
            sa.event.listen(self.engine, "connect", lambda connection, _record: register_sqlite_functions(connection))
        self.tables = {shape.name: self._table(shape) for shape in (REGION, USER, ACCOUNT, LINE, DEAL)}
        self.connection = self.engine.connect()
        for table in self.tables.values():
            table.create(self.connection)
        self._insert("region", [{"id": key, "key": key.upper(), "parent": up} for key, up in REGIONS.items()])
        self.connection.commit()

    def close(self) -> None:
        self.connection.close()
        self.engine.dispose()

    def _table(self, shape: Shape) -> sa.Table:
        columns = [sa.Column("id", sa.Text, primary_key=True)]
        columns += [
            sa.Column(name, sql_type(kind.kind, self.dialect)) for name, kind in shape.fields.items() if name != "lines"
        ]
        if shape is LINE:
            columns.append(sa.Column("deal", sa.Text))
        return sa.Table(shape.name, sa.MetaData(), *columns)

    def _insert(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        table = self.tables[name]
        kept = [{key: self._kept(value) for key, value in row.items() if key in table.c} for row in rows]
        if kept:
            self.connection.execute(sa.insert(table), kept)

    def _kept(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return value["id"]
        if self.dialect == "sqlite":
            return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else to_sqlite(value)
        return value

    def answers(
        self,
        expressions: Sequence[Expression],
        records: Sequence[Mapping[str, Any]],
        user: Mapping[str, Any],
        zone: str,
    ) -> list[list[Any]]:
        """For each record the values of all expressions."""
        deal = self.tables["deal"]
        source = Source(self.dialect, self.tables, DEAL, deal, user, zone)
        columns = []
        for expression in expressions:
            source.asked.clear()
            columns.append(sa.type_coerce(to_sql_value(expression, source), sa.types.NullType()))
            assert source.asked == [literal.value for literal in expression.literals]
        try:
            self._insert("account", [record["account"] for record in records if record["account"]])
            self._insert("deal", [{key: record[key] for key in record if key != "lines"} for record in records])
            self._insert("line", [{**line, "deal": record["id"]} for record in records for line in record["lines"]])
            labelled = [column.label(f"c{index}") for index, column in enumerate(columns)]
            rows = self.connection.execute(sa.select(*labelled).select_from(deal).order_by(deal.c.id)).all()
        finally:
            self.connection.rollback()
        return [[self._value(v, e.type.kind) for v, e in zip(row, expressions, strict=True)] for row in rows]

    def _value(self, value: Any, kind: str) -> Any:
        if self.dialect == "sqlite":
            value = from_sqlite(value, kind)
        elif kind == "duration" and value is not None:
            value = timedelta(microseconds=int(value * 1_000_000))
        elif kind == "number" and value is not None:
            value = Decimal(value)
        return value


class NodeWorld:
    """One long-lived Node process."""

    def __init__(self, node: Path) -> None:
        script = Path(__file__).with_name("answer.mjs")
        self.process = subprocess.Popen(
            [str(node), str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def close(self) -> None:
        self.process.communicate()

    def answers(
        self,
        expressions: Sequence[Expression],
        records: Sequence[Mapping[str, Any]],
        user: Mapping[str, Any],
        zone: str,
    ) -> list[list[Any]]:
        around = {"today": TODAY, "now": NOW, "timezone": zone, "user": user}
        question = {
            "trees": [to_json(expression) for expression in expressions],
            "records": records,
            "context": around,
            "subtrees": SUBTREES,
            "keys": KEYS,
        }
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(question, default=value_to_json) + "\n")
        self.process.stdin.flush()
        rows = json.loads(self.process.stdout.readline())
        return [[_from_node(v, e.type.kind) for v, e in zip(row, expressions, strict=True)] for row in rows]


def _from_node(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "number":
        return Decimal(value)
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "datetime":
        return datetime.fromisoformat(value)
    return timedelta(microseconds=int(Decimal(value) * 1_000_000)) if kind == "duration" else value


def python_answers(
    expressions: Sequence[Expression], records: Sequence[Mapping[str, Any]], user: Mapping[str, Any], zone: str
) -> list[list[Any]]:
    compiled = [to_python(expression) for expression in expressions]
    return [[_identity(run(context(record, user, zone))) for run in compiled] for record in records]


def _identity(value: Any) -> Any:
    return value["id"] if isinstance(value, Mapping) else value


def agree(kind: str, left: Any, right: Any, *, digits: int | None = None) -> bool:
    """Whether two engines say the same; SQLite's floats are held to so many digits."""
    if kind == "number" and left is not None and right is not None and digits is not None:
        return abs(left - right) <= abs(left).max(Decimal(1)) * Decimal(10) ** -digits
    return bool(left == right)
