"""In charge of the records around a record: lists of its children and of what it is linked to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request

from tenon.database import UnitOfWork
from tenon.errors import NotFound
from tenon.http import Asking, asking
from tenon.model import Entity, Relationship
from tenon.query import Count, Query
from tenon.texts import say
from tenon.web.cells import cell_writer, is_number, written
from tenon.web.entities import Place, entity_of, place_of
from tenon.web.form_layouts import form_of
from tenon.web.notices import leave_notice
from tenon.web.pages import fragment, go
from tenon.web.showing import showing_of
from tenon.web.titles import title_of
from tenon.web.views import columns_of, view_named, views_of
from tenon.web.words import Words

MOST_COUNTED = 5
MOST_TABS = 12
SHORT, LONG = 8, 100
CAP = 1000
USUAL_COLUMNS = 6


@dataclass(frozen=True, kw_only=True)
class Tab:
    """`count` is None when it was not worth a statement. `add` is the address of the form, "" when he may not."""

    name: str
    label: str
    icon: str
    count: Count | None = None


@dataclass(frozen=True, kw_only=True)
class RelatedRow:
    id: str
    title: str
    lead: str
    cells: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class RelatedList:
    """`all` is the address of the whole list, "" when there is no more than is shown."""

    tab: Tab
    entity: Entity
    columns: Sequence[tuple[str, bool]]
    rows: Sequence[RelatedRow]
    add: str
    all: str
    edits: bool
    unlinks: bool


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/related/<name>", "related", related)
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/related/<name>/unlink", "unlink", unlink, methods=["POST"])


def related(entity: str, identity: Any, name: str) -> Response:
    known = asking()
    found = entity_of(known, entity)
    if name not in relationships_of(known, found):
        raise NotFound(say("There is nothing at this address.", "此地址没有内容。"))
    limit = LONG if request.args.get("all") else SHORT
    with known.reading() as unit:
        known.reader.may(unit, known.access, entity, str(identity))  # raises NotFound
        shown = read_related(known, unit, found, str(identity), name, limit)
    return fragment("records/related.html", related=shown, entity=found, id=str(identity))


def unlink(entity: str, identity: Any, name: str) -> Response:
    known, other = asking(), request.form.get("other", "")
    entity_of(known, entity)
    with known.writing() as unit:
        known.writer.unlink(unit, known.access, entity, str(identity), name, other)
    leave_notice(Words.of(known.model, known.language)("related.unlinked"))
    return go(f"/{entity}/{identity}")


def relationships_of(known: Asking, entity: Entity) -> list[str]:
    """Those the form names, else the declared ones, else all: as far as he may meet what is at their end."""
    ends = entity.relationships
    declared = [name for name, end in ends.items() if not end.implied]
    names = list(form_of(entity).related) or declared or list(ends)
    met = [name for name in names if name in ends and known.access.reads_relationship(entity.name, name)]
    return met[:MOST_TABS]


def tabs_of(known: Asking, unit: UnitOfWork, entity: Entity, identity: str) -> list[Tab]:
    """The first few with a count each, one statement apiece."""
    names = relationships_of(known, entity)
    return [
        _tab(
            known,
            entity,
            name,
            _count(known, unit, entity.relationships[name], identity) if place < MOST_COUNTED else None,
        )
        for place, name in enumerate(names)
    ]


def read_related(
    known: Asking, unit: UnitOfWork, entity: Entity, identity: str, name: str, limit: int = SHORT
) -> RelatedList:
    """One statement."""
    end = entity.relationships[name]
    far = known.model.entities[end.entity]
    places = _columns(known, end, far)
    title = [far.title] if far.title in known.access.readable_fields(far.name) else []
    select = tuple(dict.fromkeys(("id", *title, *(place.name for place in places))))
    query = Query(entity=far.name, select=select, sort=_sort(known, far), limit=limit + 1, form="values")
    records = known.reader.related_to(unit, known.access, entity.name, [identity], name, query)[identity]
    showing = showing_of(known)
    writers = [cell_writer(place.field, showing) for place in places]
    rows = [
        RelatedRow(
            id=record["id"],
            title=title_of(far, record, known),
            lead=(places[0].type.show(record[places[0].name], showing.display) if places else "")
            or title_of(far, record, known),
            cells=[written(record, place.name, write, showing) for place, write in zip(places, writers, strict=True)],
        )
        for record in records[:limit]
    ]
    return RelatedList(
        tab=_tab(known, entity, name, None),
        entity=far,
        columns=[(place.label.in_(known.language), is_number(place.field)) for place in places],
        rows=rows,
        add=_add(known, entity, end, identity),
        all=_all(end, identity) if len(records) > limit else "",
        edits=known.access.can(far.name, "update"),
        unlinks=_unlinks(known, end),
    )


def _tab(known: Asking, entity: Entity, name: str, count: Count | None) -> Tab:
    end = entity.relationships[name]
    icon = known.model.entities[end.entity].icon
    return Tab(name=name, label=end.label.in_(known.language), icon=icon, count=count)


def _count(known: Asking, unit: UnitOfWork, end: Relationship, identity: str) -> Count:
    """Of links rather than of what they lead to: the same number, without the way there."""
    query = Query(entity=end.through or end.entity, where=tied(end, identity))
    return known.reader.count(unit, known.access, query, cap=CAP)


def _columns(known: Asking, end: Relationship, far: Entity) -> list[Place]:
    if end.columns:
        places = [place_of(known.access, far.name, name) for name in end.columns]
        return [place for place in places if place is not None]
    view = view_named(views_of(known, far), None)
    back = end.field if end.through is None else ""
    return [place for place in columns_of(known, far, view) if place.path[0] != back][:USUAL_COLUMNS]


def _sort(known: Asking, far: Entity) -> tuple[str, ...]:
    view = view_named(views_of(known, far), None)
    keys = [("-" if key.descending else "") + ".".join(key.path) for key in view.sort]
    return tuple(key for key in keys if place_of(known.access, far.name, key.removeprefix("-")) is not None)


def _add(known: Asking, entity: Entity, end: Relationship, identity: str) -> str:
    """The form of a child, or of the link, with this record filled in."""
    made = end.through or end.entity
    if not known.access.can(made, "create") or end.field not in known.access.writable_fields(made, "create"):
        return ""
    led = known.model.entities[made].fields[end.field].pointing_at(entity.name, identity)
    return f"/{made}/new?{end.field}={led}&back=/{entity.name}/{identity}"


def _all(end: Relationship, identity: str) -> str:
    if end.through is not None:
        return "more"
    where = quote(tied(end, identity))
    return f"/{end.entity}?where={where}"


def tied(end: Relationship, identity: str) -> str:
    """The condition on children, links or records with a list that ties them to this record."""
    if end.kind == "listing":
        return f'any({end.field}, id == "{identity}")'
    return f'{end.field} == "{identity}"'


def _unlinks(known: Asking, end: Relationship) -> bool:
    """Whether a record can be taken off without changing anything else: a link goes, or an entry of a list."""
    if end.kind == "listing":
        return end.field in known.access.writable_fields(end.entity)
    return end.through is not None and known.access.can(end.through, "delete")
