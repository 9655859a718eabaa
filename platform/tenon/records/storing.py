"""In charge of putting drafts into their table, together with what is remembered of them."""

import sqlalchemy as sa

from tenon.database import IntegrityFailure, Prepared, prepare
from tenon.jobs import outbox
from tenon.records.drafts import Draft, Saved, Work
from tenon.records.plans import EntityPlan, Values
from tenon.records.recording import Memories, recall, remember
from tenon.records.statements import HISTORY, STAGES
from tenon.records.uniqueness import broken_promise

Written = list[tuple[Draft, list[str]]]
"""Drafts, each with the names of the fields that changed."""


def store(work: Work) -> list[Saved]:
    """Write all drafts still here, with their histories and events; raises Conflict when the database refuses."""
    memories = Memories()
    written = [(draft, _mark(work, draft)) for draft in work]
    changed = [(draft, names) for draft, names in written if names]
    for draft, names in changed:
        recall(work, draft, names, memories)
    try:
        if len(changed) == 1 and work.unit.connection.dialect == "postgresql":
            _write_together(work, *changed[0], memories)
        else:
            _write_apart(work, changed)
            remember(work, memories)
    except IntegrityFailure as failure:
        raise broken_promise(work, failure) from failure
    return [
        Saved(id=draft.id, version=draft.values["version"], changed=bool(names), entity=work.plan.name)
        for draft, names in written
    ]


def _mark(work: Work, draft: Draft) -> list[str]:
    """The fields to write; a change that changes nothing is none, and leaves the version alone."""
    names = draft.changed()
    if draft.is_new or not names:
        return names
    draft.values["version"] = draft.stored["version"] + 1
    draft.values["changed_at"] = work.unit.now
    draft.values["changed_by"] = work.unit.actor.id
    return names


def _write_apart(work: Work, written: Written) -> None:
    """New records with one statement for all, changed ones with one for each."""
    plan, connection = work.plan, work.unit.connection
    rows = [_parameters(plan, draft, tuple(plan.slots)) for draft, _names in written if draft.is_new]
    if len(rows) == 1:
        connection.write(plan.insert, rows[0])
    elif rows:
        connection.many(plan.insert, rows)
    for draft, names in written:
        if not draft.is_new:
            fields = _set(names)
            connection.write(plan.update(fields), _parameters(plan, draft, fields))


def _write_together(work: Work, draft: Draft, names: list[str], memories: Memories) -> None:
    """Record, histories and events in one statement: on PostgreSQL each statement is a journey."""
    rows = [
        *((HISTORY, row) for row in memories.histories),
        *((STAGES, row) for row in memories.stages),
        *((outbox.OUTBOX, outbox.row(event)) for event in memories.events),
    ]
    fields = tuple(work.plan.slots) if draft.is_new else _set(names)
    tables = tuple(table for table, _row in rows)
    shape = (draft.is_new, fields, tuple(table.name for table in tables))
    statement = work.plan.kept(shape, lambda: _together(work.plan, draft.is_new, fields, tables))
    parameters = _parameters(work.plan, draft, fields)
    for place, (_table, row) in enumerate(rows):
        parameters.update(outbox.named(row, f"r{place}"))
    work.unit.connection.write(statement, parameters)
    for event in memories.events:
        work.unit.emit(outbox.Stored(event))


def _together(plan: EntityPlan, is_new: bool, fields: tuple[str, ...], tables: tuple[sa.Table, ...]) -> Prepared:
    main: sa.Insert | sa.Update = plan.inserting if is_new else plan.updating(fields)
    for place, table in enumerate(tables):
        values = {column: sa.bindparam(f"r{place}_{column.name}", type_=column.type) for column in table.columns}
        main = main.add_cte(sa.insert(table).values(values).cte(f"r{place}"))
    return prepare(main, plan.dialect)


def _set(names: list[str]) -> tuple[str, ...]:
    return tuple(sorted({*names, "version", "changed_at", "changed_by"}))


def _parameters(plan: EntityPlan, draft: Draft, fields: tuple[str, ...]) -> Values:
    parameters: Values = {} if draft.is_new else {"the_id": draft.id}
    for name in fields:
        plan.slots[name].put(parameters, draft.values[name])
    return parameters
