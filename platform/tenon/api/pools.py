"""In charge of the addresses of pools: what is there, taking and giving back, a manager's word, tonight's work."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from tenon.access import in_pool
from tenon.api.bodies import json_object, text_of
from tenon.api.meeting import meet
from tenon.api.outcomes import Outcome, answer
from tenon.api.parameters import NOTHING, Parameter, read_parameters, refused, table, text
from tenon.api.pools_shown import claimed_shown, event_shown, explained, pool_shown, verdict_shown
from tenon.api.repeats import carry_out
from tenon.database import UnitOfWork
from tenon.errors import Forbidden, NotFound
from tenon.http import Asking
from tenon.ids import is_id
from tenon.model import Pool
from tenon.process.assigning import Assignments
from tenon.process.pools import Pools
from tenon.suggestions import did_you_mean
from tenon.texts import say

MOST_CLAIMS = 100
RECORD = Parameter(name="record", read=text, required=True, help=say("The record's id.", "记录的 ID。"))
EXPLAIN = table(RECORD)
CLAIMED, RELEASED = ("records",), ("record", "reason", "note")
GIVEN, DECIDED = ("record", "to", "note"), ("record", "person", "agree", "note")


def list_pools() -> Response:
    known = meet()
    read_parameters(NOTHING)
    service = _service(known)
    with known.reading() as unit:
        found = [_shown(known, unit, pool) for pool in service.seen_by(known.access)]
    return answer({"pools": found})


def read_pool(name: str) -> Response:
    known = meet()
    read_parameters(NOTHING)
    pool = meet_pool(known, name)
    with known.reading() as unit:
        waiting = _service(known).waiting(unit, known.access, pool.name)
        document = _shown(known, unit, pool) | {"waiting": [event_shown(each) for each in waiting]}
    return answer(document)


def read_record(name: str, identity: str) -> Response:
    """What happened to a record of the pool's entity, in pools."""
    known = meet()
    read_parameters(NOTHING)
    pool = meet_pool(known, name)
    with known.reading() as unit:
        events = _service(known).history(unit, known.access, pool.entity, identity)
        inside = pool in _service(known).of_record(unit, pool.entity, identity)
    return answer({"in_pool": inside, "events": [event_shown(each) for each in events]})


def claim(name: str) -> Response:
    """One record or several, each with its own outcome."""
    known, pool, service = _meet_writing(name)
    ids = _records(json_object(CLAIMED))

    def work(unit: UnitOfWork) -> Outcome:
        outcomes = service.claim_all(unit, known.access, pool.name, ids)
        quota = service.quota(unit, known.access, pool.name)
        document = {"outcomes": [claimed_shown(each, known.language) for each in outcomes], "left": quota.left}
        return Outcome(document=document)

    return carry_out(known, work)


def release(name: str) -> Response:
    known, pool, service = _meet_writing(name)
    body = json_object(RELEASED)
    record, reason, note = _record(body), text_of(body, "reason"), text_of(body, "note")

    def work(unit: UnitOfWork) -> Outcome:
        service.release(unit, known.access, pool.name, record, reason=reason, note=note)
        return Outcome(document={"record": record, "state": "released"})

    return carry_out(known, work)


def hand_out(name: str) -> Response:
    """To the person named, else by the pool's rule."""
    known, pool, service = _meet_writing(name)
    body = json_object(GIVEN)
    record, to = _record(body), _person(body, "to", required=False)

    def work(unit: UnitOfWork) -> Outcome:
        found = service.hand_out(unit, known.access, pool.name, record, to)
        return Outcome(document={"record": record, "state": "handed_out" if found else "nobody", "person": found})

    return carry_out(known, work)


def transfer(name: str) -> Response:
    known, pool, service = _meet_writing(name)
    body = json_object(GIVEN)
    record, to, note = _record(body), str(_person(body, "to", required=True)), text_of(body, "note")

    def work(unit: UnitOfWork) -> Outcome:
        service.transfer(unit, known.access, pool.name, record, to, note=note)
        return Outcome(document={"record": record, "state": "transferred", "person": to})

    return carry_out(known, work)


