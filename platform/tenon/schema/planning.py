"""In charge of the way from the published model to another: what would be done, and what it would touch.

A plan is a value. It is sealed to the version it starts from, so what people read is what will be done, or nothing.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from tenon.database import Connection
from tenon.errors import Detail, InvalidInput
from tenon.model import Entity, Field, Model
from tenon.schema.counting import Counts
from tenon.schema.entity_operations import CreateTable, RenameEntity, RestoreEntity, RetireEntity, TooWide
from tenon.schema.field_operations import AddField, RenameField, ReplaceField, RestoreField, RetireField
from tenon.schema.following import follow
from tenon.schema.history import Former
from tenon.schema.index_operations import AddIndex, AddUnique, RemoveIndex
from tenon.schema.indexes import WantedIndex
from tenon.schema.ledger import Entry, Ledger
from tenon.schema.metadata_operations import changed_metadata
from tenon.schema.operations import Operation
from tenon.schema.pipeline_operations import Places, Standing, placing
from tenon.schema.renames import renamed_paths
from tenon.schema.value_planning import Values
from tenon.schema.versions import seal_of
from tenon.suggestions import did_you_mean
from tenon.texts import Text, say

MOST_COLUMNS = 1500
"""Of PostgreSQL's 1600 and SQLite's 2000, with room left for what is retired on the way."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`base` is the number and digest of the version the plan starts from, `ledger` the ledger it leads to.

    `was` is the model of that version; None when nothing was published, or when it cannot be understood any more.
    """

    base: tuple[int, str]
    model: Model
    before: Ledger
    ledger: Ledger
    operations: tuple[Operation, ...]
    was: Model | None = None

    @property
    def is_empty(self) -> bool:
        """Whether this very model is published already."""
        return not self.operations and self.base[1] == self.model.digest

    @property
    def decisions(self) -> tuple[Operation, ...]:
        """What stands in the way of applying it."""
        return tuple(operation for operation in self.operations if operation.risk == "needs_decision")

    @property
    def removals(self) -> tuple[Operation, ...]:
        """What takes something out of people's sight."""
        return tuple(operation for operation in self.operations if operation.risk == "removes")

    def accepting(self, answers: Mapping[str, str]) -> "Plan":
        """The plan with steps decided: dotted subject (`entities.deal.fields.size`, `deal.size`) → answer.

        Raises InvalidInput for a subject nobody asks about, or an answer that is none.
        """
        left = dict(answers)
        operations = tuple(_answered(operation, left) for operation in self.operations)
        if left:
            raise InvalidInput(
                say("Some decisions fit nothing in this plan.", "部分决定与此计划无关。"),
                details=[_misfit(self, subject) for subject in left],
            )
        return replace(self, operations=operations)

    @property
    def seal(self) -> str:
        """Equal for plans that start at the same version, end at the same model and do the same.

        How many records a step meets does not count: people work on while a plan is looked at.
        """
        steps = [(step.kind, step.subject, step.risk, step.answers()) for step in self.operations]
        content = [*self.base, self.model.digest, steps]
        return hashlib.sha256(orjson.dumps(content)).hexdigest()

    def to_json(self) -> dict[str, Any]:
        return {
            "base": {"number": self.base[0], "digest": self.base[1]},
            "digest": self.model.digest,
            "seal": self.seal,
            "operations": [operation.to_json() for operation in self.operations],
        }


def plan(before: Model | None, after: Model, ledger: Ledger, connection: Connection) -> Plan:
    """Reads the database, changes nothing. `before` gives names to what goes away; None when there is no such model."""
    base = seal_of(connection)
    following = follow(ledger, after, base[0] + 1, before)
    steps = _Steps(before, after, ledger, following, Counts(connection), connection)
    return Plan(base=base, model=after, before=ledger, ledger=following, operations=tuple(steps.all()), was=before)


