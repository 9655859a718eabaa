"""In charge of drift: whether the database still is what the ledger says."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from tenon.database import Connection
from tenon.model import Model
from tenon.problems import Problem, Problems, Severity
from tenon.schema.following import follow
from tenon.schema.indexes import INTERNAL, WantedIndex
from tenon.schema.ledger import Ledger
from tenon.schema.progress import Progress
from tenon.schema.system import SYSTEM_TABLES
from tenon.schema.tables import Tables, build_tables
from tenon.texts import Text, say

_Reflected = Mapping[str, Mapping[str, Any]]


def drift(model: Model, ledger: Ledger, connection: Connection) -> Problems:
    """Errors for what is missing or of another type, warnings for what nobody knows of. Reads the catalogue only."""
    problems = Problems()
    for problem in _Comparison(model, ledger, connection).all():
        problems.items.append(problem)
    return problems


class _Comparison:
    def __init__(self, model: Model, ledger: Ledger, connection: Connection) -> None:
        self.model = model
        self.ledger = ledger
        inspector = sa.inspect(connection.sqlalchemy)
        self.dialect = connection.sqlalchemy.dialect
        self.dialect_name = connection.dialect
        self.columns = _by_table(inspector.get_multi_columns())
        self.indexes = _by_table(inspector.get_multi_indexes())
        self.references = {
            table[1]: {tuple(found["constrained_columns"]) for found in keys}
            for table, keys in inspector.get_multi_foreign_keys().items()
        }

        self.in_the_making: dict[str, set[str]] = {}
        for work in Progress.load(connection).works.values():
            self.in_the_making.setdefault(work.table, set()).update(work.columns)

    def all(self) -> Iterator[Problem]:
        yield from self._system()
        if follow(self.ledger, self.model, 0).tables() and not self.ledger.entries:
            yield _found("nothing_published", "", say("Nothing was published yet.", "尚未发布任何版本。"), "warning")
            return
        tables = build_tables(self.model, self.ledger)
        for entity in tables:
            yield from self._table(tables, entity)
        yield from self._unknown()

    def _system(self) -> Iterator[Problem]:
        for table in SYSTEM_TABLES.values():
            present = self.columns.get(table.name)
            if present is None:
                yield _missing_table(table.name)
                continue
            for column in table.columns:
                if column.name not in present:
                    yield _missing_column(table.name, column.name)

    def _table(self, tables: Tables, entity: str) -> Iterator[Problem]:
        table = tables[entity]
        present = self.columns.get(table.name)
        if present is None:
            yield _missing_table(table.name)
            return
        for column in table.columns:
            yield from self._column(table.name, column, present)
        for index in self.ledger.indexes(table.name):
            expected = WantedIndex.read(index.type).exists_on(self.dialect_name)
            if expected and index.column not in self.indexes.get(table.name, {}):
                message = say(
                    "The index “{index}” of the table “{table}” is missing.", "表“{table}”缺少索引“{index}”。"
                )
                yield _found("missing_index", table.name, message.filled(index=index.column, table=table.name))
        for reference in table.foreign_key_constraints:
            names = tuple(column.name for column in reference.columns)
            if names not in self.references.get(table.name, set()):
                message = say(
                    "The column “{column}” of “{table}” has lost its reference.", "“{table}”的列“{column}”缺少外键。"
                )
                yield _found("missing_reference", table.name, message.filled(column=names[0], table=table.name))

    def _column(self, table: str, column: sa.Column[Any], present: Mapping[str, Any]) -> Iterator[Problem]:
        found = present.get(column.name)
        if found is None:
            yield _missing_column(table, column.name)
            return
        wanted, is_ = self._sql(column.type), self._sql(found["type"])
        if wanted != is_:
            message = say(
                "The column “{column}” of “{table}” is of the type {is_}, not {wanted}.",
                "“{table}”的列“{column}”类型为 {is_}，应为 {wanted}。",
            )
            words = message.filled(column=column.name, table=table, is_=is_, wanted=wanted)
            yield _found("other_type", f"{table}.{column.name}", words)

    def _unknown(self) -> Iterator[Problem]:
        known: dict[str, set[str]] = {}
        for entry in self.ledger.entries:
            known.setdefault(entry.table, set()).add(entry.column)
        for table, columns in sorted(self.columns.items()):
            if table not in known:
                if table.startswith("t_"):
                    message = say("The table “{table}” is not in the ledger.", "表“{table}”不在台账中。", table=table)
                    yield _found("unknown_table", table, message, "warning")
                continue
            for column in sorted(columns.keys() - known[table] - set(INTERNAL) - self.in_the_making.get(table, set())):
                message = say(
                    "The column “{column}” of “{table}” is not in the ledger.", "“{table}”的列“{column}”不在台账中。"
                )
                yield _found(
                    "unknown_column", f"{table}.{column}", message.filled(column=column, table=table), "warning"
                )

    def _sql(self, type_: Any) -> str:
        """The type as this database writes it, without its collation."""
        written: str = type_.compile(dialect=self.dialect)
        return written.partition(" COLLATE")[0].upper()


def _by_table(reflected: Mapping[Any, Any]) -> _Reflected:
    return {table[1]: {item["name"]: item for item in items} for table, items in reflected.items()}


def _missing_table(table: str) -> Problem:
    return _found("missing_table", table, say("The table “{table}” is missing.", "缺少表“{table}”。", table=table))


def _missing_column(table: str, column: str) -> Problem:
    message = say(
        "The column “{column}” of “{table}” is missing.", "“{table}”缺少列“{column}”。", column=column, table=table
    )
    return _found("missing_column", f"{table}.{column}", message)


def _found(code: str, path: str, message: Text, severity: Severity = "error") -> Problem:
    return Problem(code=code, message=message, path=path, severity=severity)
