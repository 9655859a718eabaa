"""In charge of what a plan says about records: the steps of module upgrades, and reference data that arrives."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import SystemClock
from tenon.database import Connection, UnitOfWork
from tenon.errors import TenonError
from tenon.model import DataSet, Entity, Model
from tenon.query import Query, Reader
from tenon.records import Writer
from tenon.schema import Operation, Plan, build_tables
from tenon.texts import Text, say
from tenon.workspace.seeding import Seeder, reference_sets
from tenon.workspace.seeding_memory import digest_of, key_of, recall
from tenon.workspace.upgrading import PendingStep, pending_steps


@dataclass(frozen=True, kw_only=True)
class UpgradeRecords(Operation):
    """`rows` is how many records the step may touch at most."""

    kind = "upgrade_records"
    pending: PendingStep

    @property
    def subject(self) -> str:
        return f"modules.{self.pending.module.name}.upgrades.{self.pending.version}.{self.pending.step.name}"

    @property
    def text(self) -> Text:
        return say(
            "{module} {version}: {label} Up to {rows} records.",
            "{module} {version}：{label} 最多涉及 {rows} 条记录。",
            module=self.pending.module.label,
            version=self.pending.version,
            label=self.label,
            rows=self.rows,
        )


@dataclass(frozen=True, kw_only=True)
class BringData(Operation):
    """`rows` records are made or changed; `kept` values of the vendor do not arrive."""

    kind = "bring_data"
    name: str
    created: int
    updated: int
    kept: int

    @property
    def subject(self) -> str:
        return f"data.{self.name}"

    @property
    def text(self) -> Text:
        kept = say("; {kept} values you changed stay yours", "；您改过的 {kept} 个值保持不变", kept=self.kept)
        return say(
            "Reference data “{label}”: {created} new records, {updated} changed{kept}.",
            "参考数据“{label}”：新增 {created} 条，更新 {updated} 条{kept}。",
            label=self.label,
            created=self.created,
            updated=self.updated,
            kept=kept if self.kept else Text.of(""),
        )


def with_records(plan: Plan, before: Model | None, connection: Connection) -> Plan:
    """The plan with what will happen to records; `before` is the published model, None before there is one."""
    if before is None:
        return plan
    due = pending_steps(before, plan.model, connection)
    sets = [item for item in reference_sets(plan.model) if _differs(item, connection)]
    if not (due or sets):
        return plan
    unit = UnitOfWork(actor=Actor.system("plan"), connection=connection, now=SystemClock().now())
    tables = build_tables(before, plan.before)
    reader = Reader(before, tables, connection.dialect)
    seeder = Seeder(unit, reader, Writer(before, tables, reader))
    known = {item.name for item in reference_sets(before)}
    operations = [
        *(_step(item, plan.model, unit, reader) for item in due),
        *(found for item in sets for found in _set(item, plan.model, before, seeder, is_new=item.name not in known)),
    ]
    return replace(plan, operations=(*plan.operations, *operations))


def due_steps(plan: Plan) -> tuple[PendingStep, ...]:
    """What the plan says will be done, and nothing else."""
    return tuple(operation.pending for operation in plan.operations if isinstance(operation, UpgradeRecords))


def _differs(item: DataSet, connection: Connection) -> bool:
    known = recall(connection, item.name)
    rows = ((key_of(item.key, row), row) for row in item.rows)
    return any(key not in known or known[key].digest != digest_of(row) for key, row in rows)


def _step(item: PendingStep, after: Model, unit: UnitOfWork, reader: Reader) -> Operation:
    rows = _touched(item, after, reader.model, unit, reader)
    return UpgradeRecords(entity=item.step.entity, label=item.label, rows=rows, pending=item)


def _touched(item: PendingStep, after: Model, before: Model, unit: UnitOfWork, reader: Reader) -> int:
    """Counted as far as the published version understands the condition; else all records of the entity."""
    if item.step.create:
        return len(item.step.create)
    entity = _known(after.entity(item.step.entity), before)
    if entity is None:
        return 0
    access = Access.of(before, unit.actor)
    for where in (item.step.where.text if item.step.where is not None else None, None):
        try:
            return reader.count(unit, access, Query(entity=entity.name, where=where)).value
        except TenonError:
            continue
    return 0


def _known(entity: Entity, before: Model) -> Entity | None:
    """The same entity in the published version, perhaps under an earlier name."""
    return next((before.entities[name] for name in (entity.name, *entity.was) if name in before.entities), None)


def _set(item: DataSet, after: Model, before: Model, seeder: Seeder, *, is_new: bool) -> Iterator[Operation]:
    found = seeder.foresee(item, before.entities)
    if found.created == len(item.rows) and not is_new:
        return  # published by a release that remembered nothing: these rows are known, and are left as they are
    if found.created or found.updated or found.kept:
        yield BringData(
            entity=item.entity,
            label=after.entity(item.entity).plural,
            rows=found.created + found.updated,
            name=item.name,
            created=found.created,
            updated=found.updated,
            kept=found.kept,
        )
