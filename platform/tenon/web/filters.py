"""In charge of the panel in which people narrow a list: rows to choose from, or the expression itself."""

import re
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request

from tenon.errors import BadRequest, Detail, InvalidInput
from tenon.fields import FieldType, Reference
from tenon.http import asking
from tenon.model import Field
from tenon.texts import say
from tenon.web.controls import Controls
from tenon.web.entities import Place, place_of, places_beyond, places_of
from tenon.web.filter_rows import (
    MOST_ROWS,
    Condition,
    Group,
    Join,
    Rows,
    operand_type,
    operator_of,
    read_rows,
    write_rows,
)
from tenon.web.form_layouts import controls_of
from tenon.web.listing import Listing, listing_of
from tenon.web.pages import fragment
from tenon.web.summaries import Titles, titles_of
from tenon.web.travel import travel

_NAMED = re.compile(r"row\.(\d{1,3})\.(\d{1,3})\.field")
LONGEST = 4000


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/-/filter", "filter", panel)
    blueprint.add_url_rule("/<entity>/-/filter/row", "filter_row", row)
    blueprint.add_url_rule("/<entity>/-/filter/apply", "filter_apply", apply)


def panel(entity: str) -> Response:
    listing = listing_of(asking(), entity)
    rows = read_rows(listing.where, listing.known.access, entity)
    return _panel(listing, rows, listing.where)


def row(entity: str) -> Response:
    """One row anew, for another field or operator; or a fresh one."""
    listing = listing_of(asking(), entity)
    group, index = _number("group"), _number("index")
    prefix = f"row.{group}.{index}."
    name = request.args.get(f"{prefix}field", "") or _first(listing)
    condition = Condition(
        name=name,
        operator=request.args.get(f"{prefix}operator", ""),
        values=tuple(request.args.getlist(f"{prefix}value")),
    )
    return fragment(
        "lists/filter_row.html",
        listing=listing,
        fields=_fields(listing),
        row=_row(listing, condition, group, index, {}, {}),
    )


def apply(entity: str) -> Response:
    """To the list with the new condition; the panel again when it cannot be understood."""
    listing = listing_of(asking(), entity)
    if request.args.get("mode") == "text":
        text = request.args.get("expression", "").strip()[:LONGEST]
        try:
            _check(listing, text)
        except BadRequest as refusal:
            return _panel(listing, None, text, refusal=refusal, status=422)
        return travel(listing.address(where=text))
    rows = _sent(listing)
    try:
        text = write_rows(rows, listing.known.access, entity)
    except InvalidInput as refusal:
        return _panel(listing, rows, listing.where, problems=refusal.details, status=422)
    return travel(listing.address(where=text))


def _check(listing: Listing, text: str) -> None:
    """Raises ExpressionError with a hint, or BadRequest when it is no condition."""
    if not text:
        return
    known = listing.known
    expression = known.reader.understanding.expression(known.access.shape, listing.entity.name, text)
    if expression.type.kind not in ("boolean", "null"):
        raise BadRequest(say("A filter must be a condition.", "筛选必须是条件。"))


def _panel(
    listing: Listing,
    rows: Rows | None,
    text: str,
    *,
    refusal: BadRequest | None = None,
    problems: Any = (),
    status: int = 200,
) -> Response:
    """`rows` None: only the expert's box can show it."""
    errors = {problem.path: problem for problem in problems}
    shown = rows or Rows()
    titles = titles_of(listing, shown)
    groups = [
        {
            "index": place,
            "join": group.join,
            "rows": [_row(listing, one, place, index, titles, errors) for index, one in enumerate(group.conditions)],
        }
        for place, group in enumerate(shown.groups)
    ] or [
        {
            "index": 0,
            "join": "and",
            "rows": [_row(listing, Condition(name=_first(listing), operator=""), 0, 0, titles, {})],
        }
    ]
    return fragment(
        "lists/filter.html",
        status,
        listing=listing,
        groups=groups,
        join=shown.join,
        fields=_fields(listing),
        expression=text,
        by_text=rows is None,
        refusal=refusal,
        most=MOST_ROWS,
    )


def _row(
    listing: Listing,
    condition: Condition,
    group: int,
    index: int,
    titles: Titles,
    errors: dict[str, Detail],
) -> dict[str, Any]:
    place = place_of(listing.known.access, listing.entity.name, condition.name)
    if place is None:
        place = places_of(listing.known.access, listing.entity.name)[0]
    operator = operator_of(place.type, condition.operator)
    prefix = f"row.{group}.{index}."
    problem = errors.get(f"{group}.{index}")
    return {
        "prefix": prefix,
        "group": group,
        "index": index,
        "place": place,
        "operator": operator.name,
        "operators": place.type.operators,
        "inputs": _inputs(listing, place, operator.name, condition.values, f"{prefix}value", titles),
        "several": operator.takes == "many",
        "error": None if problem is None else problem.message,
    }


def _inputs(
    listing: Listing, place: Place, name: str, values: tuple[str, ...], input_name: str, titles: Titles
) -> list[Any]:
    operator = operator_of(place.type, name)
    kind = operand_type(place.type, operator)
    count = {"none": 0, "one": 1, "count": 1, "two": 2}.get(operator.takes, max(len(values) + 1, 2))
    field = place.field if kind is place.type else _as(place, kind)
    controls: Controls = controls_of(listing.known, place.field.entity, prefix="filter")
    texts = [values[index] if index < len(values) else None for index in range(count)]
    shown = [_shown(kind, text, titles) for text in texts]
    return [controls.filter(field, value, name=input_name) for value in shown]


def _shown(kind: FieldType, text: str | None, titles: Titles) -> Any:
    """What a look-up's input holds is told by its title."""
    if text and kind.entities is not None:
        return titles.get(text) or text
    if not text or not (kind.target or kind.members):
        return text
    found = titles.get(text)
    return Reference(text, found if isinstance(found, str) else None)


def _as(place: Place, kind: FieldType) -> Field:
    """The field, asked for values of another type: the day of a moment, a number of days."""
    return replace(place.field, type=kind)


def _fields(listing: Listing) -> list[tuple[str, list[Place]]]:
    """Own fields first, then those one look-up further, by the look-up's label."""
    access, name, language = listing.known.access, listing.entity.name, listing.known.language
    own = (listing.entity.label.in_(language), places_of(access, name))
    beyond = [(through.label.in_(language), inner) for through, inner in places_beyond(access, name)]
    return [own, *beyond]


def _first(listing: Listing) -> str:
    return listing.columns[0].name


def _sent(listing: Listing) -> Rows:
    found: dict[int, list[tuple[int, Condition]]] = {}
    for key in request.args:
        match = _NAMED.fullmatch(key)
        if match:
            group, index = int(match[1]), int(match[2])
            prefix = f"row.{group}.{index}."
            condition = Condition(
                name=request.args[key],
                operator=request.args.get(f"{prefix}operator", ""),
                values=tuple(request.args.getlist(f"{prefix}value")),
            )
            found.setdefault(group, []).append((index, condition))
    groups = [
        Group(join=_join(f"join.{group}"), conditions=tuple(one for _, one in sorted(rows, key=lambda pair: pair[0])))
        for group, rows in sorted(found.items())
    ]
    return Rows(join=_join("join"), groups=tuple(groups))


def _join(name: str) -> Join:
    return "or" if request.args.get(name) == "or" else "and"


def _number(name: str) -> int:
    text = request.args.get(name, "0")
    return int(text) if text.isdecimal() and len(text) < 4 else 0
