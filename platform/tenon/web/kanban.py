"""In charge of the board: a lane for each stage or option, its number and sum by one aggregate, its first cards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, request

from tenon.errors import BadRequest, Conflict, Forbidden, InvalidInput, NotFound, StaleVersion
from tenon.fields import Money
from tenon.http import asking
from tenon.model import Stage
from tenon.model.moves import stages_of
from tenon.query import MASKED, Aggregate, Page, Query
from tenon.texts import say
from tenon.web.cells import cell_writer, written
from tenon.web.entities import Place, place_of
from tenon.web.frame import display_of
from tenon.web.listing import EVERY_PIPELINE, Listing, listing_of
from tenon.web.notices import take_notice
from tenon.web.pages import fragment, page, toast
from tenon.web.showing import showing_of
from tenon.web.summaries import chips_of
from tenon.web.titles import title_of

CARDS = 30
NONE = "-"
"""Stands in addresses for the lane of records without a value."""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """`key` is "" for records without a value; `sum` is in words, "" when nothing is summed."""

    key: str
    label: str
    color: str
    help: str
    count: int
    sum: str

    @property
    def slug(self) -> str:
        return self.key or NONE


@dataclass(frozen=True, kw_only=True)
class Line:
    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Card:
    id: str
    version: int
    title: str
    lines: Sequence[Line]


@dataclass(frozen=True, kw_only=True)
class Cards:
    """`next` is the cursor of the lane's next cards, "" at its end."""

    cards: Sequence[Card]
    next: str


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/-/lane/<lane>", "lane", lane)
    blueprint.add_url_rule("/<entity>/-/lanes", "lanes", lanes)
    blueprint.add_url_rule("/<entity>/<uuid:identity>/lane", "lane_move", move, methods=["POST"])


def show(listing: Listing) -> Response:
    """One statement for all lanes' figures, and one for the cards of each lane that has any."""
    known = listing.known
    with known.reading() as unit:
        figures = _figures(listing, unit)
        cards = {one.key: _cards(listing, unit, one, None) for one in figures if one.count}
    values: dict[str, Any] = {
        "listing": listing,
        "entity": listing.entity,
        "lanes": [(one, cards.get(one.key, Cards(cards=(), next=""))) for one in figures],
        "by": listing.view.by,
        "movable": _movable(listing),
        "chips": chips_of(listing),
        "every_pipeline": EVERY_PIPELINE,
        "total": sum(one.count for one in figures),
    }
    if request.headers.get("HX-Target") == "results":
        return fragment("boards/results.html", **values)
    return page("boards/page.html", **values, notice=take_notice())


def lane(entity: str, lane: str) -> Response:
    """The next cards of one lane."""
    listing = _board(entity)
    found = next((one for one in _bare_lanes(listing) if one.slug == lane), None)
    if found is None:
        return fragment(
            "boards/cards.html",
            listing=listing,
            entity=listing.entity,
            lane=None,
            cards=Cards(cards=(), next=""),
            movable=False,
        )
    with listing.known.reading() as unit:
        cards = _cards(listing, unit, found, request.args.get("after"))
    return fragment(
        "boards/cards.html", listing=listing, entity=listing.entity, lane=found, cards=cards, movable=_movable(listing)
    )


def lanes(entity: str) -> Response:
    """The figures of all lanes anew, after a card was moved."""
    listing = _board(entity)
    with listing.known.reading() as unit:
        figures = _figures(listing, unit)
    return fragment("boards/heads.html", listing=listing, lanes=figures)


def move(entity: str, identity: Any) -> Response:
    """Into another lane of a board by a field that is no stage: an ordinary change of that field."""
    listing = _board(entity)
    known, by = listing.known, str(listing.view.by)
    version = request.form.get("version", "")
    try:
        with known.writing() as unit:
            known.writer.change(
                unit,
                known.access,
                entity,
                str(identity),
                {by: request.form.get("lane") or None},
                version=int(version) if version.isdecimal() else None,
            )
    except (InvalidInput, Conflict, Forbidden, StaleVersion) as refusal:
        words = [detail.message for detail in refusal.details] or [refusal.message]
        response = toast(Response("", 409), " ".join(text.in_(known.language) for text in words), "danger")
        response.headers["HX-Reswap"] = "none"
        return response
    return Response("", 204)


def _board(entity: str) -> Listing:
    """The listing with a board as its view; raises NotFound when the reader has no list or it has no board."""
    listing = listing_of(asking(), entity)
    if listing.view.type == "kanban":
        return listing
    board = next((view for view in listing.views if view.type == "kanban"), None)
    if board is None:
        raise NotFound(say("This list has no board.", "此列表没有看板。"))
    return replace(listing, view=board)


