"""In charge of values as they stand in tables and on cards: one writer per field, made once per page, safe HTML out.

A macro per cell would cost more than the query; these are plain functions with the labels looked up beforehand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_time
from markupsafe import Markup, escape

from tenon.fields import AnyRecord, Display, FieldType, Option, Reference
from tenon.fields.encrypted import DOTS
from tenon.fields.locales import locale_of, zone_of
from tenon.fields.rating import EMPTY, FULL
from tenon.model import Field
from tenon.query import MASKED
from tenon.texts import Text
from tenon.web.assets import icon
from tenon.web.colors import color_class
from tenon.web.words import Words

Writer = Callable[[Any], str]
MASK = "•••"
NOTHING = Markup('<span class="nothing"></span>')
NUMBERS = frozenset({"integer", "decimal", "money", "percent", "duration"})
MOST_LETTERS = 120
TINTS = ("blue", "purple", "teal", "orange", "pink", "indigo", "cyan", "green")


@dataclass(frozen=True, kw_only=True)
class Showing:
    """To whom cells are shown. `address` makes a link to a record from entity and id."""

    display: Display
    word: Words

    def address(self, entity: str, identity: str) -> str:
        return f"/{entity}/{identity}"


def cell_writer(field: Field, showing: Showing) -> Writer:
    """A function from the engine's value (look-ups as `Reference`) to escaped HTML; None gives a quiet dash."""
    type_ = result_type(field.type)
    make = _MAKERS.get(type_.widget, _plain)
    write = make(type_, showing)
    return lambda value: NOTHING if value is None else write(value)


def written(record: Mapping[str, Any], name: str, write: Writer, showing: Showing) -> str:
    """The value of a record under a name; what a pool masks before the claim says so, and nothing else of itself."""
    return masked(showing) if name in record.get(MASKED, ()) else write(record[name])


def masked(showing: Showing) -> Markup:
    reason = showing.word("pool.masked")
    return Markup('<span class="masked" title="{0}">{1}<span class="visually-hidden"> {0}</span></span>').format(
        reason, MASK
    )


def result_type(type_: FieldType) -> FieldType:
    """Of a computed field the type of its result, else the type itself."""
    return getattr(type_, "of", None) or type_


def is_number(field: Field) -> bool:
    """Whether its column is flush right."""
    return field.type.widget in NUMBERS


def tag(option: Option, language: str) -> Markup:
    """An option as a coloured label."""
    made = Markup('<span class="tag {}">{}</span>')
    return made.format(color_class(option.color or "gray"), option.label.in_(language))


def person(name: str) -> Markup:
    """A person's initial on a colour of his own, and the name."""
    tint = TINTS[sum(map(ord, name)) % len(TINTS)]
    return Markup('<span class="who c-{}"><i aria-hidden="true">{}</i>{}</span>').format(tint, name[:1].upper(), name)


def _plain(type_: FieldType, showing: Showing) -> Writer:
    """What the type shows, cut where a table would; equal values are written once."""
    display = showing.display

    @lru_cache(maxsize=512)
    def write(value: Any) -> str:
        shown = type_.show(value, display)
        return escape(shown if len(shown) <= MOST_LETTERS else shown[:MOST_LETTERS] + "…")

    return write


def _percent(type_: FieldType, showing: Showing) -> Writer:
    shown = _plain(type_, showing)
    bar = Markup(
        '<span class="percent">{}<progress class="bar" max="100" value="{}" aria-hidden="true"></progress></span>'
    )
    return lambda value: bar.format(shown(value), min(max(value, 0), 100))


def _boolean(type_: FieldType, showing: Showing) -> Writer:
    words = {truth: type_.show(truth, showing.display) for truth in (True, False)}
    yes = Markup('<span class="yes" title="{0}">{1}<span class="visually-hidden">{0}</span></span>')
    no = Markup('<span class="quiet">{}</span>').format(words[False])
    made = yes.format(words[True], icon("check"))
    return lambda value: made if value else no


def _choice(type_: FieldType, showing: Showing) -> Writer:
    known = _tags(type_, showing)
    return lambda value: known.get(value) or escape(value)


def _several(type_: FieldType, showing: Showing) -> Writer:
    known = _tags(type_, showing)
    inner = Markup('<span class="tags">{}</span>')

    def write(values: Any) -> str:
        tags = Markup("").join(known.get(value) or escape(value) for value in values)
        return inner.format(tags) if values else NOTHING

    return write


