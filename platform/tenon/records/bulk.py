"""In charge of writing many records: the same steps as for one, in portions, with one outcome for each row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import BadRequest, Conflict, Forbidden, TenonError
from tenon.ids import new_id
from tenon.records.drafts import Draft, ImportOptions, Saved, Work
from tenon.records.incoming import refuse_what_is_no_record
from tenon.texts import say

PORTION = 500
"""Rows written together; the number of statements depends on the number of portions, not of rows."""


@dataclass(frozen=True, kw_only=True)
class RowOutcome:
    """What became of one row: either `saved` or `error` is there. `row` counts from 0."""

    row: int
    saved: Saved | None = None
    error: TenonError | None = None


Begin = Callable[[list[Draft], bool], Work]
Save = Callable[[Work], list[Saved]]


def create_rows(
    unit: UnitOfWork, rows: Sequence[Any], options: ImportOptions | None, begin: Begin, save: Save
) -> list[RowOutcome]:
    """`begin` makes a work of drafts (tolerant or not), `save` writes it."""
    outcomes: dict[int, RowOutcome] = {}
    for start in range(0, len(rows), PORTION):
        drafts = []
        for position in range(start, min(start + PORTION, len(rows))):
            drafts.extend(_draft(rows, position, options, outcomes))
        _save_portion(unit, drafts, begin, save, outcomes)
    return [outcomes[position] for position in range(len(rows))]


def require_import(access: Access, entity: str) -> None:
    """Raises Forbidden unless the actor is the system or an administrator; the right to create is asked besides."""
    if not access.administers:
        raise Forbidden(
            say("Only administrators may import records with their past.", "只有管理员可以导入带历史的记录。"),
            extra={"entity": entity},
        )


def _draft(
    rows: Sequence[Any], position: int, options: ImportOptions | None, outcomes: dict[int, RowOutcome]
) -> list[Draft]:
    try:
        refuse_what_is_no_record(rows[position])
    except BadRequest as error:
        outcomes[position] = RowOutcome(row=position, error=error)
        return []
    past = options.stages.get(position, ()) if options is not None else ()
    return [Draft(id=new_id(), position=position, raw=rows[position], past=past)]


def _save_portion(
    unit: UnitOfWork, drafts: list[Draft], begin: Begin, save: Save, outcomes: dict[int, RowOutcome]
) -> None:
    """Together if possible; when the database refuses what looked right, one by one to find the culprit."""
    emitted = len(unit.events)
    work = begin(drafts, True)
    try:
        with unit.connection.savepoint():
            saved = save(work)
    except Conflict as conflict:
        del unit.events[emitted:]
        if len(drafts) == 1:
            outcomes[drafts[0].position] = RowOutcome(row=drafts[0].position, error=conflict)
            return
        for draft in drafts:
            again = Draft(id=draft.id, position=draft.position, raw=draft.raw, past=draft.past)
            _save_portion(unit, [again], begin, save, outcomes)
        return
    for draft, one in zip(work.drafts, saved, strict=True):
        outcomes[draft.position] = RowOutcome(row=draft.position, saved=one)
    for position, error in work.refused.items():
        outcomes[position] = RowOutcome(row=position, error=error)
