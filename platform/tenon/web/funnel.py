"""In charge of the funnel of a list: how far records got, how long it took, where they were lost, who did better."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request

from tenon.errors import NotFound
from tenon.fields.locales import zone_of
from tenon.http import asking
from tenon.insight import Figures, Group, Line, StageRequest, stage_figures
from tenon.insight.drilling import read_moment
from tenon.insight.tables import csv_text
from tenon.model import Pipeline
from tenon.query import Window
from tenon.texts import say
from tenon.web.entities import Place, place_of, places_of
from tenon.web.frame import display_of
from tenon.web.funnel_drills import Drills
from tenon.web.funnel_words import hours_text, part_text, span_text, window_text
from tenon.web.funnel_years import Span, spans_of
from tenon.web.listing import EVERY_PIPELINE, Listing, listing_of
from tenon.web.pages import page
from tenon.web.summaries import chips_of

MOST_GROUPS_OFFERED = 20
_GROUPED = ("choice", "boolean")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address says beside the list itself. `first` and `last` are days of the person, both included."""

    pipeline: Pipeline
    first: str
    last: str
    window: Window
    group: str

    def parameters(self) -> list[tuple[str, str]]:
        named = (("first", self.first), ("last", self.last), ("group", self.group))
        cohort = [("cohort", "stage")] if self.window.cohort == "stage" else []
        return [*((name, value) for name, value in named if value), *cohort]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """`points` are the corners in a picture 100 wide and 10 high."""

    line: Line
    points: str


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/-/funnel", "funnel", show)
    blueprint.add_url_rule("/<entity>/-/funnel.csv", "funnel_table", table)


def show(entity: str) -> Response:
    listing, asked = _asked(entity)
    known = listing.known
    places = _groups(listing)
    place = next((one for one in places if one.name == asked.group), None)
    found = _figures(listing, asked, place)
    drills = Drills(listing=listing, figures=found)
    today = known.workspace.now().astimezone(zone_of(display_of(known).timezone)).date()
    return page(
        "boards/funnel.html",
        listing=listing,
        entity=listing.entity,
        asked=asked,
        figures=found,
        drill=drills,
        groups=places,
        place=place,
        spans=_spans(listing, asked, today),
        window=window_text(known, asked.window),
        several=len(listing.entity.pipelines) > 1,
        address=lambda **changes: _address(listing, asked, **changes),
        part=lambda value: part_text(known, value),
        span=lambda seconds: span_text(known, seconds),
        hours=lambda seconds: hours_text(known, seconds),
        money=drills.money,
        compared=_compared(found.groups),
        bars=_bars(found),
        chips=chips_of(listing),
        chosen_filters=_chosen(listing, asked),
        most=max((line.cell.reached for line in found.lines), default=0),
        standing=sum(line.now.count for line in found.lines),
        worked=any(line.working for line in found.lines),
        limited=any(line.now.over is not None for line in found.lines),
    )


def table(entity: str) -> Response:
    """The numbers for spreadsheets."""
    listing, asked = _asked(entity)
    known = listing.known
    place = next((one for one in _groups(listing) if one.name == asked.group), None)
    response = Response(csv_text(_figures(listing, asked, place), known.language), mimetype="text/csv")
    name = quote(f"{listing.entity.plural.in_(known.language)} {asked.pipeline.label.in_(known.language)}.csv")
    response.headers["Content-Disposition"] = f"attachment; filename=\"{entity}.csv\"; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _asked(entity: str) -> tuple[Listing, Asked]:
    """The list with every pipeline, as its history does not care where records are now; no figure narrows it."""
    listing = listing_of(asking(), entity)
    known, given = listing.known, request.args
    chosen = listing.entity.pipelines.get(listing.pipeline) or listing.entity.pipeline
    listing = replace(listing, pipeline=EVERY_PIPELINE, passed=None, deleted=False)
    first, last = _day(given.get("first", "")), _day(given.get("last", ""))
    zone = display_of(known).timezone
    window = Window(
        cohort="stage" if given.get("cohort") == "stage" else "pipeline",
        since=read_moment("first", first.isoformat(), zone) if first else None,
        until=read_moment("last", date.fromordinal(last.toordinal() + 1).isoformat(), zone) if last else None,
    )
    if chosen is None:
        raise NotFound(say("“{entity}” has no stages.", "“{entity}”没有阶段。", entity=listing.entity.plural))
    return listing, Asked(
        pipeline=chosen,
        first=first.isoformat() if first else "",
        last=last.isoformat() if last else "",
        window=window,
        group=given.get("group", ""),
    )