def _words(type_: FieldType, showing: Showing) -> Writer:
    inner, each = Markup('<span class="tags">{}</span>'), Markup('<span class="tag plain">{}</span>')

    def write(values: Any) -> str:
        return inner.format(Markup("").join(each.format(value) for value in values)) if values else NOTHING

    return write


def _tags(type_: FieldType, showing: Showing) -> Mapping[str, Markup]:
    return {option.key: tag(option, showing.display.language) for option in type_.settings.options}


def _lookup(type_: FieldType, showing: Showing) -> Writer:
    return _reference(type_, showing, escape)


def _records(type_: FieldType, showing: Showing) -> Writer:
    """Links beside each other; of those the reader may not see, one lock with their number."""
    inner, each = Markup('<span class="tags">{}</span>'), Markup('<span class="tag plain">{}</span>')
    target = type_.members or ""
    link = Markup('<a href="{}">{}</a>')
    hidden = Markup('<span class="hidden-record">{}{}</span>')

    def write(values: Any) -> str:
        known = [value if isinstance(value, Reference) else Reference(value, None) for value in values]
        seen = [(found.id, found.title) for found in known if found.id is not None]
        links = [each.format(link.format(showing.address(target, key), title or key[:8])) for key, title in seen]
        if len(seen) < len(known):
            more = showing.word("value.hidden_records", count=len(known) - len(seen))
            links.append(hidden.format(icon("lock"), more))
        return inner.format(Markup("").join(links)) if links else NOTHING

    return write


def _any_record(type_: FieldType, showing: Showing) -> Writer:
    """As a look-up's; the address says of which entity it is."""
    link = Markup('<a href="{}">{}</a>')
    hidden = Markup('<span class="hidden-record">{}{}</span>').format(icon("lock"), showing.word("value.hidden"))

    def write(value: Any) -> str:
        if not isinstance(value, AnyRecord):
            return escape(value)
        if value.id is None:
            return hidden
        return link.format(showing.address(value.entity or "", value.id), value.title or value.id[:8])

    return write


def _user(type_: FieldType, showing: Showing) -> Writer:
    return _reference(type_, showing, person)


def _reference(type_: FieldType, showing: Showing, inner: Callable[[str], Markup]) -> Writer:
    """A link to the record; a lock for one the reader may not see."""
    link = Markup('<a href="{}">{}</a>')
    hidden = Markup('<span class="hidden-record">{}{}</span>').format(icon("lock"), showing.word("value.hidden"))
    target = type_.target or ""

    def write(value: Any) -> str:
        known = value if isinstance(value, Reference) else Reference(value, None)
        if known.id is None:
            return hidden
        return link.format(showing.address(target, known.id), inner(known.title or known.id[:8]))

    return write


def _file(type_: FieldType, showing: Showing) -> Writer:
    return _reference(type_, showing, lambda title: icon("paperclip") + " " + escape(title))


def _datetime(type_: FieldType, showing: Showing) -> Writer:
    """To the minute; the second is in the tooltip."""
    made = Markup('<time datetime="{}" title="{}">{} {}</time>')
    exact = _plain(type_, showing)
    zone, locale = zone_of(showing.display.timezone), locale_of(showing.display.language)

    def write(value: datetime) -> str:
        here = value.astimezone(zone)
        day, hour = format_date(here, locale=locale), format_time(here, "short", locale=locale)
        return made.format(value.isoformat(), exact(value), day, hour)

    return write


def _email(type_: FieldType, showing: Showing) -> Writer:
    link = Markup('<a href="mailto:{0}">{0}</a>')
    return link.format


def _phone(type_: FieldType, showing: Showing) -> Writer:
    link = Markup('<a href="tel:{}">{}</a>')
    shown = _plain(type_, showing)
    return lambda value: link.format(value, shown(value))


def _url(type_: FieldType, showing: Showing) -> Writer:
    link = Markup('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>')
    return lambda value: link.format(value, value.split("://", 1)[-1].removesuffix("/")[:60])