def decide(name: str) -> Response:
    """A manager's word on a claim that waits for it."""
    known, pool, service = _meet_writing(name)
    body = json_object(DECIDED)
    record, person = _record(body), str(_person(body, "person", required=True))
    agree, note = body.get("agree"), text_of(body, "note") or ""
    if not isinstance(agree, bool):
        raise refused("agree", say("“agree” is true or false.", "“agree”应为 true 或 false。"))

    def work(unit: UnitOfWork) -> Outcome:
        service.decide(unit, known.access, pool.name, record, person, agree=agree, note=note)
        return Outcome(document={"record": record, "state": "claimed" if agree else "refused", "person": person})

    return carry_out(known, work)


def tonight(name: str) -> Response:
    """What the next night would do, as things are now; for administrators."""
    known = meet()
    read_parameters(NOTHING)
    pool = meet_pool(known, name)
    with known.reading() as unit:
        planned, found, complete = _service(known).tonight(unit, known.access, pool.name)
    at = None if planned is None else planned.isoformat().replace("+00:00", "Z")
    return answer({"at": at, "complete": complete, "records": [verdict_shown(each) for each in found]})


def explain_assignment(name: str) -> Response:
    """Who would get a record by a rule, and why; for whoever may change the record."""
    known = meet()
    record = read_parameters(EXPLAIN)["record"]
    assignment = known.model.assignments.get(name)
    if assignment is None or not known.access.can(assignment.entity, "read"):
        raise NotFound(say("There is no assignment rule “{name}”.", "没有分配规则“{name}”。", name=name[:60]))
    service: Assignments = known.assembled.processes.assignments
    with known.reading() as unit:
        if not known.reader.may(unit, known.access, assignment.entity, record).allows("update"):
            raise Forbidden(say("Only those who may change the record see this.", "仅可修改该记录的人可查看。"))
        found = service.explain(unit, name, record)
    return answer(explained(found, known.language))


def meet_pool(known: Asking, name: str) -> Pool:
    """Raises NotFound for a pool whose records the caller never meets."""
    today = known.model.pools.present(name)
    pool = None if today is None else known.model.pools[today]
    if pool is None or not known.access.can(pool.entity, "read"):
        names = [each.name for each in _service(known).seen_by(known.access)]
        message = say("There is no pool “{name}”.", "没有公海“{name}”。", name=name[:60])
        raise NotFound(message, hint=did_you_mean(name[:60], names))
    return pool


def _meet_writing(name: str) -> tuple[Asking, Pool, Pools]:
    """A token that may not change records may not take or give them either."""
    known = meet()
    read_parameters(NOTHING)
    pool = meet_pool(known, name)
    scopes = known.access.shape.scopes
    if scopes is not None and "update" not in scopes.get(pool.entity, scopes.get("*", frozenset())):
        raise Forbidden(say("The token in use is not made for it.", "所用令牌的范围不包括此操作。"))
    return known, pool, _service(known)


def _shown(known: Asking, unit: UnitOfWork, pool: Pool) -> dict[str, Any]:
    quota = _service(known).quota(unit, known.access, pool.name)
    return pool_shown(known.model, pool, in_pool(known.model, pool).text, quota, known.language)


def _service(known: Asking) -> Pools:
    found: Pools = known.assembled.processes.pools
    return found


def _records(body: Mapping[str, Any]) -> list[str]:
    found = body.get("records")
    if not isinstance(found, list) or not 1 <= len(found) <= MOST_CLAIMS or not all(is_id(each) for each in found):
        raise refused(
            "records",
            say(
                "“records” is a list of 1 to {most} ids.", "“records”应为 1 至 {most} 个 ID 的列表。", most=MOST_CLAIMS
            ),
        )
    return [str(each).lower() for each in found]


def _record(body: Mapping[str, Any]) -> str:
    return str(_person(body, "record", required=True))


def _person(body: Mapping[str, Any], name: str, *, required: bool) -> str | None:
    found = body.get(name)
    if found is None and not required:
        return None
    if not is_id(found):
        raise refused(name, say("“{name}” is an id.", "“{name}”应为 ID。", name=name))
    return str(found).lower()
