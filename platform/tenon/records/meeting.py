"""In charge of whether a record that is named may be met by whoever writes: it lives, and it is his to read."""

from collections.abc import Callable

from tenon.access import Access
from tenon.ids import is_id
from tenon.records.facts import Facts


def may_read(facts: Facts, access: Access, entity: str, record_id: str) -> bool:
    """False for what never was, what was deleted, and what is not his to read."""
    permit, plan = access.permit(entity, "read"), facts.plans[entity]
    rows = facts.unit.connection.run(plan.load, {"ids": [record_id]}) if is_id(record_id) else []
    living = [plan.read_row(row) for row in rows if row[-2] is None]
    return bool(living) and facts.holds(permit, facts.one(plan, living[0]))


def reads_of(facts: Facts, access: Access) -> Callable[[str | None, str | None], bool]:
    """For conditions: whether the record of an entity, by its name of today or of the past, may be read.

    What itself belongs to a record is no record to belong to, here as in the database.
    """

    def reads(entity: str | None, record_id: str | None) -> bool:
        today = access.model.entities.present(entity or "")
        known = today is not None and record_id is not None and not access.model.entities[today].of_record
        return known and may_read(facts, access, str(today), str(record_id))

    return reads
