"""In charge of what a write comes to, whichever address it came in by: saved through the door, answered as JSON.

The same functions serve single calls and the operations of a batch.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from tenon.api.bodies import object_of, text_of
from tenon.api.former import note_names, note_question, note_values
from tenon.api.outcomes import Outcome
from tenon.database import UnitOfWork
from tenon.errors import NotFound, StaleVersion
from tenon.http import Asking
from tenon.query import Query
from tenon.records import Saved

BASE = "/api/v1"
Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How the caller wants the saved record: `select` as in reading; `minimal`: id and version only."""

    select: tuple[str, ...] = ()
    minimal: bool = False


@dataclass(frozen=True, kw_only=True)
class Move:
    """Into another stage, another pipeline, or both; without a stage into the one that corresponds."""

    stage: str | None
    pipeline: str | None
    values: Values
    reason: str | None

    @classmethod
    def read(cls, body: dict[str, Any]) -> Self:
        pipeline = text_of(body, "pipeline")
        return cls(
            stage=text_of(body, "stage", required=pipeline is None),
            pipeline=pipeline,
            values=object_of(body, "values"),
            reason=text_of(body, "reason"),
        )


def create(known: Asking, unit: UnitOfWork, entity: str, values: Values, wish: Wish) -> Outcome:
    saved = known.writer.create(unit, known.access, entity, values)
    note_values(known, entity, values)
    return shown(known, unit, entity, saved, wish, status=201)


def change(
    known: Asking, unit: UnitOfWork, entity: str, identity: str, values: Values, version: int | None, wish: Wish
) -> Outcome:
    try:
        saved = known.writer.change(unit, known.access, entity, identity, values, version=version)
    except StaleVersion as refusal:
        raise _with_both(refusal, _by_present_names(known, entity, values)) from None
    note_values(known, entity, values)
    return shown(known, unit, entity, saved, wish)


def move_stage(
    known: Asking,
    unit: UnitOfWork,
    entity: str,
    identity: str,
    move: Move,
    version: int | None,
    wish: Wish,
) -> Outcome:
    try:
        saved = known.writer.move_stage(
            unit,
            known.access,
            entity,
            identity,
            move.stage,
            pipeline=move.pipeline,
            values=move.values,
            reason=move.reason,
            version=version,
        )
    except StaleVersion as refusal:
        raise _with_both(refusal, _by_present_names(known, entity, {**move.values, "stage": move.stage})) from None
    note_values(known, entity, {**move.values, "stage": move.stage})
    return shown(known, unit, entity, saved, wish)


def delete(known: Asking, unit: UnitOfWork, entity: str, identity: str, version: int | None) -> Outcome:
    saved = known.writer.delete(unit, known.access, entity, identity, version=version)
    return Outcome(document={"id": saved.id, "version": saved.version, "deleted": True}, version=saved.version)


def restore(known: Asking, unit: UnitOfWork, entity: str, identity: str, version: int | None, wish: Wish) -> Outcome:
    saved = known.writer.restore(unit, known.access, entity, identity, version=version)
    return shown(known, unit, entity, saved, wish)


def link(
    known: Asking, unit: UnitOfWork, entity: str, identity: str, relationship: str, other: str, attributes: Values
) -> Outcome:
    saved = known.writer.link(unit, known.access, entity, identity, relationship, other, attributes)
    note_names(known, entity, (relationship,))
    return Outcome(document=_tie(saved))


def unlink(known: Asking, unit: UnitOfWork, entity: str, identity: str, relationship: str, other: str) -> Outcome:
    ties = known.writer.unlink(unit, known.access, entity, identity, relationship, other)
    note_names(known, entity, (relationship,))
    return Outcome(document={"unlinked": len(ties)})


def shown(known: Asking, unit: UnitOfWork, entity: str, saved: Saved, wish: Wish, status: int = 200) -> Outcome:
    """The saved record as the caller may read it, which may be not at all."""
    document: dict[str, Any] = {"id": saved.id, "version": saved.version}
    if not wish.minimal and known.access.can(entity, "read"):
        with suppress(NotFound):  # written, but out of his own sight now
            document = known.reader.one(unit, known.access, entity, saved.id, wish.select)
            note_question(known, Query(entity=entity, select=wish.select))
    location = f"{BASE}/{entity}/{saved.id}" if status == 201 else None
    return Outcome(document=document, status=status, version=saved.version, location=location)


def _tie(saved: Saved) -> dict[str, Any]:
    return {"entity": saved.entity, "id": saved.id, "version": saved.version, "changed": saved.changed}


def _by_present_names(known: Asking, entity: str, values: Values) -> Values:
    fields = known.model.entities[entity].fields
    return {fields.present(name) or name: value for name, value in values.items()}


def _with_both(refusal: StaleVersion, values: Values) -> StaleVersion:
    """With what the caller sent for the fields in dispute, next to what is there now."""
    refusal.extra["sent"] = {name: values[name] for name in refusal.extra.get("fields", ()) if name in values}
    return refusal
