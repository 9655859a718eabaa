"""In charge of calendars as pages: the view of one entity, and the calendar of a person over all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, Response, request

from tenon.exchange.agenda import SCOPES, Entry, Scope, Source, calendar_for, read_agenda, source_of, sources_of
from tenon.fields.locales import zone_of
from tenon.http import Asking, asking
from tenon.process.working_time import WorkingTime
from tenon.web.calendar_days import MONTH_ROWS, Cell, Layout
from tenon.web.calendar_look import SPANS, Look, look_of
from tenon.web.entities import entity_of
from tenon.web.frame import display_of
from tenon.web.listing import Listing
from tenon.web.notices import take_notice
from tenon.web.pages import fragment, page
from tenon.web.summaries import chips_of

MOST = {"month": MONTH_ROWS, "week": 40, "day": 300, "agenda": 50}
"""Entries of each source that begin on a day and are read; what is more is counted."""
MORNING = "09:00"
"""When something new begins that is made by a click on a day."""


@dataclass(frozen=True, kw_only=True)
class New:
    """A kind of record that can be made for a day."""

    label: str
    icon: str
    name: str
    entity: str
    timed: bool

    def address(self, day: date, back: str) -> str:
        value = f"{day.isoformat()}T{MORNING}" if self.timed else day.isoformat()
        return f"/{self.entity}/new?" + urlencode([(self.name, value), ("back", back)])


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A calendar on a page. `at` gives the address of another look at the same; `here` is that of this one."""

    look: Look
    sources: Sequence[Source]
    cells: Sequence[Sequence[Cell]]
    total: int
    working: WorkingTime | None
    new: Sequence[New]
    at: Callable[[Look], str]
    here: str
    movable: frozenset[str]
    """Names of the sources whose entries may be moved."""

    @property
    def spans(self) -> list[tuple[str, str]]:
        return [(span, self.at(self.look.as_(span))) for span in SPANS]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a form that asks for another day sends along."""
        return [pair for pair in parse_qsl(urlsplit(self.here).query) if pair[0] != "day"]

    def typed(self, entry: Entry) -> str:
        """When it starts, as a control for a day or a time takes it."""
        if isinstance(entry.starts, datetime):
            return entry.starts.astimezone(zone_of(self.look.timezone)).strftime("%Y-%m-%dT%H:%M")
        return entry.starts.isoformat()

    def day(self, day: date) -> str:
        return self.at(self.look.as_("day", day))

    def new_at(self, day: date) -> str:
        """Where a click on a day leads: the form, or where there are several the day itself, which offers them."""
        if not self.new:
            return ""
        return self.new[0].address(day, self.here) if len(self.new) == 1 else self.day(day)


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/calendar", "calendar", mine)


def show(listing: Listing) -> Response:
    """One view of one entity, narrowed as its list is."""
    known, view = listing.known, listing.view
    look = look_of(known, {"span": listing.span, "day": listing.day})
    source = source_of(known.reader, known.access, listing.entity, view)
    shown = _shown(
        known,
        look,
        [source] if source is not None else [],
        at=lambda other: listing.address(**dict.fromkeys(("span", "day"), "") | dict(other.parameters())),
        scope="all",
        where=listing.condition(),
        working=calendar_for(known.model, known.assembled.processes.calendars, known.actor),
    )
    values: dict[str, Any] = {"listing": listing, "entity": listing.entity, "shown": shown, "chips": chips_of(listing)}
    if request.headers.get("HX-Target") == "results":
        return fragment("calendar/results.html", **values)
    return page("calendar/page.html", **values, notice=take_notice())


def mine() -> Response:
    """All calendar views that concern whoever asks, one over the other."""
    known = asking()
    asked = _Asked.of(known)
    look = look_of(known, request.args)
    chosen = [source for source in asked.sources if source.name not in asked.off]
    shown = _shown(
        known,
        look,
        chosen,
        at=asked.address,
        scope=asked.scope,
        where=None,
        working=asked.calendar,
    )
    values: dict[str, Any] = {
        "shown": shown,
        "asked": asked,
        "scopes": [(scope, asked.address(look, scope=scope)) for scope in asked.scopes],
        "switches": [
            (source, source.name not in asked.off, asked.address(look, toggled=source.name)) for source in asked.sources
        ],
        "calendars": [
            (calendar.label, asked.address(look, working=name), asked.calendar.calendar.name == name)
            for name, calendar in known.model.calendars.items()
            if asked.calendar is not None
        ],
    }
    if request.headers.get("HX-Target") == "results":
        return fragment("calendar/mine_results.html", **values)
    return page("calendar/mine.html", **values, notice=take_notice())


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What the address of the person's calendar says besides span and day."""

    scope: Scope
    scopes: Sequence[Scope]
    off: frozenset[str]
    sources: Sequence[Source]
    working: str
    calendar: WorkingTime | None

    @classmethod
    def of(cls, known: Asking) -> "_Asked":
        arguments = request.args
        alone = known.actor.department is None
        scopes = tuple(each for each in SCOPES if each != "department" or not alone)
        scope: Scope = next((each for each in scopes if each == arguments.get("scope")), "mine")
        sources = [
            source for source in sources_of(known.reader, known.access) if scope == "all" or source.people_of(scope)
        ]
        there = {source.name for source in sources}
        working = arguments.get("working", "")
        return cls(
            scope=scope,
            scopes=scopes,
            off=frozenset(name for name in arguments.getlist("off") if name in there),
            sources=sources,
            working=working if working in known.model.calendars else "",
            calendar=calendar_for(known.model, known.assembled.processes.calendars, known.actor, working or None),
        )

    def address(
        self, look: Look, *, scope: Scope | None = None, toggled: str | None = None, working: str | None = None
    ) -> str:
        off = self.off ^ {toggled} if toggled is not None else self.off
        chosen = scope or self.scope
        calendar = self.working if working is None else working
        parameters = [
            *look.parameters(),
            *([("scope", chosen)] if chosen != "mine" else []),
            *([("working", calendar)] if calendar else []),
            *(("off", name) for name in sorted(off)),
        ]
        return "/calendar" + (f"?{urlencode(parameters)}" if parameters else "")


