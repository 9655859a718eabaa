"""In charge of carrying out a deletion: record and parts into the bin, look-ups at them emptied, all remembered."""

from typing import Any

from tenon.records.deletion import Doomed, clear, follow, put_away, refuse_if_blocked
from tenon.records.drafts import Draft, Saved, Work
from tenon.records.locks import refuse_deletion
from tenon.records.plans import EntityPlan, Values
from tenon.records.recording import Memories, event, history_row, plain, recall_pointer, remember

WITH, CLEARED = "$with", "$cleared"
"""Under what, in the history of the record that was deleted, its parts and the emptied look-ups are written down."""


def delete(work: Work, draft: Draft) -> Saved:
    """Assumes that the record is locked and may be deleted. Raises Conflict."""
    doomed = follow(work, work.plan, draft.stored)
    refuse_if_blocked(work, doomed)
    for entity, records in doomed.taken.items():
        refuse_deletion(work, entity, records)
    memories = Memories()
    for plan, pointer, rows in clear(work, doomed):
        for values in rows.values():
            recall_pointer(work, memories, plan, values, pointer.name, None)
    put_away(work, doomed)
    for entity, records in doomed.taken.items():
        for values in records.values():
            notes = _notes(doomed, draft.id) if values["id"] == draft.id else {}
            _recall_gone(work, memories, work.plans[entity], values, notes)
    remember(work, memories)
    return Saved(id=draft.id, version=draft.stored["version"] + 1, entity=work.plan.name)


def _notes(doomed: Doomed, root: str) -> dict[str, Any]:
    parts = {entity: [record for record in ids if record != root] for entity, ids in doomed.ids().items()}
    cleared = [
        [pointer.entity, pointer.name, record, plain(pointer.type, values[pointer.name])]
        for pointer, rows in doomed.cleared
        for record, values in rows.items()
    ]
    return {WITH: {entity: ids for entity, ids in parts.items() if ids}, CLEARED: cleared}


def _recall_gone(work: Work, memories: Memories, plan: EntityPlan, values: Values, notes: dict[str, Any]) -> None:
    version = values["version"] + 1
    memories.events.append(event(work, plan, "record.deleted", values["id"], version))
    memories.histories.append(history_row(work, plan, values["id"], version, "deleted", notes))
