"""In charge of finding from anywhere: the command palette, and the page of search results."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, request, url_for

from tenon.http import Asking, asking
from tenon.web.frame import Place, frame_of
from tenon.web.pages import fragment, page
from tenon.web.words import Words

SHORT, LONG = 4, 20
MOST_LETTERS = 100


@dataclass(frozen=True, kw_only=True)
class Hit:
    label: str
    icon: str
    address: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Hits:
    """Hits of one kind under a heading."""

    label: str
    icon: str
    hits: tuple[Hit, ...]
    entity: str = ""


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/-/search", "palette", palette)
    blueprint.add_url_rule("/search", "search", results)


def palette() -> Response:
    """What the palette offers for the letters typed so far: records, then places, then what may be created."""
    known, text = asking(), _text()
    groups = [*_records(known, text, SHORT), *_places(known, text)]
    return fragment("palette.html", groups=groups, text=text)


def results() -> Response:
    known, text = asking(), _text()
    return page("search.html", text=text, groups=list(_records(known, text, LONG)))


def _text() -> str:
    return request.args.get("q", "").strip()[:MOST_LETTERS]


def _records(known: Asking, text: str, limit: int) -> Iterator[Hits]:
    if not text:
        return
    with known.reading() as unit:
        found = known.reader.search(unit, known.access, text, limit)
    by_entity: dict[str, list[Hit]] = {}
    for record in found:
        entity = known.model.entity(record["entity"])
        hit = Hit(
            label=record["title"] or record["id"],
            icon=entity.icon,
            address=f"/{entity.name}/{record['id']}",
            hint=entity.label.in_(known.language),
        )
        by_entity.setdefault(entity.name, []).append(hit)
    for name, hits in sorted(by_entity.items(), key=lambda found: _place(known, found[0])):
        entity = known.model.entity(name)
        yield Hits(label=entity.plural.in_(known.language), icon=entity.icon, hits=tuple(hits), entity=name)


def _place(known: Asking, entity: str) -> int:
    """As the navigation orders entities; those without a place in it come last."""
    order = [item.entity for group in known.model.navigation.values() for item in group.items.values()]
    return order.index(entity) if entity in order else len(order)


def _places(known: Asking, text: str) -> Iterator[Hits]:
    """Pages and actions whose words contain what was typed; all of them before anything was."""
    word = Words.of(known.model, known.language)
    frame = frame_of(known)
    created = [_hit(place, word("palette.new", entity=place.label), "plus") for place in frame.creatable]
    pages = [_hit(place, place.label, place.icon) for group in frame.groups for place in group.places]
    pages.append(Hit(label=word("frame.settings"), icon="settings", address=url_for("web.personal")))
    for label, icon, hits in ((word("palette.pages"), "layout", pages), (word("palette.actions"), "bolt", created)):
        fitting = tuple(hit for hit in hits if text.casefold() in hit.label.casefold())
        if fitting:
            yield Hits(label=label, icon=icon, hits=fitting)


def _hit(place: Place, label: str, icon: str) -> Hit:
    return Hit(label=label, icon=icon, address=place.address)
