"""In charge of moving a company's records along when its modules move to a newer version.

The steps run in the transaction that publishes the version, through the door for writing, as the product itself. How
far each module has come is remembered, so that going back to an older version and forward again repeats nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tenon.access import Access
from tenon.compiler.version_ranges import is_newer
from tenon.database import Connection, UnitOfWork
from tenon.errors import Conflict, TenonError
from tenon.model import Entity, Model, Module, UpgradeStep
from tenon.query import Query, Reader
from tenon.records import Writer
from tenon.schema import SYSTEM_TABLES
from tenon.texts import Text, say
from tenon.workspace.seeding import Seeder

_TABLE = SYSTEM_TABLES["module"]
_PORTION = 500


@dataclass(frozen=True, kw_only=True)
class PendingStep:
    module: Module
    version: str
    step: UpgradeStep

    @property
    def label(self) -> Text:
        return self.step.label or Text.of(self.step.name.replace("_", " ").capitalize())


def pending_steps(before: Model | None, after: Model, connection: Connection) -> tuple[PendingStep, ...]:
    """In the order in which they are taken; none for modules that were not there before."""
    done = reached(connection)
    return tuple(step for module in after.modules.values() for step in _pending(before, module, done))


def reached(connection: Connection) -> dict[str, str]:
    """Module → the version up to which its steps are done; nothing before the first publication."""
    if not sa.inspect(connection.sqlalchemy).has_table(_TABLE.name):
        return {}
    return {row[0]: row[1] for row in connection.execute(sa.select(_TABLE.c.name, _TABLE.c.version))}


def upgrade(unit: UnitOfWork, due: Iterable[PendingStep], reader: Reader, writer: Writer) -> int:
    """Take the steps that are due and remember how far each module has come; returns how many records were touched.

    `unit` is the system's own. Raises Conflict naming the step and the record that was refused.
    """
    touched = sum(_Taking(unit, reader, writer).take(item) for item in due)
    _remember(unit, reader.model)
    return touched


def _pending(before: Model | None, module: Module, done: Mapping[str, str]) -> Iterator[PendingStep]:
    known = before.modules.get(module.name) if before is not None else None
    start = done.get(module.name) or (known.version if known is not None else None)
    if start is None:
        return
    for item in module.upgrades:
        if is_newer(item.version, start):
            for step in item.steps:
                yield PendingStep(module=module, version=item.version, step=step)


def _remember(unit: UnitOfWork, model: Model) -> None:
    """The newest version each module ever had; an older one published later changes nothing."""
    done = reached(unit.connection)
    for module in model.modules.values():
        if module.name in done and not is_newer(module.version, done[module.name]):
            continue
        unit.connection.write(sa.delete(_TABLE).where(_TABLE.c.name == module.name))
        row = {"name": module.name, "version": module.version, "at": unit.now}
        unit.connection.write(sa.insert(_TABLE), row)


class _Taking:
    def __init__(self, unit: UnitOfWork, reader: Reader, writer: Writer) -> None:
        self._unit = unit
        self._reader = reader
        self._writer = writer
        self._access = Access.of(reader.model, unit.actor)

    def take(self, item: PendingStep) -> int:
        step = item.step
        if step.create:
            return len(
                Seeder(self._unit, self._reader, self._writer).create_missing(step.entity, step.key, step.create)
            )
        entity = self._reader.model.entity(step.entity)
        where = step.where.text if step.where is not None else None
        touched = 0
        for field, keys in step.map.items():
            touched += self._map(item, entity, field, keys, where)
        if step.set:
            touched += sum(self._set(item, entity, record_id) for record_id in self._ids(entity, where))
        return touched

    def _set(self, item: PendingStep, entity: Entity, record_id: str) -> bool:
        try:
            return self._writer.compute(self._unit, self._access, entity.name, record_id, item.step.set).changed
        except TenonError as error:
            raise self._refused(item, entity, record_id, error) from error

    def _map(self, item: PendingStep, entity: Entity, field: str, keys: Mapping[str, str], where: str | None) -> int:
        """Of fields with several keys each is replaced where it stands."""
        touched = 0
        for record_id, value in self._values(entity, field, where):
            several = isinstance(value, list)
            old = list(value) if isinstance(value, list) else [value]
            new = [keys.get(key, key) for key in old]
            if new != old:
                kept = list(dict.fromkeys(key for key in new if key))
                values = {field: kept if several else next(iter(kept), None)}
                try:
                    self._writer.change(self._unit, self._access, entity.name, record_id, values, version=None)
                except TenonError as error:
                    raise self._refused(item, entity, record_id, error) from error
                touched += 1
        return touched

    def _ids(self, entity: Entity, where: str | None) -> list[str]:
        """All of them before the first changes: a step may change what its condition reads."""
        return [record_id for record_id, _value in self._values(entity, "id", where)]

    def _values(self, entity: Entity, field: str, where: str | None) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        after: str | None = None
        while True:
            query = Query(
                entity=entity.name, select=("id", field), where=where, sort=("id",), limit=_PORTION, after=after
            )
            page = self._reader.list(self._unit, self._access, query)
            found.extend((record["id"], record[field]) for record in page.records)
            if page.next is None:
                return found
            after = page.next

    def _refused(self, item: PendingStep, entity: Entity, record_id: str, error: TenonError) -> Conflict:
        record = self._reader.one(self._unit, self._access, entity.name, record_id, select=(entity.title,))
        return Conflict(
            say(
                "“{step}” (module {module}, {version}) was refused for “{record}” ({entity}): {reason}",
                "“{step}”（模块 {module}，{version}）对“{record}”（{entity}）被拒绝：{reason}",
                step=item.label,
                module=item.module.label,
                version=item.version,
                record=str(record[entity.title] or record_id),
                entity=entity.label,
                reason=error.message,
            ),
            hint=error.hint,
            details=error.details,
        )