def _shown(
    known: Asking,
    look: Look,
    sources: Sequence[Source],
    *,
    at: Callable[[Look], str],
    scope: Scope,
    where: str | None,
    working: WorkingTime | None,
) -> Shown:
    with known.reading() as unit:
        agenda = read_agenda(
            known.reader,
            unit,
            known.access,
            sources,
            look.stretch,
            display=display_of(known),
            scope=scope,
            where=where,
            most=MOST[look.span],
        )
    layout = Layout(look, agenda, working)
    if look.span == "month":
        cells: Sequence[Sequence[Cell]] = layout.weeks()
    else:
        cells = [layout.listed() if look.span == "agenda" else layout.columns()]
    return Shown(
        look=look,
        sources=sources,
        cells=cells,
        total=len(agenda.entries),
        working=working,
        new=_new(known, sources),
        at=at,
        here=at(look),
        movable=frozenset(source.name for source in sources if source.movable(known.access)),
    )


def _new(known: Asking, sources: Sequence[Source]) -> list[New]:
    """Of each entity once: its first calendar view says which date is meant."""
    found: dict[str, New] = {}
    for source in sources:
        if source.entity.name not in found and source.creatable(known.access):
            found[source.entity.name] = New(
                label=source.entity.label.in_(known.language),
                icon=source.entity.icon,
                name=source.starts,
                entity=source.entity.name,
                timed=source.timed,
            )
    return list(found.values())


def calendar_source(known: Asking, entity: str, view: str) -> Source | None:
    """Of a view by its name, for whoever may change records of the entity."""
    found = entity_of(known, entity, "update")
    named = found.views.get(view)
    return None if named is None else source_of(known.reader, known.access, found, named)
