"""In charge of what a list shows, as its address says it: view, filters, words searched for, order.

The address is the whole state: it can be shared, kept, and gone back to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from flask import request, session

from tenon.expressions import Path
from tenon.fields import literal
from tenon.http import Asking
from tenon.insight.drilling import read_passed, write_passed
from tenon.model import OPERATIONS, Entity, Operation, Pipeline, View, ViewFilter
from tenon.query import Passed, Query
from tenon.web.entities import Place, entity_of, place_of
from tenon.web.views import columns_of, filters_of, sort_of, view_named, views_of

PAGE = 50
MOST_LETTERS = 200
COLUMNS_KEY = "columns"
MOST_REMEMBERED = 20
EVERY_PIPELINE = "-"
_SEARCHED = ("text", "choice")


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One list as asked for. `where` is the person's own condition, beside the view's and the named filters'."""

    known: Asking
    entity: Entity
    view: View
    named: tuple[str, ...] = ()
    where: str = ""
    text: str = ""
    sort: str = ""
    deleted: bool = False
    pipeline: str = ""
    """Of boards by stage: which pipeline's lanes; "" is the first, EVERY_PIPELINE all of them."""
    span: str = ""
    day: str = ""
    """Of calendars: how many days, and around which one; "" as usual."""
    passed: Passed | None = None
    """The records that a number of the funnel counts."""

    @cached_property
    def views(self) -> list[View]:
        return views_of(self.known, self.entity)

    @cached_property
    def filters(self) -> list[ViewFilter]:
        return filters_of(self.known, self.entity, self.view)

    @cached_property
    def columns(self) -> list[Place]:
        return columns_of(self.known, self.entity, self.view, remembered_columns(self))

    @cached_property
    def rights(self) -> dict[Operation, bool]:
        """What the page offers; about single records is asked when something is done with them."""
        return {verb: self.known.access.can(self.entity.name, verb) for verb in OPERATIONS}

    @property
    def narrowed(self) -> bool:
        """Whether the person asked for less than the view shows."""
        return bool(self.named or self.where or self.text or self.passed)

    @property
    def order(self) -> tuple[str, ...]:
        return sort_of(self.known, self.entity, self.view, self.sort)

    @property
    def has_pipelines(self) -> bool:
        """Whether it is a board with the lanes of one pipeline out of several, or of all."""
        readable = "pipeline" in self.known.access.readable_fields(self.entity.name)
        return self.view.type == "kanban" and self.view.by == "stage" and len(self.entity.pipelines) > 1 and readable

    @property
    def has_funnel(self) -> bool:
        """Whether this reader sees where the records stand."""
        wanted = {"stage", "pipeline"} if len(self.entity.pipelines) > 1 else {"stage"}
        return bool(self.entity.pipelines) and wanted <= set(self.known.access.readable_fields(self.entity.name))

    @property
    def lanes_of(self) -> Pipeline | None:
        """The one pipeline the board shows; None for all, and where there is no choice."""
        if not self.has_pipelines or self.pipeline == EVERY_PIPELINE:
            return None
        return self.entity.pipelines.get(self.pipeline) or self.entity.pipeline

    def condition(self) -> str | None:
        """Everything that narrows the list, as one expression."""
        chosen = [found.where.text for found in self.filters if found.name in self.named]
        own = [] if self.view.where is None else [self.view.where.text]
        lanes = [f"pipeline == {literal(self.lanes_of.name)}"] if self.lanes_of is not None else []
        parts = [part for part in (*own, *chosen, *lanes, self.where, self._found_by_text()) if part.strip()]
        return " and ".join(f"({part})" for part in parts) if len(parts) > 1 else (parts[0] if parts else None)

    def query(self, *select: str, limit: int = PAGE, after: str | None = None, count: bool = False) -> Query:
        return Query(
            entity=self.entity.name,
            select=tuple(dict.fromkeys(("id", "version", *select))),
            where=self.condition(),
            sort=self.order,
            limit=limit,
            after=after,
            count=count,
            deleted=self.deleted,
            passed=self.passed,
            form="values",
        )

    def address(self, **changes: object) -> str:
        """The address of this list, or of one that differs: `address(sort="-amount")`."""
        changed = replace(self, **changes)  # type: ignore[arg-type]
        parameters = list(changed.parameters())
        return f"/{self.entity.name}" + (f"?{urlencode(parameters)}" if parameters else "")

    def fragment_address(self, part: str, **more: str) -> str:
        """Of a part of this list, such as its exact count: `/opportunity/-/count?…`."""
        parameters = urlencode([*self.parameters(), *more.items()])
        return f"/{self.entity.name}/-/{part}" + (f"?{parameters}" if parameters else "")

    def parameters(self) -> list[tuple[str, str]]:
        named = [("filter", name) for name in self.named]
        view = [("view", self.view.name)] if self.view.name != view_named(self.views, None).name else []
        texts = [("where", self.where), ("q", self.text), ("sort", self.sort), ("deleted", "1" if self.deleted else "")]
        passed = "" if self.passed is None else write_passed(self.passed)
        places = [("pipeline", self.pipeline), ("span", self.span), ("day", self.day), ("passed", passed)]
        return [*view, *named, *((name, value) for name, value in (*texts, *places) if value)]

    def sorted_by(self, name: str) -> str:
        """ "ascending", "descending" or "none", as assistive technology is told."""
        first = self.order[0] if self.order else ""
        if first.removeprefix("-") != name:
            return "none"
        return "descending" if first.startswith("-") else "ascending"

    def next_sort(self, name: str) -> str:
        return {"none": name, "ascending": f"-{name}", "descending": name}[self.sorted_by(name)]

    def toggled(self, name: str) -> tuple[str, ...]:
        """The named filters with one more or one less."""
        return tuple(found for found in self.named if found != name) if name in self.named else (*self.named, name)

    def _found_by_text(self) -> str:
        if not self.text:
            return ""
        names = [".".join(path) for path in self._searched()]
        return " or ".join(f"contains({name}, {literal(self.text)})" for name in names) or "false"

    def _searched(self) -> list[Path]:
        paths = dict.fromkeys(((self.entity.title,), *self.entity.search))
        return [path for path in paths if _is_searched(place_of(self.known.access, self.entity.name, ".".join(path)))]