_TOLD_WHOLE = frozenset(
    {"create_table", "retire_entity", "restore_entity", "add_field", "replace_field", "retire_field", "restore_field"}
)
"""Steps after which nothing is left to say about their subject."""


class _Steps:
    """The differences of two ledgers, in words of the models."""

    def __init__(
        self, before: Model | None, after: Model, old: Ledger, new: Ledger, counts: Counts, connection: Connection
    ) -> None:
        self.before = before
        self.former = Former(before, old)
        self._left: dict[str, Mapping[str, Entry]] = {}
        self._claims: dict[str, Mapping[str, str]] = {}
        self.values = Values(before, after, old, new, connection)
        self.after = after
        self.old = old
        self.new = new
        self.counts = counts
        self.connection = connection

    def all(self) -> Iterator[Operation]:
        found = list(self._structure())
        yield from found
        whole = {operation.subject for operation in found if operation.kind in _TOLD_WHOLE}
        told = {operation.subject for operation in found}
        yield from changed_metadata(self.before, self.after, renamed_paths(found, self.before, self.after), whole, told)

    def _structure(self) -> Iterator[Operation]:
        for entity in self.after.entities.values():
            yield from self._entity(entity)
        for entry in self.old.tables():
            if not self._is_live(entry):
                label = self._label_before(entry.path)
                yield RetireEntity(entity=entry.path, label=label, rows=self.counts.rows(entry.table))

    def _entity(self, entity: Entity) -> Iterator[Operation]:
        entry = self.new.table(entity.name)
        if entry is None:
            raise KeyError(entity.name)
        width = len(self.new.columns(entry.table)) + 2
        if width > MOST_COLUMNS:
            yield TooWide(entity=entity.name, label=entity.label, rows=width, most=MOST_COLUMNS)
        known = self.old.at(entry.place)
        if known is entry and self._is_untouched(entity, entry.table):
            return
        if known is None:
            yield CreateTable(entity=entity.name, label=entity.label, fields=len(entity.fields))
        else:
            yield from self._table_stays(entity, entry, known)
            yield from self._placing(entity)
            for field in entity.fields.values():
                yield from self._field(entity, field)
            if known.state == "live":
                yield from self._fields_gone(entity, entry)
        yield from self._indexes(entity, entry)

    def _is_untouched(self, entity: Entity, table: str) -> bool:
        """Whether it is the very same as before, in the very same columns: then nothing is left to look for."""
        if self.before is None or self.before.entities.get(entity.name) is not entity:
            return False
        columns = self.new.columns(table) == self.old.columns(table)
        return columns and self.new.indexes(table) == self.old.indexes(table)

    def _placing(self, entity: Entity) -> Iterator[Operation]:
        """Where its records stand in pipelines that are new or that changed."""
        stage, pipeline = self.new.column(entity.name, "stage"), self.new.column(entity.name, "pipeline")
        if stage is None or not entity.pipelines or not self.counts.rows(stage.table):
            return
        former = self.former.entity_at(stage.table)
        several = pipeline is not None and "pipeline" in entity.fields
        held = self.old.at(pipeline.place) if pipeline is not None else None
        standing = Standing(
            table=stage.table,
            stage=stage.column,
            pipeline=pipeline.column if several and pipeline is not None else "",
            identity=self._system(entity, "id"),
            changed_at=self._system(entity, "changed_at"),
        )
        yield from placing(
            standing,
            Places(after=entity, before=former, returning=held is not None and held.state == "retired"),
            self.connection,
            stage_there=self.old.at(stage.place) is not None,
            pipeline_there=held is not None,
        )

    def _system(self, entity: Entity, field: str) -> str:
        """The column of a field that every entity has."""
        found = self.new.column(entity.name, field)
        return found.column if found is not None else field

    def _table_stays(self, entity: Entity, entry: Entry, known: Entry) -> Iterator[Operation]:
        if known.state == "retired":
            yield RestoreEntity(entity=entity.name, label=entity.label, rows=self.counts.rows(entry.table))
        if known.path != entity.name:
            rows = self.counts.rows(entry.table)
            yield RenameEntity(entity=entity.name, label=entity.label, rows=rows, was=known.path)

    def _field(self, entity: Entity, field: Field) -> Iterator[Operation]:
        entries = [self.new.column(entity.name, field.name, part.part) for part in field.type.columns()]
        moves = [(entry, self.old.at(entry.place)) for entry in entries if entry is not None]
        if not moves:
            return
        main, known = moves[0]
        common: dict[str, Any] = {"entity": entity.name, "field": field.name, "label": field.label, "of": entity.label}
        source = self._source(entity, field, main)
        if any(was is None for _entry, was in moves) or (known is not None and known.state == "retired" and source):
            yield self._new_column(field, main, known, source, common)
        elif known is not None and known.state == "retired":
            if self._entity_was_live(main):
                yield RestoreField(**common, rows=self.counts.values(main.table, main.column))
        elif known is not None:
            if _last(known.path) != _last(main.path):
                yield RenameField(**common, rows=self.counts.values(main.table, main.column), was=_last(known.path))
            yield from self.values.stays(entity, field, main, known, common)

    def _source(self, entity: Entity, field: Field, main: Entry) -> Entry | None:
        """The column that held this field until now and is left for another one."""
        leaving = self._leaving(main.table)
        if not leaving:
            return None
        claimed = self._claimed(entity, main.table)
        names = (field.name, *field.was, *self.former.names_of(entity, field.name))
        if self.former.takes_back(entity, field):
            names = names[1:]
        free = [name for name in names if claimed.get(name, field.name) == field.name]
        free = [name for name in free if name == field.name or name in claimed or name not in entity.fields]
        return next((leaving[name] for name in free if name in leaving), None)

    def _claimed(self, entity: Entity, table: str) -> Mapping[str, str]:
        found = self._claims.get(table)
        if found is None:
            columns = (entry for entry in self.old.entries if entry.table == table and entry.kind == "field")
            found = self._claims[table] = self.former.claims(entity, columns)
        return found

    def _leaving(self, table: str) -> Mapping[str, Entry]:
        """The columns of a table that no field will have any more, by the path within their entity."""
        found = self._left.get(table)
        if found is None:
            columns = self.old.columns(table)
            found = self._left[table] = {_last(entry.path): entry for entry in columns if not self._is_live(entry)}
        return found

    def _new_column(
        self, field: Field, main: Entry, known: Entry | None, source: Entry | None, common: dict[str, Any]
    ) -> Operation:
        if source is None:
            rows = self.counts.rows(main.table)
            required = field.required and field.default is None
            return AddField(**common, rows=rows, required=required, gaps=field.is_blank)
        returning = known is not None
        values = self.counts.values(source.table, source.column)
        if not values and not (returning and self.counts.values(main.table, main.column)):
            return ReplaceField(**common)
        return self.values.changes(field, main, source, common, returning=returning)

    def _fields_gone(self, entity: Entity, entry: Entry) -> Iterator[Operation]:
        """Neither a field that lives on in another column, nor the parts of one that is told as a whole."""
        taken_over = {_last(column.path) for column in self.new.columns(entry.table)} | self._moved_from(entry.table)
        gone = {_last(column.path): column for column in self.old.columns(entry.table) if not self._is_live(column)}
        for name, column in gone.items():
            if name in taken_over or name.rpartition(".")[0] in gone:
                continue
            label = self._field_label_before(column.path)
            rows = self.counts.values(column.table, column.column)
            yield RetireField(entity=entity.name, field=name, label=label, of=entity.label, rows=rows)

    def _moved_from(self, table: str) -> set[str]:
        """Former names of fields whose values are moved to other columns."""
        found = set()
        for column in self.new.columns(table):
            entity, _dot, name = column.path.partition(".")
            known = self.after.entities[entity]
            source = self._source(known, known.fields[name], column) if name in known.fields else None
            if source is not None and not self._was_live(column):
                found.add(_last(source.path))
        return found

    def _was_live(self, entry: Entry) -> bool:
        known = self.old.at(entry.place)
        return known is not None and known.state == "live"

    def _indexes(self, entity: Entity, entry: Entry) -> Iterator[Operation]:
        old = {index.type: index for index in self.old.indexes(entry.table)}
        new = {index.type: index for index in self.new.indexes(entry.table)}
        for definition in sorted(old.keys() - new.keys()):
            index = WantedIndex.read(definition)
            if not index.exists_on(self.connection.dialect):
                continue
            shown = self._shown(self.old, entry.table, index)
            yield RemoveIndex(
                entity=entity.name, label=entity.label, name=old[definition].column, unique=index.unique, shown=shown
            )
        for definition in sorted(new.keys() - old.keys()):
            index = WantedIndex.read(definition)
            if index.exists_on(self.connection.dialect):
                yield self._add_index(entity, entry.table, new[definition].column, index)

    def _add_index(self, entity: Entity, table: str, name: str, index: WantedIndex) -> Operation:
        shown = self._shown(self.new, table, index)
        rows = self.counts.rows(table)
        if not index.unique:
            return AddIndex(entity=entity.name, label=entity.label, rows=rows, name=name, index=index, shown=shown)
        present = {column.column for column in self.old.columns(table)}
        known = rows and present.issuperset(index.bare_columns)
        repeated, examples = self.counts.repeated(table, index) if known else (0, ())
        return AddUnique(
            entity=entity.name,
            label=entity.label,
            rows=rows,
            name=name,
            index=index,
            shown=shown,
            repeated=repeated,
            examples=examples,
        )

    def _shown(self, ledger: Ledger, table: str, index: WantedIndex) -> str:
        """The index's columns by the names of their fields."""
        names = {column.column: column.path.partition(".")[2] for column in ledger.columns(table)}
        return ", ".join(names.get(column, column) for column in index.bare_columns)

    def _is_live(self, entry: Entry) -> bool:
        following = self.new.at(entry.place)
        return following is not None and following.state == "live"

    def _entity_was_live(self, column: Entry) -> bool:
        """Fields of an entity that comes back are not told one by one."""
        table = self.old.at(("entity", column.table, ""))
        return table is not None and table.state == "live"

    def _label_before(self, entity: str) -> Text:
        known = self.before.entities.get(entity) if self.before is not None else None
        return known.label if known is not None else Text.of(entity)

    def _field_label_before(self, path: str) -> Text:
        entity, _dot, rest = path.partition(".")
        known = self.before.entities.get(entity) if self.before is not None else None
        field = known.fields.get(rest.partition(".")[0]) if known is not None else None
        return field.label if field is not None else Text.of(rest)


def _answered(operation: Operation, answers: dict[str, str]) -> Operation:
    """Takes its answer out of `answers`."""
    for subject in (operation.subject, *_short(operation.subject)):
        if answers.get(subject) in operation.answers():
            return operation.answered(answers.pop(subject))
    return operation


def _short(subject: str) -> tuple[str, ...]:
    """`deal.size` and `entities.deal.size` for `entities.deal.fields.size`."""
    kind, *rest = subject.split(".")
    return (".".join((rest[0], rest[2])),) if kind == "entities" and len(rest) == 3 else ()


def _misfit(plan: Plan, subject: str) -> Detail:
    asked = {operation.subject: operation.answers() for operation in plan.operations if operation.answers()}
    message = say("Nothing is to be decided like this.", "没有需要这样决定的内容。")
    hint = did_you_mean(subject, asked) or say(
        "To be decided: {asked}.",
        "可决定的有：{asked}。",
        asked="; ".join(f"{name}={'|'.join(answers)}" for name, answers in asked.items()) or "—",
    )
    return Detail(path=subject, code="no_decision", message=message, hint=hint)


def _last(path: str) -> str:
    """The path without its entity, which may have been renamed."""
    return path.partition(".")[2]
