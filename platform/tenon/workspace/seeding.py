"""In charge of the records a workspace brings along: the region tree, reference data, and demonstration data.

A row of reference data makes a record once; what the vendor changes in it later arrives there as long as the company
did not change the same field itself. A record that was deleted is left alone. Demonstration data is made once.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import Conflict, Detail, TenonError
from tenon.exchange.references import find_any, find_by_words
from tenon.fields.multi_choice import listed
from tenon.model import DataSet, Entity, Model
from tenon.model.moves import OF_PIPELINES
from tenon.query import Query, Reader
from tenon.records import ImportOptions, PastStage, Writer
from tenon.texts import ENGLISH, say
from tenon.workspace.seeding_memory import Seeded, digest_of, key_of, recall, remember
from tenon.workspace.seeding_updates import Update, comparable, merge

_DAY = re.compile(r"today(?:([+-]\d{1,4})d)?(?: ([01]\d|2[0-3]):([0-5]\d))?")
REGIONS = "regions"
Row = Mapping[str, Any]


@dataclass(kw_only=True)
class SeedReport:
    """`kept` counts values of the vendor that did not arrive because the company had changed them."""

    created: int = 0
    updated: int = 0
    kept: int = 0


class Seeder:
    """Works through the doors as the system, inside the caller's transaction."""

    def __init__(self, unit: UnitOfWork, reader: Reader, writer: Writer) -> None:
        self._unit = unit
        self._reader = reader
        self._writer = writer
        self._model: Model = reader.model
        self._access = Access.of(self._model, unit.actor)

    def reference_data(self) -> SeedReport:
        """Regions, then the modules' data."""
        report = SeedReport()
        for item in reference_sets(self._model):
            self._bring(item, report)
        return report

    def demonstration_data(self) -> int:
        """How many records were created."""
        sets = in_order([item for item in self._model.data if item.demo], self._model)
        return sum(len(self.create_missing(item.entity, item.key, item.rows)) for item in sets)

    def create_missing(self, entity: str, key: tuple[str, ...], rows: Sequence[Row]) -> list[str]:
        """Ids of the records made for rows whose key no record has, living or deleted."""
        return [made for made in self._create(self._model.entity(entity), key, rows).values() if made is not None]

    def _bring(self, item: DataSet, report: SeedReport) -> None:
        """Make what is new and change what the vendor changed; rows that are as they were cost nothing."""
        known = recall(self._unit.connection, item.name)
        fresh = [row for row in item.rows if key_of(item.key, row) not in known]
        changed = [
            row for row in item.rows if (old := known.get(key_of(item.key, row))) and old.digest != digest_of(row)
        ]
        entity = self._model.entity(item.entity)
        learnt = self._made(entity, item.key, fresh, report)
        for row in changed:
            learnt.append(self._follow(entity, row, known[key_of(item.key, row)], report))
        remember(self._unit.connection, item.name, learnt)

    def _made(self, entity: Entity, key: tuple[str, ...], rows: Sequence[Row], report: SeedReport) -> list[Seeded]:
        """Of rows nothing is remembered of. A record that was there before them keeps what differs as its own."""
        made = self._create(entity, key, rows)
        report.created += sum(1 for record_id in made.values() if record_id is not None)
        learnt = []
        for position, (row, resolved) in enumerate(zip(rows, self._resolved(entity, rows), strict=True)):
            record_id = made.get(position) or self._id_of(entity, key, resolved)
            values = self._vendor_values(entity, resolved) if record_id is not None else {}
            if made.get(position) is None and record_id is not None:
                there = self._present(entity, record_id, tuple(values))
                values = {name: value for name, value in values.items() if there.get(name) == value}
            learnt.append(Seeded(key=key_of(key, row), digest=digest_of(row), record_id=record_id, values=values))
        return learnt

    def _follow(self, entity: Entity, row: Row, old: Seeded, report: SeedReport) -> Seeded:
        """Take over what the vendor changed in a row, field by field, where the record is still as it was seeded."""
        resolved = self._resolved(entity, [row])[0]
        new = self._vendor_values(entity, resolved)
        there = self._present(entity, old.record_id, tuple(new)) if old.record_id is not None else {}
        outcome = merge(there, old.values, new) if there else Update(seeded=old.values)
        report.kept += len(outcome.kept)
        if outcome.changes and old.record_id is not None:
            ready = self._ready(entity, resolved)
            values = {name: ready.get(name) for name in outcome.changes if name not in OF_PIPELINES}
            self._writer.change(self._unit, self._access, entity.name, old.record_id, values, version=None)
            report.updated += 1
        return Seeded(key=old.key, digest=digest_of(row), record_id=old.record_id, values=outcome.seeded)

    def foresee(self, item: DataSet, entities: Mapping[str, Entity]) -> SeedReport:
        """What bringing the set would come to, judged by records of the published version; changes nothing."""
        known = recall(self._unit.connection, item.name)
        report = SeedReport()
        for row in item.rows:
            old = known.get(key_of(item.key, row))
            if old is None:
                report.created += 1
            elif old.digest != digest_of(row):
                self._foresee_change(entities.get(item.entity), row, old, report)
        return report

    def _foresee_change(self, entity: Entity | None, row: Row, old: Seeded, report: SeedReport) -> None:
        if entity is None or old.record_id is None or not set(row) <= set(entity.fields):
            report.updated += 1
            return
        new = self._vendor_values(entity, self._resolved(entity, [row])[0])
        there = self._present(entity, old.record_id, tuple(new))
        outcome = merge(there, old.values, new) if there else Update(seeded=old.values)
        report.updated += bool(outcome.changes)
        report.kept += len(outcome.kept)

    def _vendor_values(self, entity: Entity, resolved: Row) -> dict[str, Any]:
        ready = self._ready(entity, resolved)
        return {name: comparable(entity.fields[name].type, value) for name, value in ready.items()}

    def _present(self, entity: Entity, record_id: str, names: tuple[str, ...]) -> dict[str, Any]:
        """The record's values in comparable form; nothing when it was deleted."""
        query = Query(entity=entity.name, select=("id", *names), where=f'id == "{record_id}"', limit=1)
        found = self._reader.list(self._unit, self._access, query).records
        return {name: comparable(None, found[0][name]) for name in names} if found else {}

    def _create(self, entity: Entity, key: tuple[str, ...], rows: Sequence[Row]) -> dict[int, str | None]:
        """Position of a row → the record made, None when there was one. Row by row, where rows refer to one another."""
        made: dict[int, str | None] = {}
        for batch in _layers(entity, list(enumerate(rows))):
            resolved = self._resolved(entity, [row for _position, row in batch])
            ready = [(position, self._ready(entity, row)) for (position, _), row in zip(batch, resolved, strict=True)]
            fresh = [(position, row) for position, row in ready if self._id_of(entity, key, row, deleted=True) is None]
            options = ImportOptions(stages=self._stages([row for _position, row in fresh]))
            outcomes = self._writer.create_many(
                self._unit, self._access, entity.name, [row for _position, row in fresh], as_import=options
            )
            made.update((position, None) for position, _row in ready)
            for (position, row), outcome in zip(fresh, outcomes, strict=True):
                if outcome.saved is None:
                    raise _refused(entity, row, outcome.error)
                made[position] = outcome.saved.id
        return made

    def _stages(self, rows: Sequence[dict[str, Any]]) -> dict[int, tuple[PastStage, ...]]:
        """Takes the stages out of the rows: a record of the data files is made in its stage, as if it had got there."""
        stages = {place: row.pop("stage") for place, row in enumerate(rows) if row.get("stage")}
        return {place: (PastStage(stage=stage, entered_at=self._unit.now),) for place, stage in stages.items()}

    def _ready(self, entity: Entity, row: Row) -> dict[str, Any]:
        return {name: self._dated(entity, name, value) for name, value in row.items()}

    def _dated(self, entity: Entity, name: str, value: Any) -> Any:
        """`today-30d` is counted from the day of loading; `today+1d 10:30` is an hour where the workspace is."""
        match = _DAY.fullmatch(value) if isinstance(value, str) else None
        if match is None or entity.fields[name].type.key not in ("date", "datetime"):
            return value
        day: date = self._unit.today + timedelta(days=int(match[1] or 0))
        if entity.fields[name].type.key == "date":
            return day.isoformat()
        if match[2] is None:
            return f"{day.isoformat()}T09:00:00Z"
        zone = ZoneInfo(self._model.workspace.timezone)
        return datetime.combine(day, time(int(match[2]), int(match[3])), zone).isoformat()

    def _resolved(self, entity: Entity, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """Rows with the words in look-ups replaced by ids; an unknown word is a Conflict that names it."""
        resolved = [dict(row) for row in rows]
        for name in {name for row in rows for name in row}:
            if entity.fields[name].entities is not None:
                self._resolve_any(entity, name, resolved)
            target, several = entity.fields[name].leads_to, entity.fields[name].members is not None
            if target is None:
                continue
            named = [(row, _words(row[name], several)) for row in resolved if row.get(name) not in (None, "", [])]
            every = {word for _row, words in named for word in words}
            found = find_by_words(self._unit, self._access, self._reader, target, every)
            for row, words in named:
                ids = [found.ids.get(word) or self._missing(entity, name, word) for word in words]
                row[name] = ids if several else ids[0]
        return resolved

    def _resolve_any(self, entity: Entity, name: str, rows: Sequence[dict[str, Any]]) -> None:
        """`account:Acme` in look-ups of any record."""
        named = [row for row in rows if isinstance(row.get(name), str) and row[name].strip()]
        found = find_any(self._unit, self._access, self._reader, {row[name] for row in named})
        for row in named:
            row[name] = found.ids.get(row[name]) or self._missing(entity, name, row[name])

    def _missing(self, entity: Entity, name: str, word: str) -> str:
        message = say(
            "The data for {entity} names “{word}” in {field}, which is unknown or not the only one.",
            "{entity}的数据在“{field}”中提到“{word}”，但它不存在或不唯一。",
            entity=entity.label,
            field=entity.fields[name].label,
            word=word,
        )
        raise Conflict(message, details=[Detail(path=name, code="unknown_reference", message=message)])

    def _id_of(self, entity: Entity, key: tuple[str, ...], row: Row, *, deleted: bool = False) -> str | None:
        """The record with this key; with `deleted` also one in the recycle bin."""
        parts = [f"{name} == {self._literal(entity, name, row[name])}" for name in key if row.get(name) is not None]
        for bin_ in (False, True) if deleted and parts else (False,) if parts else ():
            query = Query(entity=entity.name, select=("id",), where=" and ".join(parts), limit=1, deleted=bin_)
            found = self._reader.list(self._unit, self._access, query).records
            if found:
                return str(found[0]["id"])
        return None

    def _literal(self, entity: Entity, name: str, value: Any) -> str:
        kind = entity.fields[name].type
        return kind.literal(kind.parse(value))


def reference_sets(model: Model) -> list[DataSet]:
    """What every publication sees to: the region tree first, then the data files in the order of their look-ups."""
    rows = tuple(
        {
            "code": seed.code,
            "name": seed.label.in_(model.workspace.language),
            "name_en": seed.label.in_(ENGLISH),
            "parent": seed.parent,
        }
        for seed in model.regions
    )
    regions = DataSet(name=REGIONS, module="", entity="region", key=("code",), rows=rows)
    others = in_order([item for item in model.data if not item.demo], model)
    return [regions, *others] if rows else others


def in_order(sets: Sequence[DataSet], model: Model) -> list[DataSet]:
    """Sets whose look-ups point to other sets' entities come after those; otherwise in the order given."""
    remaining, done = list(sets), list[DataSet]()
    while remaining:
        waiting = {item.entity for item in remaining}
        ready = [item for item in remaining if not _needs(item, model) & (waiting - {item.entity})]
        done.extend(ready or remaining[:1])
        remaining = [item for item in remaining if item not in done]
    return done


def _words(value: Any, several: bool) -> list[str]:
    """What names the records of a look-up: one word, or of a list of records any number."""
    return [str(word).strip() for word in listed(value) if str(word).strip()] if several else [str(value)]


def _needs(item: DataSet, model: Model) -> set[str]:
    fields = model.entity(item.entity).fields
    used = {name for row in item.rows for name in row}
    led = {
        str(row[name]).partition(":")[0]
        for name in used
        if fields[name].entities is not None
        for row in item.rows
        if row.get(name)
    }
    return led | {target for name in used if (target := fields[name].leads_to) is not None}


def _layers(entity: Entity, rows: Sequence[tuple[int, Row]]) -> Iterable[Sequence[tuple[int, Row]]]:
    """All rows at once, unless they refer to their own entity: then one by one."""
    own = any(entity.fields[name].leads_to == entity.name for _position, row in rows for name in row)
    return [[row] for row in rows] if own else [rows]


def _refused(entity: Entity, row: Row, error: TenonError | None) -> Conflict:
    name = row.get(entity.title) or next(iter(row.values()), "")
    return Conflict(
        say(
            "“{name}” ({entity}) of the data files was refused: {reason}",
            "数据文件中的“{name}”（{entity}）被拒绝：{reason}",
            name=str(name),
            entity=entity.label,
            reason=error.message if error is not None else "",
        ),
        hint=error.hint if error is not None else None,
        details=error.details if error is not None else (),
    )
