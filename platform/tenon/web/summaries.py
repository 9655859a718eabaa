"""In charge of saying in words what a list is narrowed to: a chip for each condition, which takes it away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tenon.fields import AnyRecord, Display, FieldType
from tenon.fields.base import InvalidValue
from tenon.query import Passed
from tenon.web.entities import Place, place_of
from tenon.web.filter_rows import Condition, Group, Rows, operand_type, operator_of, read_rows, write_rows
from tenon.web.frame import display_of
from tenon.web.funnel_words import passed_text
from tenon.web.listing import Listing

Titles = Mapping[str, str | AnyRecord | None]
"""By what the condition holds; of look-ups of any record what they lead to."""


@dataclass(frozen=True, kw_only=True)
class Chip:
    """`without` is the address of the list without this condition."""

    text: str
    without: str
    exact: bool = True
    """False for an expression that rows cannot say."""


def chips_of(listing: Listing) -> list[Chip]:
    """For the person's own condition; named filters have buttons of their own. At most one statement for each
    entity that look-ups in the condition point to."""
    own = [] if listing.passed is None else [_figure(listing, listing.passed)]
    return [*own, *_conditions(listing)]


def _figure(listing: Listing, passed: Passed) -> Chip:
    """A number of the funnel."""
    return Chip(text=passed_text(listing.known, listing.entity, passed), without=listing.address(passed=None))


def _conditions(listing: Listing) -> list[Chip]:
    if not listing.where:
        return []
    access, name = listing.known.access, listing.entity.name
    rows = read_rows(listing.where, access, name)
    if (
        rows is None
        or rows.join == "or"
        or any(group.join == "or" and len(group.conditions) > 1 for group in rows.groups)
    ):
        return [Chip(text=listing.where, without=listing.address(where=""), exact=False)]
    titles = titles_of(listing, rows)
    display = display_of(listing.known)
    return [
        Chip(
            text=_said(listing, condition, titles, display),
            without=listing.address(where=_without(listing, rows, condition)),
        )
        for condition in rows
    ]


def _without(listing: Listing, rows: Rows, gone: Condition) -> str:
    groups = [
        replace(group, conditions=tuple(found for found in group.conditions if found is not gone))
        for group in rows.groups
    ]
    kept: Sequence[Group] = [group for group in groups if group.conditions]
    return write_rows(replace(rows, groups=tuple(kept)), listing.known.access, listing.entity.name)


def _said(listing: Listing, condition: Condition, titles: Titles, display: Display) -> str:
    place = place_of(listing.known.access, listing.entity.name, condition.name)
    if place is None:
        return condition.name
    operator = operator_of(place.type, condition.operator)
    kind = operand_type(place.type, operator)
    shown = [_shown(kind, text, titles, display) for text in condition.values]
    label, words = place.label.in_(display.language), operator.label.in_(display.language)
    if "…" in words and shown:
        return f"{label} {words.replace('…', shown[0], 1)}"
    joiner = " – " if operator.takes == "two" else ", "
    return " ".join(part for part in (label, words, joiner.join(shown)) if part)


def _shown(kind: FieldType, text: str, titles: Titles, display: Display) -> str:
    if kind.target is not None or kind.members is not None:
        return str(titles.get(text) or "…")
    if kind.entities is not None:
        found = titles.get(text)
        return (found.title or "…") if isinstance(found, AnyRecord) else "…"
    try:
        return kind.show(kind.parse_local(text, display.timezone), display)
    except InvalidValue:
        return text


def titles_of(listing: Listing, rows: Rows) -> dict[str, str | AnyRecord | None]:
    """What the look-ups among the values of a filter point to; one statement for each entity."""
    known, wanted = listing.known, dict[str, list[str]]()
    for condition in rows:
        place: Place | None = place_of(known.access, listing.entity.name, condition.name)
        if place is not None and place.field.leads_to is not None:
            wanted.setdefault(place.field.leads_to, []).extend(condition.values)
    found: dict[str, str | AnyRecord | None] = {}
    among, ids = _any(listing, rows)
    if ids:
        with known.reading() as unit:
            led = known.reader.recognised(unit, known.access, among, [text.rpartition(":")[2] for text in ids])
        found |= {text: led.get(text.rpartition(":")[2]) for text in ids}
    if wanted:
        with known.reading() as unit:
            for entity, ids in wanted.items():
                found |= known.reader.titles(unit, known.access, entity, ids)
    return found


def _any(listing: Listing, rows: Rows) -> tuple[list[str], list[str]]:
    """Of conditions on look-ups of any record: the entities that may be meant, and the values."""
    known = listing.known
    entities: dict[str, None] = {}
    texts: list[str] = []
    for condition in rows:
        place = place_of(known.access, listing.entity.name, condition.name)
        if place is not None and place.field.entities is not None and condition.values:
            entities |= dict.fromkeys(place.field.entities or known.model.entities)
            texts.extend(condition.values)
    return list(entities), texts
