"""In charge of the list of an entity's records: table, chunks for endless scrolling, exact count, chosen columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from tenon.errors import BadRequest
from tenon.http import asking
from tenon.query import Page, Record
from tenon.web import calendars, kanban
from tenon.web.cells import Showing, Writer, cell_writer, is_number, written
from tenon.web.entities import Place, places_beyond, places_of
from tenon.web.listing import Listing, listing_of, remember_columns
from tenon.web.misreading import is_misread, show_misread
from tenon.web.notices import take_notice
from tenon.web.pages import fragment, go, page
from tenon.web.showing import showing_of
from tenon.web.summaries import chips_of
from tenon.web.titles import title_of
from tenon.web.views import MOST_COLUMNS


@dataclass(frozen=True, kw_only=True)
class Column:
    """`sort` is the address that sorts by it, "" when nothing can; `order` is what aria-sort says."""

    name: str
    label: str
    number: bool
    sort: str
    order: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """`title` names the record in words, `lead` is the first column in words; `cells` are in columns' order."""

    id: str
    version: int
    title: str
    lead: str
    cells: Sequence[str]


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>", "list", show)
    blueprint.add_url_rule("/<entity>/-/count", "list_count", count)
    blueprint.add_url_rule("/<entity>/-/columns", "list_columns", columns)
    blueprint.add_url_rule("/<entity>/-/columns", "list_columns_choose", choose_columns, methods=["POST"])


def show(entity: str) -> Response:
    """The page, the results alone while words are typed, or the next chunk of rows."""
    listing = listing_of(asking(), entity)
    try:
        return _shown(listing)
    except BadRequest as refusal:
        if not is_misread(listing):
            raise
        return show_misread(listing, refusal)


def _shown(listing: Listing) -> Response:
    if listing.view.type == "kanban" and not listing.deleted:
        return kanban.show(listing)
    if listing.view.type == "calendar" and not listing.deleted:
        return calendars.show(listing)
    after = request.args.get("after")
    found = _read(listing, after)
    values = _values(listing, found)
    if request.headers.get("HX-Target") == "more-rows":
        return fragment("lists/rows.html", **values)
    chips = chips_of(listing)
    if request.headers.get("HX-Target") == "results":
        return fragment("lists/results.html", **values, chips=chips)
    return page("lists/page.html", **values, chips=chips, notice=take_notice())


def count(entity: str) -> Response:
    """The exact number, for those who ask for more than "1000+"."""
    known, listing = asking(), listing_of(asking(), entity)
    with known.reading() as unit:
        exact = known.reader.count(unit, known.access, listing.query(), cap=None)
    return fragment("lists/count.html", count=exact, listing=listing)


def columns(entity: str) -> Response:
    """The chooser: what is shown, in its order, then what could be."""
    listing = listing_of(asking(), entity)
    shown = listing.columns
    names = {place.name for place in shown}
    access = listing.known.access
    rest = [place for place in places_of(access, entity) if place.name not in names]
    beyond = [
        (through, [place for place in inner if place.name not in names])
        for through, inner in places_beyond(access, entity)
    ]
    return fragment("lists/columns.html", listing=listing, shown=shown, rest=rest, beyond=beyond, most=MOST_COLUMNS)


def choose_columns(entity: str) -> Response:
    listing = listing_of(asking(), entity)
    names = () if "usual" in request.form else tuple(dict.fromkeys(request.form.getlist("column")))[:MOST_COLUMNS]
    remember_columns(listing, names)
    return go(listing.address())


def _read(listing: Listing, after: str | None) -> Page:
    known = listing.known
    names = [place.name for place in listing.columns]
    title = [listing.entity.title] if listing.entity.title in known.access.readable_fields(listing.entity.name) else []
    query = listing.query(*title, *names, after=after, count=after is None)
    with known.reading() as unit:
        return known.reader.list(unit, known.access, query)


def _values(listing: Listing, found: Page) -> dict[str, Any]:
    places = listing.columns
    showing = showing_of(listing.known)
    writers = [cell_writer(place.field, showing) for place in places]
    selectable = listing.known.access.can(listing.entity.name, "update") or listing.known.access.can(
        listing.entity.name, "delete"
    )
    return {
        "listing": listing,
        "entity": listing.entity,
        "columns": [_column(listing, place) for place in places],
        "rows": [_row(listing, places, writers, record, showing) for record in found.records],
        "following": listing.address() if found.next is None else _after(listing, found.next),
        "more": found.next is not None,
        "count": found.count,
        "selectable": selectable and not listing.deleted,
    }


def _after(listing: Listing, cursor: str) -> str:
    address = listing.address()
    return f"{address}{'&' if '?' in address else '?'}after={cursor}"


def _column(listing: Listing, place: Place) -> Column:
    sortable = place.type.sortable and not listing.deleted
    return Column(
        name=place.name,
        label=place.label.in_(listing.known.language),
        number=is_number(place.field),
        sort=listing.address(sort=listing.next_sort(place.name)) if sortable else "",
        order=listing.sorted_by(place.name),
    )


def _row(listing: Listing, places: Sequence[Place], writers: Sequence[Writer], record: Record, showing: Showing) -> Row:
    title = title_of(listing.entity, record, listing.known)
    first = places[0]
    lead = first.type.show(record[first.name], showing.display)
    return Row(
        id=record["id"],
        version=record["version"],
        title=title,
        lead=lead if lead else title,
        cells=[written(record, place.name, write, showing) for place, write in zip(places, writers, strict=True)],
    )
