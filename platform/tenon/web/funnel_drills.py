"""In charge of the way from a number of the funnel to the list of exactly the records it counts."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from tenon.fields import Money, literal
from tenon.insight import Figures, Group, Line
from tenon.insight.stages import both, over_where, standing_where
from tenon.model import View
from tenon.query import Kind, Loss, Passed
from tenon.web.entities import Place, place_of
from tenon.web.frame import display_of
from tenon.web.funnel_words import reason_text
from tenon.web.listing import Listing


@dataclass(frozen=True)
class Drills:
    """Addresses. None where no list can say it."""

    listing: Listing
    figures: Figures

    def records(self, line: Line, kind: Kind, group: Group | None = None) -> str | None:
        passed = Passed(
            pipeline=self.figures.pipeline.name, stage=line.stage.name, kind=kind, window=self.figures.request.window
        )
        return self._list(self._of_group(group), passed)

    def standing(self, line: Line, group: Group | None = None) -> str | None:
        """Records that are in the stage now."""
        here = standing_where(self.figures.entity, self.figures.pipeline, line.stage.name)
        return self._list(both(here, self._of_group(group)))

    def over(self, line: Line) -> str | None:
        if line.now.over_since is None:
            return None
        here = standing_where(self.figures.entity, self.figures.pipeline)
        return self._list(both(here, over_where(line.stage.name, line.now.over_since)))

    def lost(self, loss: Loss) -> str | None:
        where, field = None, self.figures.reason
        if field is not None:
            where = f"is_blank({field})" if loss.reason is None else f"{field} == {literal(loss.reason)}"
        elif loss.reason is None:
            return None
        passed = Passed(
            pipeline=self.figures.pipeline.name,
            stage=loss.stage,
            kind="ended",
            window=self.figures.request.window,
            reason=loss.reason if field is None else None,
        )
        return self._list(where, passed)

    def reason(self, loss: Loss) -> str:
        """The label of why; "" where nothing is known."""
        known = self.listing.known
        if loss.reason is None:
            return ""
        if self.figures.reason is None:
            return reason_text(known, self.figures.entity, self.figures.pipeline.name, loss.reason)
        kind = self.figures.entity.fields[self.figures.reason].type
        return kind.show(kind.parse(loss.reason), display_of(known))

    def group(self, group: Group) -> str:
        """The label of a value that is compared by; "" for none."""
        place, key = self._place, group.key
        if key is None or place is None:
            return ""
        if isinstance(key, dict) and "title" in key:
            return str(key["title"] or "…")
        return place.type.show(place.type.parse(key), display_of(self.listing.known))

    def money(self, value: Any) -> str:
        """A sum without cents."""
        name, access = self.figures.total, self.listing.known.access
        place = place_of(access, self.figures.entity.name, name) if name is not None else None
        if place is None or value is None:
            return ""
        parsed = place.type.parse(value)
        if isinstance(parsed, Money):
            parsed = Money(parsed.amount.quantize(1), parsed.currency)
        return place.type.show(parsed, display_of(self.listing.known)).removesuffix(".00")

    @cached_property
    def _place(self) -> Place | None:
        name = self.figures.request.group
        return None if name is None else place_of(self.listing.known.access, self.figures.entity.name, name)

    def _of_group(self, group: Group | None) -> str | None:
        name = self.figures.request.group
        if group is None or name is None:
            return None
        key = group.key
        if key is None:
            return f"is_blank({name})"
        if isinstance(key, dict):
            return "false" if key.get("id") is None else f"{name} == {literal(str(key['id']))}"
        return f"{name} == {literal(key)}"

    @cached_property
    def _plain(self) -> View | None:
        """The table to show them in: the list's own, else one that shows every record."""
        views = (view for view in self.listing.views if view.type == "table" and view.where is None)
        return self.listing.view if self.listing.view.type == "table" else next(views, None)

    def _list(self, where: str | None, passed: Passed | None = None) -> str:
        """In a table; with the list's own condition in words where its view is no table."""
        listing, view = self.listing, self._plain
        if view is not None and view is not listing.view:
            whole = both(listing.condition(), where) or ""
            place = replace(listing, view=view, named=(), text="", where=whole, pipeline="", passed=passed)
            return place.address()
        pipeline = "" if listing.view.type == "table" else listing.pipeline
        return listing.address(where=both(listing.where, where) or "", passed=passed, pipeline=pipeline)
