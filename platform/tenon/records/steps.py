"""In charge of the order in which a record is written: the steps of creating and of changing, one line each."""

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.model import Operation
from tenon.query import Reader
from tenon.records.completeness import check_read_only, check_required
from tenon.records.defaults import (
    begin_change,
    begin_new,
    give_choosing_defaults,
    give_defaults,
    give_numbers,
    give_stage_defaults,
)
from tenon.records.drafts import Saved, Work
from tenon.records.duplicates import check_duplicates
from tenon.records.incoming import Intake, read_values
from tenon.records.listings import apply_list_changes, check_lists
from tenon.records.locks import check_lock, check_parts
from tenon.records.plans import EntityPlan, Values
from tenon.records.references import check_references
from tenon.records.releases import check_release
from tenon.records.rights import check_fields, check_future, check_stored, not_found
from tenon.records.rules import check_rules
from tenon.records.settling import settle_values
from tenon.records.stages import check_approval, check_guard, check_move, enter_stage
from tenon.records.storing import store
from tenon.records.uniqueness import check_uniqueness
from tenon.records.versions import check_version


def save_new(work: Work, intake: Intake, reader: Reader) -> list[Saved]:
    """Write new records; of a tolerant work only those that were not refused."""
    work.each(read_values(intake))
    work.each(begin_new)
    work.each(apply_list_changes)
    check_references(work)
    check_lists(work)
    work.settle_hidden()
    work.each(give_choosing_defaults)
    work.each(enter_stage)
    work.each(give_defaults)
    check_parts(work)
    _check_values(work)
    give_numbers(work)
    check_uniqueness(work)
    check_duplicates(work, reader)
    return store(work)


def save_change(work: Work, intake: Intake, reader: Reader, version: int | None) -> list[Saved]:
    """Change stored records that were locked and found open to the actor."""
    work.each(read_values(intake))
    work.each(begin_change)
    work.each(apply_list_changes)
    work.each(check_version(reader, version))
    check_references(work)
    check_lists(work)
    work.settle_hidden()
    work.each(enter_stage)
    work.each(give_stage_defaults)
    work.each(check_lock)
    check_parts(work)
    _check_values(work)
    check_uniqueness(work)
    check_duplicates(work, reader)
    return store(work)


def _check_values(work: Work) -> None:
    work.each(check_required)
    work.each(check_read_only)
    work.each(check_move)
    work.settle()
    work.each(check_fields)
    work.each(check_future)
    work.each(check_guard)
    work.each(check_rules)
    work.each(check_release)
    work.each(settle_values)
    work.settle()
    work.each(check_approval)


def lock(
    reader: Reader,
    unit: UnitOfWork,
    access: Access,
    plan: EntityPlan,
    record_id: str,
    operation: Operation,
    *,
    deleted: bool = False,
) -> Values:
    """The stored record, open to `operation`, kept from others until the transaction ends.

    Raises NotFound for one that is not there (deleted ones are not) or not his to read, and Forbidden.
    """
    asked: tuple[Operation, ...] = ("read", operation)
    away = operation == "delete"
    found = reader.lock(unit, access, plan.name, record_id, plan.selected, asked, pointers_too=away)
    if found is None or (found.row[-2] is not None) is not deleted:
        raise not_found(plan.entity.label)
    check_stored(plan.entity, operation, found.may)
    return plan.read_row(found.row)
