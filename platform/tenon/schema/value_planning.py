"""In charge of what a plan says about the values of fields: how they convert, and which do not fit any more."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from tenon.database import Connection
from tenon.fields import FieldType
from tenon.fields.choice import ChoiceType
from tenon.fields.storage import Words
from tenon.model import Entity, Field, Model
from tenon.schema.conversion_operations import ChangeType, RequireField, TightenLimits
from tenon.schema.conversions import Titles, Turn
from tenon.schema.counting import Counts
from tenon.schema.history import Former
from tenon.schema.indexes import INTERNAL
from tenon.schema.ledger import Entry, Ledger
from tenon.schema.limits import check_limits
from tenon.schema.moving import Move, Survey
from tenon.schema.operations import Operation
from tenon.schema.option_operations import KeyPlace, OrphanKey, ReplaceKey
from tenon.schema.words import bound
from tenon.texts import Text

_MOST_PROPOSED = 50


class Values:
    def __init__(self, before: Model | None, after: Model, old: Ledger, new: Ledger, connection: Connection) -> None:
        self.former = Former(before, old)
        self.after = after
        self.old = old
        self.new = new
        self.connection = connection
        self.counts = Counts(connection)

    def changes(
        self, field: Field, main: Entry, source: Entry, common: dict[str, Any], *, returning: bool
    ) -> Operation:
        """Values leave the column `source` for the column `main`, where older ones may be `returning`."""
        was = self.former.field_at(source)
        if was is None:
            rows = self.counts.values(source.table, source.column)
            return ChangeType(**common, rows=rows, before=Text.of(source.type), after=field.type.label)
        move = self._move(field, was, main, source, returning)
        told: dict[str, Any] = {**common, "before": was.type.label, "after": field.type.label}
        if not move.possible:
            return ChangeType(**told, rows=self.counts.values(source.table, source.column))
        found = move.survey(self.connection)
        proposed = self._proposed(field.type, source) if isinstance(field.type, ChoiceType) else ()
        return ChangeType(**told, **_counted(found), move=move, otherwise=_answer(field), proposed=proposed)

    def stays(
        self, entity: Entity, field: Field, main: Entry, known: Entry, common: dict[str, Any]
    ) -> Iterator[Operation]:
        """The values stay where they are, under other options, limits or promises perhaps."""
        was = self.former.field_at(known)
        if was is None:
            return
        if isinstance(field.type, ChoiceType) and isinstance(was.type, ChoiceType):
            yield from self._keys(field, was, main, common)
        elif was.type.key == field.type.key and was.type.options != field.type.options:
            yield from self._limits(field, was, main, common)
        if field.required and not was.required and not field.system:
            gaps = self.counts.gaps(main.table, main.column)
            if gaps:
                yield RequireField(**common, rows=gaps, gaps=field.is_blank)

    def _keys(self, field: Field, was: Field, main: Entry, common: dict[str, Any]) -> Iterator[Operation]:
        """Keys that records hold and nothing declares any more; what became of them was said, or has to be."""
        declared = {option.key for option in _options(field)}
        gone = frozenset(option.key for option in _options(was) if option.key not in declared)
        if not gone or field.system:
            return
        place = KeyPlace(
            table=main.table,
            identity=self._system(main, "id"),
            column=main.column,
            several=isinstance(field.type.columns()[0].type, Words),
        )
        renamed, replaced = _renamed(field, was), self._map_of(field)
        for key, count in sorted(place.counts(self.connection, gone).items()):
            if key in renamed:
                yield ReplaceKey(**common, rows=count, place=place, old=key, new=renamed[key], renamed=True)
            elif count and key in replaced:
                yield ReplaceKey(**common, rows=count, place=place, old=key, new=replaced[key])
            elif count:
                yield OrphanKey(**common, rows=count, old=key)

    def _map_of(self, field: Field) -> dict[str, str]:
        chosen = self.after.choices.get(str(field.type.options.get("from", "")))
        return dict(field.map) if field.map or chosen is None else dict(chosen.map)

    def _limits(self, field: Field, was: Field, main: Entry, common: dict[str, Any]) -> Iterator[Operation]:
        move = self._move(field, was, main, main, returning=False)
        if not self.counts.values(main.table, main.column):
            return
        found = check_limits(move, self.connection)
        if found.refused:
            yield TightenLimits(**common, **_counted(found), otherwise=_answer(field))

    def _move(self, field: Field, was: Field, main: Entry, source: Entry, returning: bool) -> Move:
        info = self.after.workspace
        turn = Turn(
            old=bound(was.type, self.old, self.former.model.entities if self.former.model is not None else ()),
            new=bound(field.type, self.new, self.after.entities),
            rounding=field.convert.round,
            language=info.language,
            timezone=info.timezone,
            old_titles=self._titles(was.leads_to, self.former.model, self.old),
            new_titles=self._titles(field.leads_to, self.after, self.new),
        )
        return Move(
            table=main.table,
            identity=self._system(main, "id"),
            changed_at=self._system(main, "changed_at"),
            source=_columns(self.old, source, was.type),
            target=_columns(self.new, main, field.type),
            turn=turn,
            returning=returning,
            secret=field.sensitive or was.sensitive,
            rounded=was.convert.round,
        )

    def _system(self, main: Entry, name: str) -> str:
        entity = main.path.partition(".")[0]
        found = self.new.column(entity, name)
        return found.column if found is not None else name

    def _titles(self, target: str | None, model: Model | None, ledger: Ledger) -> Titles | None:
        """None for what is no look-up, and for titles that are computed and stored nowhere."""
        entity = model.entities.get(target) if model is not None and target is not None else None
        title = entity.fields.get(entity.title) if entity is not None else None
        if entity is None or title is None or len(title.type.columns()) != 1:
            return None
        identity, column = ledger.column(entity.name, "id"), ledger.column(entity.name, title.name)
        if identity is None or column is None or not self.counts.has(column.table):
            return None
        return Titles(
            table=column.table,
            identity=identity.column,
            column=column.column,
            type=title.type,
            deleted=INTERNAL[0],
        )

    def _proposed(self, type_: FieldType, source: Entry) -> tuple[tuple[str, int], ...]:
        """The values there are, as options somebody may want to declare."""
        was = self.former.field_at(source)
        column: sa.ColumnClause[Any] = sa.column(source.column, was.type.columns()[0].type if was is not None else None)
        times = sa.func.count().label("times")
        table = sa.table(source.table, column)
        query = sa.select(column, times).select_from(table).where(column.is_not(None)).group_by(column)
        rows = self.connection.execute(query.order_by(times.desc(), column).limit(_MOST_PROPOSED))
        return () if was is None or was.sensitive else tuple((str(value)[:80], int(count)) for value, count in rows)


def _columns(ledger: Ledger, main: Entry, type_: FieldType) -> tuple[str, ...]:
    """The physical columns of a field, by its main one."""
    entity, _dot, name = main.path.partition(".")
    found = [ledger.column(entity, name, part.part) for part in type_.columns()]
    return tuple(entry.column for entry in found if entry is not None)


def _options(field: Field) -> tuple[Any, ...]:
    return field.type.choices if isinstance(field.type, ChoiceType) else ()


def _renamed(field: Field, was: Field) -> dict[str, str]:
    """Former keys to today's: as today's options say, or as the former ones said that are taken back."""
    declared = {option.key for option in _options(field)}
    known = {option.key for option in _options(was)}
    forward = {old: option.key for option in _options(field) for old in option.was if old not in declared}
    back = {
        option.key: old
        for option in _options(was)
        for old in option.was
        if option.key not in declared and old in declared and old not in known
    }
    return {**back, **forward}


def _answer(field: Field) -> Any:
    return field.convert.otherwise


def _counted(found: Survey) -> dict[str, Any]:
    return {"rows": found.values, "refused": found.refused, "samples": tuple(found.samples)}
