"""In charge of the addresses that read records: lists, counts, single records, groups, histories, search."""

from dataclasses import asdict
from typing import Any

from flask import Response

from tenon.api import parameters
from tenon.api.former import note_names, note_question
from tenon.api.including import Inclusion, plan_inclusion
from tenon.api.meeting import meet, meet_entity
from tenon.api.outcomes import answer
from tenon.api.parameters import read_parameters
from tenon.database import UnitOfWork
from tenon.http import Asking
from tenon.query import Aggregate, Page, Query


def list_records(entity: str) -> Response:
    known, name = meet_entity(entity)
    given = read_parameters(parameters.LIST)
    inclusion = _inclusion(known, name, given)
    query = _query(name, given, inclusion)
    with known.reading() as unit:
        page = known.reader.list(unit, known.access, query)
        if inclusion is not None:
            inclusion.fill(known, unit, page.records)
    note_question(known, query)
    return answer(page_document(page))


def count_records(entity: str) -> Response:
    known, name = meet_entity(entity)
    given = read_parameters(parameters.COUNTING)
    query = Query(entity=name, **given)
    with known.reading() as unit:
        found = known.reader.count(unit, known.access, query)
    note_question(known, query)
    return answer({"count": found.value})


def read_record(entity: str, identity: str) -> Response:
    known, name = meet_entity(entity)
    given = read_parameters(parameters.ONE)
    inclusion = _inclusion(known, name, given)
    with known.reading() as unit:
        record = one(known, unit, name, identity, given, inclusion)
    note_question(known, Query(entity=name, select=tuple(given.get("select", ()))))
    return answer(record, record["version"])


def one(
    known: Asking,
    unit: UnitOfWork,
    entity: str,
    identity: str,
    given: dict[str, Any],
    inclusion: Inclusion | None = None,
) -> dict[str, Any]:
    select = given.get("select", ()) if inclusion is None else inclusion.select
    record = known.reader.one(unit, known.access, entity, identity, select, given.get("deleted", False))
    if inclusion is not None:
        inclusion.fill(known, unit, [record])
    return record


def aggregate(entity: str) -> Response:
    known, name = meet_entity(entity)
    given = read_parameters(parameters.AGGREGATE)
    request = Aggregate(
        entity=name,
        group=given.get("group", ()),
        measures=given.get("measure") or ("count()",),
        where=given.get("where"),
        sort=given.get("sort", ()),
        limit=given.get("limit"),
    )
    with known.reading() as unit:
        groups = known.reader.aggregate(unit, known.access, request)
    note_question(known, request)
    return answer({"groups": groups})


def related(entity: str, identity: str, relationship: str) -> Response:
    known, name = meet_entity(entity)
    given = read_parameters(parameters.RELATED)
    with known.reading() as unit:
        page = known.reader.related(unit, known.access, name, identity, relationship, Query(entity="", **given))
    note_names(known, name, (relationship,))
    end = known.access.present_relationship(name, relationship) or relationship
    note_question(known, Query(entity=known.model.entities[name].relationships[end].entity, **given))
    return answer(page_document(page))


def history(entity: str, identity: str) -> Response:
    known, name = meet_entity(entity)
    given = read_parameters(parameters.HISTORY)
    with known.reading() as unit:
        changes = known.reader.history(unit, known.access, name, identity, given.get("limit", 50))
    return answer({"changes": [_change(asdict(change)) for change in changes]})


def stage_history(entity: str, identity: str) -> Response:
    known, name = meet_entity(entity)
    read_parameters(parameters.NOTHING)
    with known.reading() as unit:
        moves = known.reader.stage_history(unit, known.access, name, identity)
    return answer({"moves": [asdict(move) for move in moves]})


def search() -> Response:
    known = meet()
    given = read_parameters(parameters.SEARCH)
    with known.reading() as unit:
        found = known.reader.search(unit, known.access, given["q"], given.get("limit", 5))
    return answer({"records": found})


def page_document(page: Page) -> dict[str, Any]:
    document: dict[str, Any] = {"records": page.records, "next": page.next}
    if page.count is not None:
        document["count"] = page.count.value
        document["capped"] = page.count.capped
    return document


def _inclusion(known: Asking, entity: str, given: dict[str, Any]) -> Inclusion | None:
    wanted = given.pop("include", ())
    if not wanted:
        return None
    inclusion = plan_inclusion(known.access, entity, wanted, given.get("select", ()))
    note_names(known, entity, wanted)
    return inclusion


def _query(entity: str, given: dict[str, Any], inclusion: Inclusion | None) -> Query:
    if inclusion is not None:
        given["select"] = inclusion.select
    return Query(entity=entity, **given)


def _change(change: dict[str, Any]) -> dict[str, Any]:
    """Old and new by name, so that programs need not count."""
    pairs = change.pop("changes")
    return {**change, "changes": {name: {"old": pair[0], "new": pair[1]} for name, pair in pairs.items()}}
