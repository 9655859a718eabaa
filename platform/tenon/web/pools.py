"""In charge of the pages of pools: what can be taken and how much is left, a record's way through pools, tonight."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, request, url_for

from tenon.access import in_pool
from tenon.database import UnitOfWork
from tenon.errors import NotFound, TenonError
from tenon.fields import Reference
from tenon.http import Asking, asking
from tenon.ids import is_id
from tenon.model import Entity, Pool
from tenon.process.pools import Pools, Verdict
from tenon.query import Query, Record
from tenon.suggestions import did_you_mean
from tenon.texts import Text, say
from tenon.web.cells import cell_writer, is_number, written
from tenon.web.entities import Place, entity_of
from tenon.web.listing import listing_of
from tenon.web.notices import leave_notice, take_notice
from tenon.web.pages import fragment, go, page
from tenon.web.showing import showing_of
from tenon.web.titles import title_of
from tenon.web.words import Words

PORTION = 30
MOST_COLUMNS = 6
MOST_CLAIMS = 100


@dataclass(frozen=True, kw_only=True)
class Row:
    id: str
    lead: str
    cells: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happened to a record in a pool, in words."""

    kind: str
    at: Any
    person: str
    by: str
    reason: str
    note: str


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/pools", "pools", listed)
    blueprint.add_url_rule("/pools/<name>", "pool", show)
    blueprint.add_url_rule("/pools/<name>/tonight", "pool_tonight", tonight)
    blueprint.add_url_rule("/pools/<name>/claim", "pool_claim", claim, methods=["POST"])
    blueprint.add_url_rule("/pools/<name>/release", "pool_release", release, methods=["POST"])
    blueprint.add_url_rule("/pools/<name>/decide", "pool_decide", decide, methods=["POST"])
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/pools", "record_pools", of_record)


def listed() -> Response:
    known = asking()
    pools = service_of(known).seen_by(known.access)
    if len(pools) == 1:
        return go(url_for("web.pool", name=pools[0].name))
    with known.reading() as unit:
        counts = [_count(known, unit, pool) for pool in pools]
    return page("pools/all.html", pools=list(zip(pools, counts, strict=True)))


def show(name: str) -> Response:
    known = asking()
    pool = pool_of(known, name)
    listing = replace(listing_of(known, pool.entity), deleted=False)
    where = in_pool(known.model, pool).text
    query = listing.query(*_names(listing.entity, listing.columns), limit=PORTION, after=request.args.get("after"))
    query = replace(query, where=f"({where})" if query.where is None else f"({query.where}) and ({where})", count=True)
    service = service_of(known)
    with known.reading() as unit:
        found = known.reader.list(unit, known.access, query)
        quota = service.quota(unit, known.access, pool.name)
        waiting = _waiting(known, unit, pool)
    columns = listing.columns[:MOST_COLUMNS]
    return page(
        "pools/page.html",
        pool=pool,
        entity=listing.entity,
        quota=quota,
        columns=[(place.label.in_(known.language), is_number(place.field)) for place in columns],
        rows=_rows(known, listing.entity, columns, found.records),
        count=found.count,
        next=found.next,
        text=listing.text,
        waiting=waiting,
        administers=known.access.administers,
        notice=take_notice(),
    )


def claim(name: str) -> Response:
    """One record by its own button, or those that were ticked; what was refused is said."""
    known = asking()
    pool = pool_of(known, name)
    one = request.form.get("one")
    ids = [each for each in ([one] if one else request.form.getlist("id")) if is_id(each)][:MOST_CLAIMS]
    word = Words.of(known.model, known.language)
    if not ids:
        leave_notice(word("pool.none_picked"), kind="danger")
        return go(url_for("web.pool", name=pool.name))
    with known.writing() as unit:
        outcomes = service_of(known).claim_all(unit, known.access, pool.name, ids)
    done = [each.done for each in outcomes if each.done is not None]
    refused = [each.error for each in outcomes if each.error is not None]
    claimed = sum(each.state == "claimed" for each in done)
    parts = [word("pool.claimed", count=claimed)] if claimed else []
    parts += [word("pool.asked", count=len(done) - claimed)] if len(done) > claimed else []
    parts += list(dict.fromkeys(said(known, error) for error in refused))
    leave_notice(" ".join(parts), kind="danger" if refused and not done else "success")
    if request.form.get("back") == "record" and claimed == 1:
        return go(f"/{pool.entity}/{ids[0]}")
    return go(url_for("web.pool", name=pool.name))


def release(name: str) -> Response:
    known = asking()
    pool = pool_of(known, name)
    record = str(request.form.get("record", ""))
    reason, note = request.form.get("reason") or None, request.form.get("note", "").strip() or None
    try:
        with known.writing() as unit:
            service_of(known).release(unit, known.access, pool.name, record, reason=reason, note=note)
    except TenonError as refusal:
        leave_notice(said(known, refusal), kind="danger")
        return go(f"/{pool.entity}/{record}" if is_id(record) else f"/{pool.entity}")
    word = Words.of(known.model, known.language)
    leave_notice(word("pool.given_back", pool=pool.label.in_(known.language)))
    return go(url_for("web.pool", name=pool.name))


def decide(name: str) -> Response:
    known = asking()
    pool = pool_of(known, name)
    form = request.form
    agree = form.get("agree") == "1"
    try:
        with known.writing() as unit:
            service_of(known).decide(
                unit,
                known.access,
                pool.name,
                form.get("record", ""),
                form.get("person", ""),
                agree=agree,
                note=form.get("note", ""),
            )
        word = Words.of(known.model, known.language)
        leave_notice(word("pool.agreed" if agree else "pool.declined"))
    except TenonError as refusal:
        leave_notice(said(known, refusal), kind="danger")
    return go(url_for("web.pool", name=pool.name))


