"""In charge of carrying out a plan: one transaction with the tables, the ledger and the version, or nothing at all."""

from tenon.compiler import Sources
from tenon.database import UnitOfWork
from tenon.schema.planning import Plan
from tenon.schema.preparing import discard_other
from tenon.schema.turns import refuse_if_undecided, take_turns, workshop_of
from tenon.schema.versions import record_version, refuse_if_moved


def apply(plan: Plan, unit: UnitOfWork, sources: Sources, *, reason: str = "") -> int:
    """The number of the version in force afterwards; the unit's transaction commits it.

    Raises Conflict when the workspace moved since the plan was made, or when something still has to be decided.
    Readers are not held up: columns are added empty, and who waits for a table waits a few seconds at most.
    """
    connection = unit.connection
    take_turns(connection)
    refuse_if_moved(plan.base, connection)
    refuse_if_undecided(plan)
    if plan.is_empty:
        return plan.base[0]
    progress = discard_other(plan, connection)
    workshop = workshop_of(plan, connection, progress)
    for operation in plan.operations:
        operation.make(workshop)
    for operation in plan.operations:
        operation.fill(workshop)
    for operation in plan.operations:
        operation.connect(workshop)
    plan.ledger.save(connection, plan.before)
    progress.finish(connection)
    number = plan.base[0] + 1
    record_version(unit, number, plan.model.digest, sources, reason)
    return number
