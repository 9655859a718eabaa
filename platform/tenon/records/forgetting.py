"""In charge of forgetting old entries of logs: rows of entities without a history, dropped for good.

Nobody hears of it and nothing is remembered of it. Look-ups at what goes are emptied; what something holds fast
(`restrict`, `cascade`, a required look-up) stays.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from tenon.access import Access
from tenon.database import Prepared, UnitOfWork, prepare
from tenon.errors import Forbidden
from tenon.model import Field
from tenon.records.listing import among, listed
from tenon.records.plans import EntityPlan, Plans
from tenon.texts import say


def forget(plans: Plans, unit: UnitOfWork, access: Access, entity: str, ids: Iterable[str]) -> int:
    """How many rows that were. Raises Forbidden for people, and for entities that keep a history."""
    plan = plans[entity]
    if not access.actor.is_system or plan.entity.history:
        raise Forbidden(say("Only the program forgets, and only its logs.", "只有程序可以清理，且仅限日志。"))
    going = set(ids)
    holders = [pointer for pointer in plans.pointing.get(entity, ()) if _holds(pointer)]
    for pointer in (*holders, *plans.guarding.get(entity, ())):
        there = plans[pointer.entity]
        find = there.holding(pointer.name) if pointer.members is not None else _held(there, pointer)
        going -= {str(row[0]) for row in unit.connection.run(find, {"ids": listed(going)})} if going else set()
    if not going:
        return 0
    for pointer in plans.pointing.get(entity, ()):
        if not _holds(pointer) and pointer.members is None:
            unit.connection.write(_emptying(plans[pointer.entity], pointer), {"ids": listed(going)})
    drop = sa.delete(plan.table).where(among(plan.column("id"), "ids", plan.dialect))
    return unit.connection.write(prepare(drop, plan.dialect), {"ids": listed(going)})


def _holds(pointer: Field) -> bool:
    return pointer.members is None and (pointer.on_delete in ("restrict", "cascade") or pointer.required)


def _held(plan: EntityPlan, pointer: Field) -> Prepared:
    """Which of the ids are pointed at, from living records or from the recycle bin."""
    column = plan.slots[pointer.name].columns[0]
    return prepare(sa.select(column).where(among(column, "ids", plan.dialect)).distinct(), plan.dialect)


def _emptying(plan: EntityPlan, pointer: Field) -> Prepared:
    columns = plan.slots[pointer.name].columns
    change = sa.update(plan.table).where(among(columns[0], "ids", plan.dialect))
    return prepare(change.values({column: sa.null() for column in columns}), plan.dialect)
