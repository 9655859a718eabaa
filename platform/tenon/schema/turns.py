"""In charge of what everybody does who is about to carry out a plan: wait for his turn, and see that it is decided."""

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from tenon.database import Connection
from tenon.errors import Conflict, Detail
from tenon.schema.operations import Workshop
from tenon.schema.planning import Plan
from tenon.schema.progress import Progress
from tenon.schema.system import install
from tenon.texts import say


def take_turns(connection: Connection) -> None:
    """Two applying processes go one after the other; nobody queues behind a long reader for more than seconds.

    Makes what is missing of the system tables; the connection must be in a transaction.
    """
    if connection.dialect == "postgresql":
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('tenon.schema'))"))
        connection.execute(sa.text("SET LOCAL lock_timeout = '5s'"))
    install(connection)


def refuse_if_undecided(plan: Plan) -> None:
    open_ones = plan.decisions
    if open_ones:
        raise Conflict(
            say(
                "{count} step(s) of this plan need a decision first.",
                "此计划有 {count} 个步骤需要先作决定。",
                count=len(open_ones),
            ),
            details=[Detail(path=step.subject, code=step.kind, message=step.text) for step in open_ones],
        )


def workshop_of(plan: Plan, connection: Connection, progress: Progress) -> Workshop:
    operations = Operations(MigrationContext.configure(connection.sqlalchemy))
    return Workshop(
        operations=operations,
        connection=connection,
        prepared=progress,
        dialect=connection.dialect,
        model=plan.model,
        ledger=plan.ledger,
    )