def _day(text: str) -> date | None:
    """None for none, and for what is no day of a calendar that people use."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None


def _figures(listing: Listing, asked: Asked, place: Place | None) -> Figures:
    known = listing.known
    wanted = StageRequest(
        entity=listing.entity.name,
        pipeline=asked.pipeline.name,
        where=listing.condition(),
        window=asked.window,
        group=None if place is None else place.name,
        total=_total(listing),
    )
    with known.reading() as unit:
        return stage_figures(known.reader, known.assembled.processes.calendars, unit, known.access, wanted)


def _total(listing: Listing) -> str | None:
    """What the entity's board adds up."""
    boards = (view for view in listing.views if view.type == "kanban" and view.by == "stage")
    summed = next((view.sum for view in boards if view.sum), None)
    place = None if summed is None else place_of(listing.known.access, listing.entity.name, summed)
    return None if place is None else place.name


def _groups(listing: Listing) -> list[Place]:
    """What may be compared by: who owns it, his department, its region, choices."""
    access, entity = listing.known.access, listing.entity
    paths = [".".join(path) for path in (entity.owner_path, entity.region_path) if path]
    paths[1:1] = [f"{paths[0]}.department"] if entity.owner_path else []
    wanted = [place_of(access, entity.name, path) for path in paths]
    own = [one for one in places_of(access, entity.name) if one.type.expression_type().kind in _GROUPED]
    found = {one.name: one for one in (*wanted, *own) if one is not None and one.name not in ("stage", "pipeline")}
    return [one for one in found.values() if one.type.groupable or one.field.target][:MOST_GROUPS_OFFERED]


def _spans(listing: Listing, asked: Asked, today: date) -> list[tuple[Span, str, bool]]:
    """The usual lengths of time, their addresses, and which is the present one."""
    return [
        (span, _address(listing, asked, first=span.first, last=span.last), (asked.first, asked.last) == span.days)
        for span in spans_of(today)
    ]


def _address(listing: Listing, asked: Asked, part: str = "funnel", **changes: Any) -> str:
    pipeline = changes.pop("pipeline", asked.pipeline.name)
    changed = replace(asked, **changes)
    known = dict(changed.parameters())
    home = listing.entity.pipeline
    place = replace(listing, pipeline="" if home is not None and home.name == pipeline else pipeline)
    return place.fragment_address(part, **known)


def _bars(figures: Figures) -> list[Bar]:
    """Each as wide as its part of the widest; it tapers to the next, the last goes straight down."""
    steps = figures.steps
    most = max((line.cell.reached for line in steps), default=0) or 1
    widths = [100 * line.cell.reached / most for line in steps]
    return [
        Bar(line=line, points=_points(width, after))
        for line, width, after in zip(steps, widths, [*widths[1:], *widths[-1:]], strict=True)
    ]


def _points(width: float, after: float) -> str:
    top, bottom = max(width, 0.4) / 2, max(min(after, width), 0.4) / 2
    corners = ((50 - top, 0), (50 + top, 0), (50 + bottom, 10), (50 - bottom, 10))
    return " ".join(f"{x:.2f},{y}" for x, y in corners)


def _chosen(listing: Listing, asked: Asked) -> list[tuple[str, str]]:
    """The named filters of the list that hold, and the addresses without them."""
    known = [found for found in listing.filters if found.name in listing.named]
    return [
        (
            found.label.in_(listing.known.language),
            _address(replace(listing, named=listing.toggled(found.name)), asked),
        )
        for found in known
    ]


def _compared(groups: Sequence[Group]) -> list[Group]:
    return [group for group in groups if any(line.cell.reached or line.now.count for line in group.lines)]
