"""In charge of a list going out as CSV for people: the rows of the list as it is narrowed, in its columns."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from flask import Blueprint, Response

from tenon.exchange.csv_export import csv_lines
from tenon.http import asking
from tenon.query import Query
from tenon.web.entities import entity_of
from tenon.web.listing import Listing, listing_of


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/-/export", "export", export)


def export(entity: str) -> Response:
    """Streamed; raises Forbidden before the first byte."""
    known = asking()
    entity_of(known, entity, "export")
    listing = listing_of(known, entity)
    query = replace(listing.query(), select=tuple(dict.fromkeys(place.name for place in listing.columns)))
    day = known.workspace.now().date().isoformat()
    response = Response(_lines(listing, query), mimetype="text/csv")
    name = quote(f"{listing.entity.plural.in_(known.language)} {day}.csv")
    response.headers["Content-Disposition"] = f"attachment; filename=\"{entity}-{day}.csv\"; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _lines(listing: Listing, query: Query) -> Iterator[str]:
    known = listing.known
    with known.reading() as unit:
        yield from csv_lines(unit, known.access, known.reader, query, language=known.language)