def listing_of(known: Asking, name: str, arguments: Mapping[str, str] | None = None) -> Listing:
    """From the address. Raises NotFound for an entity he may not meet; unknown views and filters fall back."""
    entity = entity_of(known, name)
    values = request.values
    view = view_named(views_of(known, entity), values.get("view"))
    listing = Listing(
        known=known,
        entity=entity,
        view=view,
        where=values.get("where", "").strip()[:4000],
        text=values.get("q", "").strip()[:MOST_LETTERS],
        sort=values.get("sort", "")[:MOST_LETTERS],
        deleted=values.get("deleted") == "1" and known.access.can(name, "delete"),
        pipeline=_pipeline(entity, values.get("pipeline", "")),
        passed=read_passed(values["passed"]) if values.get("passed") else None,
        span=values.get("span", "")[:MOST_LETTERS] if view.type == "calendar" else "",
        day=values.get("day", "")[:MOST_LETTERS] if view.type == "calendar" else "",
    )
    there = {found.name for found in listing.filters}
    return replace(listing, named=tuple(name for name in values.getlist("filter") if name in there))


def _pipeline(entity: Entity, named: str) -> str:
    several = len(entity.pipelines) > 1
    return named if several and (named == EVERY_PIPELINE or named in entity.pipelines) else ""


def remembered_columns(listing: Listing) -> tuple[str, ...]:
    """What this person chose for this view, in this browser."""
    kept = session.get(COLUMNS_KEY, {})
    names = (listing.entity.name, *listing.entity.was)
    return tuple(next((kept[key] for name in names if (key := f"{name}.{listing.view.name}") in kept), ()))


def remember_columns(listing: Listing, names: tuple[str, ...]) -> None:
    """No names: back to the view's own."""
    kept: dict[str, list[str]] = dict(session.get(COLUMNS_KEY, {}))
    kept.pop(_key(listing), None)
    if names:
        kept[_key(listing)] = list(names)
    session[COLUMNS_KEY] = dict(list(kept.items())[-MOST_REMEMBERED:])


def _key(listing: Listing) -> str:
    return f"{listing.entity.name}.{listing.view.name}"


def _is_searched(place: Place | None) -> bool:
    return place is not None and place.field.target is None and place.type.expression_type().kind in _SEARCHED