def _rating(type_: FieldType, showing: Showing) -> Writer:
    """Stars; screen readers are told the number."""
    most = getattr(type_, "most", 5)
    made = Markup('<span class="stars" role="img" aria-label="{}"><b>{}</b>{}</span>')

    def write(value: int) -> str:
        said = showing.word("value.stars", count=value, most=most)
        return made.format(said, FULL * value, EMPTY * (most - value))

    return write


def _color(type_: FieldType, showing: Showing) -> Writer:
    """The colour stands in an attribute of a drawing: pages may not carry styles of their own."""
    made = Markup(
        '<span class="color-value"><svg class="swatch" viewBox="0 0 16 16" aria-hidden="true">'
        '<circle cx="8" cy="8" r="7.5" fill="{0}"/></svg>{0}</span>'
    )
    return made.format


def _encrypted(type_: FieldType, showing: Showing) -> Writer:
    made = Markup('<span class="secret-dots" title="{0}">{1}<span aria-hidden="true">{2}</span>{3}</span>').format(
        word := showing.word("value.secret"),
        icon("lock"),
        DOTS,
        Markup('<span class="visually-hidden">{}</span>').format(word),
    )
    return lambda value: made


def _checklist(type_: FieldType, showing: Showing) -> Writer:
    made = Markup(
        '<span class="percent" title="{0}"><span class="visually-hidden">{0}</span>'
        '<span aria-hidden="true">{1}/{2}</span>'
        '<progress class="bar" max="{2}" value="{1}" aria-hidden="true"></progress></span>'
    )

    def write(steps: Any) -> str:
        done, total = sum(step.done for step in steps), len(steps)
        return made.format(showing.word("value.steps", done=done, total=total), done, total) if steps else NOTHING

    return write


def _json(type_: FieldType, showing: Showing) -> Writer:
    made = Markup('<code class="document-line">{}</code>')
    plain = _plain(type_, showing)
    return lambda value: made.format(plain(value))


def _geo_point(type_: FieldType, showing: Showing) -> Writer:
    """A link that opens a map."""
    made = Markup('<a class="map-link" href="{}" rel="noopener noreferrer" target="_blank" title="{}">{}{}</a>')
    link: Callable[[Any], str] = getattr(type_, "link", str)

    def write(value: Any) -> str:
        shown = type_.show(value, showing.display)
        return made.format(link(value), showing.word("value.map", place=shown), icon("map-pin"), shown)

    return write


def _signature(type_: FieldType, showing: Showing) -> Writer:
    drawn = Markup(
        '<span class="signed" title="{}"><svg class="strokes" viewBox="0 0 600 200" role="img" aria-label="{}">'
        '<path d="{}"/></svg></span>'
    )
    typed = Markup('<span class="typed-hand" title="{}">{}</span>')

    def write(value: Any) -> str:
        said = type_.show(value, showing.display)
        if value.path:
            return drawn.format(said, showing.word("value.signed"), value.path)
        return typed.format(said, value.typed or said)

    return write


def _image(type_: FieldType, showing: Showing) -> Writer:
    """Small, and a link to the whole picture."""
    made = Markup('<a class="thumbnail" href="{0}" title="{1}"><img src="{0}" alt="{1}" loading="lazy"></a>')
    hidden = _file(type_, showing)

    def write(value: Any) -> str:
        known = value if isinstance(value, Reference) else Reference(value, None)
        return (
            hidden(known)
            if known.id is None
            else made.format(picture_address(known.id), known.title or showing.word("value.picture"))
        )

    return write


def picture_address(identity: str) -> str:
    """Where the bytes of a file are; whoever may not see its record gets nothing there."""
    return f"/api/v1/files/{identity}"


_MAKERS: Mapping[str, Callable[[FieldType, Showing], Writer]] = {
    "percent": _percent,
    "boolean": _boolean,
    "choice": _choice,
    "stage": _choice,
    "multi_choice": _several,
    "tags": _words,
    "lookup": _lookup,
    "multi_lookup": _records,
    "any_record": _any_record,
    "user": _user,
    "file": _file,
    "datetime": _datetime,
    "email": _email,
    "phone": _phone,
    "url": _url,
    "rating": _rating,
    "color": _color,
    "encrypted": _encrypted,
    "checklist": _checklist,
    "json": _json,
    "geo_point": _geo_point,
    "signature": _signature,
    "image": _image,
}


def label_of(field: Field, showing: Showing, override: Text | None = None) -> str:
    return (override or field.label).in_(showing.display.language)