def tonight(name: str) -> Response:
    """What the next night would do; for administrators."""
    known = asking()
    pool = pool_of(known, name)
    with known.reading() as unit:
        planned, found, complete = service_of(known).tonight(unit, known.access, pool.name)
    return page("pools/tonight.html", pool=pool, planned=planned, found=_foretold(found), complete=complete)


def of_record(entity: str, identity: Any) -> Response:
    """On the record's page: whether it is in a pool, what can be done, and its way so far."""
    known, record_id = asking(), str(identity)
    found = entity_of(known, entity)
    service = service_of(known)
    with known.reading() as unit:
        events = service.history(unit, known.access, found.name, record_id)
        inside = service.of_record(unit, found.name, record_id)
        quota = service.quota(unit, known.access, inside[0].name) if inside else None
        back = [] if inside else _way_back(known, unit, found, record_id)
    return fragment(
        "pools/record.html",
        entity=found,
        id=record_id,
        inside=inside,
        quota=quota,
        back=[(pool, _reasons(known, pool)) for pool in back],
        steps=[_step(known, each) for each in events],
    )


def has_pools(known: Asking, entity: str) -> bool:
    return any(pool.entity == entity for pool in known.model.pools.values())


def pool_of(known: Asking, name: str) -> Pool:
    service = service_of(known)
    seen = {pool.name: pool for pool in service.seen_by(known.access)}
    today = known.model.pools.present(name)
    if today not in seen:
        message = say("There is no pool “{name}”.", "没有公海“{name}”。", name=name[:60])
        raise NotFound(message, hint=did_you_mean(name[:60], seen))
    return seen[today]


def service_of(known: Asking) -> Pools:
    found: Pools = known.assembled.processes.pools
    return found


def said(known: Asking, refusal: TenonError) -> str:
    return " ".join(text.in_(known.language) for text in (refusal.message, refusal.hint) if text is not None)


def _names(entity: Entity, columns: Sequence[Place]) -> list[str]:
    return list(dict.fromkeys([entity.title, *(place.name for place in columns[:MOST_COLUMNS])]))


def _rows(known: Asking, entity: Entity, columns: Sequence[Place], records: Sequence[Record]) -> list[Row]:
    showing = showing_of(known)
    writers = [cell_writer(place.field, showing) for place in columns]
    return [
        Row(
            id=record["id"],
            lead=title_of(entity, record, known),
            cells=[written(record, place.name, write, showing) for place, write in zip(columns, writers, strict=True)],
        )
        for record in records
    ]


def _count(known: Asking, unit: UnitOfWork, pool: Pool) -> Any:
    query = Query(entity=pool.entity, where=in_pool(known.model, pool).text)
    return known.reader.count(unit, known.access, query, cap=1000)


def _waiting(known: Asking, unit: UnitOfWork, pool: Pool) -> list[Mapping[str, Any]]:
    found = service_of(known).waiting(unit, known.access, pool.name)
    titles = known.reader.titles(unit, known.access, pool.entity, [each["record_id"] for each in found])
    return [
        {
            "record": each["record_id"],
            "title": titles.get(each["record_id"]) or "…",
            "person": each["person"].id,
            "name": each["person"].title,
            "at": each["at"],
        }
        for each in found
    ]


def _way_back(known: Asking, unit: UnitOfWork, entity: Entity, record_id: str) -> list[Pool]:
    """The pools an owned record may be given back to by this person."""
    record = known.reader.one(unit, known.access, entity.name, record_id, ("owner",))
    if record["owner"] is None or not known.reader.may(unit, known.access, entity.name, record_id).allows("update"):
        return []
    service = service_of(known)
    pools = (pool for pool in service.seen_by(known.access) if pool.entity == entity.name)
    return [pool for pool in pools if service.membership.fits(unit, pool, record_id)]


def _reasons(known: Asking, pool: Pool) -> list[tuple[str, str]]:
    if pool.release_reasons is None:
        return []
    options = known.model.choices[pool.release_reasons].options
    return [(one.key, one.label.in_(known.language)) for one in options if one.active]


def _step(known: Asking, event: Record) -> Step:
    return Step(
        kind=event["kind"],
        at=event["at"],
        person=_name(event["person"]),
        by=_name(event["by"]),
        reason=_reason(known, event),
        note=event["note"] or "",
    )


def _reason(known: Asking, event: Record) -> str:
    """By the label of today; a key that is no more stands for itself."""
    key = event["reason"]
    if not key:
        return ""
    word = Words.of(known.model, known.language)
    if key in ("no_followup", "no_deal"):
        return word(f"pool.{key}")
    pool = known.model.pools.get(event["pool"])
    labels: dict[str, Text] = {}
    if pool is not None and pool.release_reasons is not None:
        labels = {one.key: one.label for one in known.model.choices[pool.release_reasons].options}
    return labels[key].in_(known.language) if key in labels else ""


def _name(person: Reference | None) -> str:
    return "" if person is None else str(person.title or "")


def _foretold(found: Sequence[Verdict]) -> list[tuple[str, list[Verdict]]]:
    """First what falls back, then whom to warn."""
    kinds = ("recycle", "warn")
    return [(kind, [each for each in found if each.action == kind]) for kind in kinds]
