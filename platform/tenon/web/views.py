"""In charge of the views of an entity as one reader meets them: which there are, their columns, filters and order."""

from dataclasses import replace

from tenon.http import Asking
from tenon.model import Entity, Names, SortKey, View, ViewColumn, ViewFilter
from tenon.texts import Text
from tenon.web.entities import Place, place_of, places_of, understands

USUAL_COLUMNS = 7
MOST_COLUMNS = 20


def views_of(known: Asking, entity: Entity) -> list[View]:
    """Those whose own condition he may ask; a plain table when the metadata declares none."""
    met = [
        view for view in entity.views.values() if view.where is None or understands(known, entity.name, view.where.text)
    ]
    return [view for view in met if _is_readable(known, entity, view)] or [_plain(known, entity)]


def view_named(views: list[View], name: str | None) -> View:
    """The view of that name, else the first table, else the first."""
    found = next((view for view in views if view.name == name), None)
    return found or next((view for view in views if view.type == "table"), views[0])


def filters_of(known: Asking, entity: Entity, view: View) -> list[ViewFilter]:
    return [found for found in view.filters.values() if understands(known, entity.name, found.where.text)]


def columns_of(known: Asking, entity: Entity, view: View, chosen: tuple[str, ...] = ()) -> list[Place]:
    """The columns he chose, else the view's; what he may not read is not among them."""
    declared = view.columns or tuple(ViewColumn(path=place.path) for place in _usual(known, entity))
    labels = {".".join(column.path): column.label for column in declared}
    names = chosen or tuple(labels)
    places = [place_of(known.access, entity.name, name) for name in names[:MOST_COLUMNS]]
    found = list({place.name: place for place in places if place is not None}.values())
    if not found:
        found = _usual(known, entity)
    return [_relabelled(place, labels.get(place.name)) for place in found]


def sort_of(known: Asking, entity: Entity, view: View, chosen: str) -> tuple[str, ...]:
    """What the address says, else the view's own order; keys he may not sort by are left out."""
    asked = tuple(key.strip() for key in chosen.split(",") if key.strip()) or tuple(_written(key) for key in view.sort)
    places = [(key, place_of(known.access, entity.name, key.removeprefix("-"))) for key in asked]
    return tuple(
        f"{'-' if key.startswith('-') else ''}{place.name}"
        for key, place in places
        if place is not None and sortable(place)
    )


def sortable(place: Place | None) -> bool:
    return place is not None and place.type.sortable


def _is_readable(known: Asking, entity: Entity, view: View) -> bool:
    """Boards and calendars are nothing without their lanes and dates."""
    if view.type == "calendar":
        return view.starts is not None and place_of(known.access, entity.name, ".".join(view.starts)) is not None
    return view.type != "kanban" or _lanes(known, entity, view)


def _lanes(known: Asking, entity: Entity, view: View) -> bool:
    return view.by is not None and view.by in known.access.readable_fields(entity.name)


def _plain(known: Asking, entity: Entity) -> View:
    columns = tuple(ViewColumn(path=place.path) for place in _usual(known, entity))
    return View(name="all", type="table", label=entity.plural, columns=columns, filters=Names(), sort=_by_title(entity))


def _usual(known: Asking, entity: Entity) -> list[Place]:
    """The title, then what the first form begins with."""
    places = {place.name: place for place in places_of(known.access, entity.name)}
    form = next(iter(entity.forms.values()), None)
    of_form = [name for section in form.sections.values() for name in section.fields] if form is not None else []
    names = dict.fromkeys((entity.title, *of_form, *places))
    return [places[name] for name in names if name in places and places[name].type.widget not in _LONG][:USUAL_COLUMNS]


_LONG = frozenset(("long_text", "rich_text", "file", "image", "json", "signature", "encrypted", "checklist"))


def _by_title(entity: Entity) -> tuple[SortKey, ...]:
    return (SortKey((entity.title,)),) if entity.title in entity.fields else ()


def _written(key: SortKey) -> str:
    return ("-" if key.descending else "") + ".".join(key.path)


def _relabelled(place: Place, label: Text | None) -> Place:
    return place if label is None else replace(place, label=label)
