"""In charge of the first page after signing in: where to go on, with figures of what the person may see."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, Response

from tenon.http import Asking, asking
from tenon.query import Count, Query
from tenon.texts import Text
from tenon.web.pages import page
from tenon.web.today import today_of

MOST_TILES = 8
CAP = 1000


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A view that is worth a look, with how many records it has now."""

    label: Text
    entity: Text
    icon: str
    address: str
    count: Count


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/", "home", home)


def home() -> Response:
    known = asking()
    with known.reading() as unit:
        tiles = [
            Tile(
                label=label,
                entity=known.model.entity(entity).plural,
                icon=known.model.entity(entity).icon,
                address=address,
                count=known.reader.count(unit, known.access, Query(entity=entity, where=where), cap=CAP),
            )
            for entity, label, address, where in list(_worthwhile(known))[:MOST_TILES]
        ]
        today = today_of(known, unit)
    hour = known.workspace.now().hour
    return page("home.html", tiles=tiles, today=today, name=known.actor.name, hour=hour)


def _worthwhile(known: Asking) -> Iterator[tuple[str, Text, str, str | None]]:
    """The named filters of the entity the workspace calls home, then each entity of the navigation as a whole."""
    home = known.model.workspace.home
    if home is not None and home in known.model.entities and known.access.can(home, "read"):
        view = next(iter(known.model.entity(home).views.values()), None)
        for chosen in list(view.filters.values() if view is not None else ())[:4]:
            yield home, chosen.label, f"/{home}?filter={chosen.name}", chosen.where.text
    seen: set[str] = set()
    for group in known.model.navigation.values():
        for item in group.items.values():
            if item.entity not in seen and known.access.can(item.entity, "read"):
                seen.add(item.entity)
                yield item.entity, known.model.entity(item.entity).plural, f"/{item.entity}", None
