"""In charge of what a link between two records is: the look-up of a child, or a link record between two."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import UnknownName
from tenon.fields import InvalidValue
from tenon.ids import is_id
from tenon.model import Relationship
from tenon.records.facts import Facts
from tenon.records.meeting import may_read, reads_of
from tenon.records.plans import EntityPlan, Plans, Values
from tenon.records.programs import Programs
from tenon.records.rights import not_found


def find_relationship(access: Access, entity: str, name: str) -> Relationship:
    """Raises UnknownName also for one whose far end the actor may not meet."""
    access.require(entity, "read")
    relationships = access.model.entities[entity].relationships
    today = access.present_relationship(entity, name)
    if today is None:
        met = [known for known in relationships if access.reads_relationship(entity, known)]
        raise UnknownName.among(name, met, where="relationship")
    return relationships[today]


def require_readable(
    unit: UnitOfWork, access: Access, plans: Plans, programs: Programs, entity: str, record_id: str
) -> None:
    """Raises NotFound unless the record lives and the actor may read it."""
    facts = Facts(plans, programs, unit)
    facts.reads = reads_of(facts, access)
    if not may_read(facts, access, entity, record_id):
        raise not_found(plans[entity].entity.label)


def existing_links(unit: UnitOfWork, plan: EntityPlan, ends: Mapping[str, str]) -> list[Values]:
    """Living link records between the two `ends` (look-up → id), oldest first."""
    if not all(is_id(record_id) for record_id in ends.values()):
        return []
    query = sa.select(*plan.selected).where(plan.deleted_at.is_(None)).order_by(plan.column("id"))
    query = query.where(*(plan.column(field) == record_id for field, record_id in ends.items()))
    return [plan.read_row(row) for row in unit.connection.execute(query)]


def says_the_same(plan: EntityPlan, link: Values, attributes: Mapping[str, Any]) -> bool:
    """Whether a link has all these attributes already."""
    for name, raw in attributes.items():
        slot = plan.slots.get(name)
        try:
            if slot is None or slot.field.type.parse(raw) != link[name]:
                return False
        except InvalidValue:
            return False
    return True
