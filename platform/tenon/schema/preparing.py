"""In charge of long work before a version is published: columns filled in batches, indexes built while people work.

Each batch is a transaction of its own that also writes down how far the work has come. Nothing of it is seen by
anybody: the ledger learns of the columns when the version is published, which then converts only what changed since.
Whoever applies the same change after a crash goes on; whoever applies another one starts afresh.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from tenon.database import Connection, Database
from tenon.schema.index_operations import AddIndex
from tenon.schema.operations import BATCH, Filling, Operation
from tenon.schema.planning import Plan
from tenon.schema.progress import Progress, Work
from tenon.schema.system import install
from tenon.schema.turns import refuse_if_undecided, take_turns, workshop_of
from tenon.schema.versions import refuse_if_moved

MANY_ROWS = 50_000
_LIMITS = ("statement_timeout", "lock_timeout")
Tell = Callable[[Work], None]


@dataclass(frozen=True, kw_only=True)
class LongWork:
    """From how many records on work is done beforehand, and who hears of it."""

    threshold: int = MANY_ROWS
    tell: Tell = lambda work: None


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """One piece of long work of a plan."""

    operation: Operation
    table: str
    name: str
    kind: str
    signature: str
    total: int


def prepare(
    plan: Plan,
    database: Database,
    now: datetime,
    *,
    threshold: int = MANY_ROWS,
    tell: Tell = lambda work: None,
    batch: int = BATCH,
) -> None:
    """Do what takes long and can be done beforehand; `tell` hears of each batch. Nothing when nothing is long.

    Raises Conflict when the workspace moved on, or a value turned up that cannot be converted.
    """
    wanted = list(_wanted(plan, database, threshold))
    if not wanted:
        return
    refuse_if_undecided(plan)
    with database.writing() as connection:
        take_turns(connection)
        install(connection)
        refuse_if_moved(plan.base, connection)
        progress = discard_other(plan, connection)
        for item in wanted:
            _begin(plan, connection, progress, item, now)
    for item in wanted:
        if item.kind == "column":
            _fill(plan, database, item, tell, batch)
    for item in wanted:
        if item.kind == "index":
            _build(database, item, tell)


def discard_other(plan: Plan, connection: Connection) -> Progress:
    """Throw away what was prepared for another plan than this one; whatever is left serves it."""
    progress = Progress.load(connection)
    serving = {item.signature for item in _candidates(plan)}
    for work in list(progress.works.values()):
        half_built = work.kind == "index" and not work.filled
        if half_built or work.signature not in serving:
            _drop(connection, work)
            progress.forget(connection, work)
    return progress


def _wanted(plan: Plan, database: Database, threshold: int) -> Iterator[_Wanted]:
    """An index can be built beforehand where it holds up nobody: on PostgreSQL, over columns that are there."""
    known = {(entry.table, entry.column) for entry in plan.before.entries if entry.kind == "field"}
    for item in _candidates(plan):
        operation = item.operation
        if item.total < threshold:
            continue
        if isinstance(operation, AddIndex):
            there = {(item.table, column) for column in operation.index.bare_columns} <= known
            if database.dialect == "postgresql" and there:
                yield item
        else:
            yield item


def _candidates(plan: Plan) -> Iterator[_Wanted]:
    """Work of this plan that may be done beforehand, however long it takes."""
    for operation in plan.operations:
        if isinstance(operation, Filling):
            table, columns = operation.columns
            if columns:
                yield _Wanted(
                    operation=operation,
                    table=table,
                    name=",".join(columns),
                    kind="column",
                    signature=operation.signature,
                    total=operation.rows,
                )
        elif isinstance(operation, AddIndex):
            entry = plan.ledger.table(operation.entity)
            if entry is not None:
                yield _Wanted(
                    operation=operation,
                    table=entry.table,
                    name=operation.name,
                    kind="index",
                    signature=f"{operation.name}: {operation.index.definition}",
                    total=operation.rows,
                )


def _begin(plan: Plan, connection: Connection, progress: Progress, item: _Wanted, now: datetime) -> None:
    if progress.of(item.table, item.name) is not None:
        return
    if isinstance(item.operation, Filling):
        item.operation.begin(workshop_of(plan, connection, progress))
    work = Work(
        table=item.table,
        name=item.name,
        kind=item.kind,
        subject=item.operation.subject,
        signature=item.signature,
        started_at=now,
        total=item.total,
    )
    progress.begin(connection, work)


def _fill(plan: Plan, database: Database, item: _Wanted, tell: Tell, batch: int) -> None:
    """Batch by batch; each looks up anew how far the work has come, so two processes share it."""
    while True:
        with database.writing() as connection:
            take_turns(connection)
            refuse_if_moved(plan.base, connection)
            progress = Progress.load(connection)
            work = progress.of(item.table, item.name)
            if work is None or work.filled:
                return
            tell(_fill_batch(connection, progress, work, item.operation, batch))


def _fill_batch(connection: Connection, progress: Progress, work: Work, operation: Operation, batch: int) -> Work:
    if not isinstance(operation, Filling):
        raise TypeError(operation.kind)
    found = operation.fill_batch(connection, work.cursor, batch)
    return progress.advance(connection, work, cursor=found.cursor, done=work.done + found.done, filled=found.last)


def _build(database: Database, item: _Wanted, tell: Tell) -> None:
    """Outside of any transaction; what a crash left half built is built again."""
    operation = item.operation
    if not isinstance(operation, AddIndex):
        raise TypeError(operation.kind)
    with database.reading() as connection:
        work = Progress.load(connection).of(item.table, item.name)
        if work is None or work.filled:
            return
        operation.refuse_repeated(connection, item.table)
        for limit in _LIMITS:
            connection.execute(sa.text(f"SET {limit} = 0"))
        try:
            connection.execute(sa.text(f"DROP INDEX CONCURRENTLY IF EXISTS {item.name}"))
            index = operation.index.on(item.table, item.name, concurrently=True)
            index.create(connection.sqlalchemy)
        finally:
            for limit in _LIMITS:
                connection.execute(sa.text(f"RESET {limit}"))
    with database.writing() as connection:
        progress = Progress.load(connection)
        found = progress.of(item.table, item.name)
        if found is not None:
            tell(progress.advance(connection, found, cursor="", done=item.total, filled=True))


def _drop(connection: Connection, work: Work) -> None:
    """What was prepared for nobody: copies of values that are still where they were."""
    operations = Operations(MigrationContext.configure(connection.sqlalchemy))
    inspector = sa.inspect(connection.sqlalchemy)
    if work.kind == "index":
        if work.name in {index["name"] for index in inspector.get_indexes(work.table)}:
            operations.drop_index(work.name)
        return
    present = [column["name"] for column in inspector.get_columns(work.table)]
    for name in work.columns:
        if name in present:
            operations.drop_column(work.table, name)
