"""In charge of many changes in one call: one outcome for each, in order, shaped as a single call would answer."""

from collections.abc import Callable
from typing import Any

from flask import Response

from tenon.api import writes
from tenon.api.bodies import json_object, object_of, text_of, whole_number
from tenon.api.meeting import meet, meet_entity
from tenon.api.outcomes import Outcome
from tenon.api.parameters import NOTHING, read_parameters, refused
from tenon.api.repeats import carry_out
from tenon.api.upserts import upsert
from tenon.api.writes import Wish
from tenon.database import UnitOfWork
from tenon.errors import TenonError, UnknownName
from tenon.http import Asking, problem_document, status_of
from tenon.texts import say

MOST_OPERATIONS = 1000
MEMBERS = ("do", "entity", "id", "values", "version", "stage", "pipeline", "reason", "field", "value")
_MINIMAL = Wish(minimal=True)

Operation = dict[str, Any]
Step = Callable[[Asking, UnitOfWork, str, Operation], Outcome]


class _Undone(Exception):
    """Carries the outcomes of an atomic batch out of its transaction, which is rolled back."""

    def __init__(self, outcomes: list[dict[str, Any]]) -> None:
        super().__init__()
        self.outcomes = outcomes


def batch() -> Response:
    known = meet()
    read_parameters(NOTHING)
    body = json_object(("atomic", "operations"))
    atomic, operations = body.get("atomic", False), body.get("operations")
    if not isinstance(atomic, bool):
        raise refused("atomic", say("“{name}” is true or false.", "“{name}”应为 true 或 false。", name="atomic"))
    if not isinstance(operations, list) or not 1 <= len(operations) <= MOST_OPERATIONS:
        raise refused(
            "operations",
            say("Send 1 to {most} operations.", "请提供 1 到 {most} 个操作。", most=MOST_OPERATIONS),
        )
    try:
        return carry_out(known, lambda unit: _all(known, unit, operations, atomic=atomic))
    except _Undone as undone:
        return Outcome(document={"outcomes": undone.outcomes}, status=409).response()


def _all(known: Asking, unit: UnitOfWork, operations: list[Any], *, atomic: bool) -> Outcome:
    """Raises _Undone as soon as an operation of an atomic batch is refused."""
    outcomes: list[dict[str, Any]] = []
    for position, operation in enumerate(operations):
        emitted = len(unit.events)
        try:
            with unit.connection.savepoint():
                done = _one(known, unit, operation)
            outcomes.append({"status": done.status, "body": done.document})
        except TenonError as refusal:
            del unit.events[emitted:]
            outcomes.append(_refusal(known, refusal))
            if atomic:
                raise _Undone(_only(outcomes, position, len(operations))) from None
    refused_some = any(outcome["status"] >= 400 for outcome in outcomes)
    return Outcome(document={"outcomes": outcomes}, status=207 if refused_some else 200)


def _one(known: Asking, unit: UnitOfWork, operation: Any) -> Outcome:
    if not isinstance(operation, dict):
        raise refused("", say("An operation is a JSON object.", "操作应为 JSON 对象。"))
    for name in operation:
        if name not in MEMBERS:
            raise UnknownName.among(name[:60], MEMBERS, where=name[:60])
    verb = text_of(operation, "do", required=True) or ""
    if verb not in STEPS:
        raise UnknownName.among(verb[:60], STEPS, where="do")
    _known, entity = meet_entity(text_of(operation, "entity", required=True) or "")
    return STEPS[verb](known, unit, entity, operation)


def _refusal(known: Asking, refusal: TenonError) -> dict[str, Any]:
    return {"status": status_of(refusal), "body": problem_document(refusal, known.language, known.trace)}


def _only(outcomes: list[dict[str, Any]], culprit: int, total: int) -> list[dict[str, Any]]:
    """The refusal that undid all, among those that fell with it."""
    return [outcomes[place] if place == culprit else {"status": 424, "body": None} for place in range(total)]


def _create(known: Asking, unit: UnitOfWork, entity: str, operation: Operation) -> Outcome:
    return writes.create(known, unit, entity, object_of(operation, "values"), _MINIMAL)


def _change(known: Asking, unit: UnitOfWork, entity: str, operation: Operation) -> Outcome:
    identity, values = _identity(operation), object_of(operation, "values")
    return writes.change(known, unit, entity, identity, values, _version(operation), _MINIMAL)


def _delete(known: Asking, unit: UnitOfWork, entity: str, operation: Operation) -> Outcome:
    return writes.delete(known, unit, entity, _identity(operation), _version(operation))


def _restore(known: Asking, unit: UnitOfWork, entity: str, operation: Operation) -> Outcome:
    return writes.restore(known, unit, entity, _identity(operation), _version(operation), _MINIMAL)


def _stage(known: Asking, unit: UnitOfWork, entity: str, operation: Operation) -> Outcome:
    move = writes.Move.read(operation)
    return writes.move_stage(known, unit, entity, _identity(operation), move, _version(operation), _MINIMAL)


def _upsert(known: Asking, unit: UnitOfWork, entity: str, operation: Operation) -> Outcome:
    field, value = text_of(operation, "field", required=True) or "", text_of(operation, "value", required=True) or ""
    return upsert(known, unit, entity, field, value, object_of(operation, "values"), _MINIMAL)


STEPS: dict[str, Step] = {
    "create": _create,
    "change": _change,
    "delete": _delete,
    "restore": _restore,
    "stage": _stage,
    "upsert": _upsert,
}


def _identity(operation: Operation) -> str:
    return text_of(operation, "id", required=True) or ""


def _version(operation: Operation) -> int | None:
    """In a batch the version is the caller's choice: without it the last word wins."""
    stated = operation.get("version")
    return None if stated is None else whole_number("version", stated)