def _movable(listing: Listing) -> bool:
    access, name = listing.known.access, listing.entity.name
    return access.can(name, "update") and str(listing.view.by) in access.writable_fields(name)


def _bare_lanes(listing: Listing) -> list[Lane]:
    """One for each option in its order, and one for records without a value where that can be."""
    field = listing.entity.fields[str(listing.view.by)]
    language = listing.known.language
    if field.name == "stage":
        return [
            Lane(
                key=stage.name,
                label=stage.label.in_(language),
                color=stage.color,
                help=stage.help.in_(language) if stage.help is not None else "",
                count=0,
                sum="",
            )
            for stage in _stages(listing)
        ]
    options = [
        Lane(
            key=option.key,
            label=option.label.in_(language),
            color=option.color,
            help=option.help.in_(language) if option.help is not None else "",
            count=0,
            sum="",
        )
        for option in field.type.settings.options
        if option.active
    ]
    blank = Lane(key="", label="–", color="", help="", count=0, sum="")
    return options if field.required else [*options, blank]


def _stages(listing: Listing) -> list[Stage]:
    """Of one pipeline in its order; of all of them those where records are finished come last."""
    stages = stages_of(listing.entity) if listing.lanes_of is None else listing.lanes_of.stages
    several = listing.lanes_of is None and len(listing.entity.pipelines) > 1
    return sorted(stages.values(), key=lambda stage: several and stage.kind != "open")


def _figures(listing: Listing, unit: Any) -> list[Lane]:
    """With numbers and sums. Where a sum would mix currencies there is none."""
    by, known = str(listing.view.by), listing.known
    summed = place_of(known.access, listing.entity.name, listing.view.sum) if listing.view.sum else None
    request_of = Aggregate(
        entity=listing.entity.name, group=(by,), where=listing.condition(), passed=listing.passed, form="values"
    )
    measure = f"sum({summed.name})" if summed is not None else None
    try:
        wanted = replace(request_of, measures=("count()", measure)) if measure else request_of
        groups = known.reader.aggregate(unit, known.access, wanted)
    except BadRequest:
        groups, measure = known.reader.aggregate(unit, known.access, request_of), None
    found = {group[by] or "": group for group in groups}
    return [
        replace(one, count=found[one.key]["count()"], sum=_sum(listing, summed, found[one.key].get(measure or "")))
        if one.key in found
        else one
        for one in _bare_lanes(listing)
    ]


def _sum(listing: Listing, place: Place | None, value: Any) -> str:
    """Amounts without cents: a lane is read at a glance."""
    if place is None or value is None:
        return ""
    if isinstance(value, Money):
        value = Money(value.amount.quantize(1), value.currency)
    shown = place.type.show(value, display_of(listing.known))
    return shown.removesuffix(".00")


def _cards(listing: Listing, unit: Any, lane: Lane, after: str | None) -> Cards:
    known, by = listing.known, str(listing.view.by)
    places = _card_places(listing)
    title = [listing.entity.title] if listing.entity.title in known.access.readable_fields(listing.entity.name) else []
    query: Query = listing.query(*title, *(place.name for place in places), limit=CARDS, after=after)
    condition = f'{by} == "{lane.key}"' if lane.key else f"is_blank({by})"
    where = f"({query.where}) and {condition}" if query.where else condition
    found: Page = known.reader.list(
        unit, known.access, replace(query, where=where, sort=query.sort or ("-changed_at",))
    )
    showing = showing_of(known)
    writers = [(place, cell_writer(place.field, showing)) for place in places]
    cards = [
        Card(
            id=record["id"],
            version=record["version"],
            title=title_of(listing.entity, record, known),
            lines=[
                Line(label=place.label.in_(known.language), value=written(record, place.name, write, showing))
                for place, write in writers
                if record[place.name] is not None or place.name in record.get(MASKED, ())
            ],
        )
        for record in found.records
    ]
    return Cards(cards=cards, next=found.next or "")


def _card_places(listing: Listing) -> list[Place]:
    paths = [".".join(path) for path in listing.view.card] or [
        ".".join(column.path) for column in listing.view.columns[:4]
    ]
    if listing.has_pipelines and listing.lanes_of is None:
        paths = [*paths, "pipeline"]
    places = [place_of(listing.known.access, listing.entity.name, name) for name in paths]
    return [
        place for place in places if place is not None and place.name not in (listing.view.by, listing.entity.title)
    ]
