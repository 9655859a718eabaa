"""In charge of what a new record begins with: declared defaults, and values that follow a chosen record."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

from tenon.database import UnitOfWork
from tenon.errors import NotFound
from tenon.expressions import Expression, Path
from tenon.fields import AnyRecord, Display, FieldType, InvalidValue, Money, Reference
from tenon.http import Asking, asking
from tenon.model import Entity, Field
from tenon.web.controls import input_text
from tenon.web.entities import entity_of
from tenon.web.evaluation import evaluate, is_at_hand, with_stage
from tenon.web.frame import display_of


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/-/defaults", "defaults", defaults)


def defaults(entity: str) -> Response:
    """JSON: what fields get by default once `field` points to the record `id`; name → {text, title, currency}."""
    known = asking()
    found = entity_of(known, entity, "create")
    name, chosen = request.args.get("field", ""), request.args.get("id", "")
    with known.reading() as unit:
        values = following(known, unit, found, name, chosen)
        values = named(known, unit, found, values)
    display = display_of(known)
    return jsonify({key: _sent(found.fields[key].type, value, display) for key, value in values.items()})


def begin(known: Asking, unit: UnitOfWork, entity: Entity, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a new form: those given, and the defaults of the others he may fill in; look-ups with titles."""
    values: dict[str, Any] = dict.fromkeys(entity.fields) | dict(given)
    for field, default in defaulted(known, entity):
        record = with_stage(entity, values)
        if field.name not in given and is_at_hand(default, record):
            result = evaluate(known, unit, default, record, is_new=True)
            values[field.name] = _given(field, default, result)
    for name in list(given):
        if entity.fields[name].target is not None and given[name] is not None:
            more = following(known, unit, entity, name, str(given[name]))
            values |= {key: value for key, value in more.items() if values.get(key) is None}
    return named(known, unit, entity, values)


def _given(field: Field, default: Expression, result: Any) -> Any:
    """What a default came to. Of a record pages know the id alone, and the expression its entity."""
    shape = default.type.record
    if result is None or field.entities is None or shape is None:
        return None if result is None else field.type.from_expression(result)
    identity = result.get("id") if isinstance(result, Mapping) else getattr(result, "id", result)
    return None if identity is None else AnyRecord(identity, shape.name)


def defaulted(known: Asking, entity: Entity) -> list[tuple[Field, Expression]]:
    """Fields with a default that he may fill in."""
    fields = (entity.fields[name] for name in known.access.writable_fields(entity.name, "create"))
    return [(field, field.default) for field in fields if field.default is not None]


def leading(known: Asking, entity: Entity) -> list[str]:
    """The look-ups that other fields' defaults read through."""
    paths = [path for _field, default in defaulted(known, entity) for path in default.dependencies]
    return sorted({path[0] for path in paths if len(path) > 1 and path[0] in entity.fields and path[0] != "stage"})


def following(known: Asking, unit: UnitOfWork, entity: Entity, name: str, chosen: str) -> dict[str, Any]:
    """Defaults that read through the look-up `name`, once it points to `chosen`, as far as he may read that."""
    target = entity.fields[name].target if name in entity.fields else None
    fields = [(field, default) for field, default in defaulted(known, entity) if _through(default, name)]
    paths = {path for _field, default in fields for path in _through(default, name)}
    if target is None or not known.access.can(target, "read") or any(len(path) != 2 for path in paths):
        return {}
    readable = [path[1] for path in paths if path[1] in known.access.readable_fields(target)]
    if not readable:
        return {}
    try:
        record = known.reader.one(unit, known.access, target, chosen, select=readable, form="values")
    except NotFound:
        return {}
    values = with_stage(entity, {f"{name}.{key}": value for key, value in record.items()} | {name: chosen})
    found: dict[str, Any] = {}
    for field, default in fields:
        if is_at_hand(default, values):
            result = evaluate(known, unit, default, values, is_new=True)
            found[field.name] = _given(field, default, result)
    return found


def named(known: Asking, unit: UnitOfWork, entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same with look-ups as references that have titles; one statement for each entity pointed to."""
    wanted: dict[str, list[str]] = {}
    led = _led_to(known, unit, [value for value in values.values() if isinstance(value, AnyRecord)])
    values = {name: led.get(value) if isinstance(value, AnyRecord) else value for name, value in values.items()}
    for name, value in values.items():
        target = entity.fields[name].leads_to if name in entity.fields else None
        if target is not None and isinstance(value, (str, list)):
            wanted.setdefault(target, []).extend(_ids(value))
    titles = {target: _titles(known, unit, target, ids) for target, ids in wanted.items()}
    return {name: _named(entity.fields.get(name), value, titles) for name, value in values.items()}


def _led_to(known: Asking, unit: UnitOfWork, values: list[AnyRecord]) -> dict[AnyRecord, AnyRecord]:
    """Look-ups of any record that have no title yet; those that nobody knows the entity of are not shown."""
    bare = [value for value in values if value.title is None and value.entity is not None]
    shown = {value: value for value in values if value.title is not None or value.id is None}
    return {**(known.reader.led_to(unit, known.access, bare) if bare else {}), **shown}


def _titles(known: Asking, unit: UnitOfWork, target: str, ids: list[str]) -> Mapping[str, str | None]:
    if target == "user" and set(ids) == {known.actor.id}:
        return {ids[0]: known.actor.name}
    return known.reader.titles(unit, known.access, target, ids)


def _named(field: Field | None, value: Any, titles: Mapping[str, Mapping[str, str | None]]) -> Any:
    if field is None or field.leads_to is None or not isinstance(value, (str, list)):
        return value
    known = titles[field.leads_to]
    references = [Reference(each, known.get(each)) for each in _ids(value)]
    return references if isinstance(value, list) else references[0]


def _ids(value: str | list[Any]) -> list[str]:
    """Of a look-up the one, of a list of records all that are not named yet."""
    return [value] if isinstance(value, str) else [each for each in value if isinstance(each, str)]


def given_by_address(known: Asking, entity: Entity) -> dict[str, Any]:
    """Values named in the address (`?account=…`), of fields he may fill in; what cannot be read is left out."""
    found: dict[str, Any] = {}
    for name in known.access.writable_fields(entity.name, "create"):
        if name not in request.args:
            continue
        try:
            found[name] = entity.fields[name].type.parse_local(request.args[name], known.actor.timezone)
        except InvalidValue:
            continue
    return found


def _through(default: Expression, name: str) -> list[Path]:
    """The paths of a default that lead through the look-up `name`."""
    return [path for path in default.dependencies if path[0] == name and len(path) > 1]


def _sent(kind: FieldType, value: Any, display: Display) -> dict[str, str]:
    if isinstance(value, Reference):
        return {"text": value.id or "", "title": value.title or ""}
    if isinstance(value, AnyRecord):
        return {"text": value.key, "title": value.title or ""}
    sent = {"text": input_text(value, display)}
    return {**sent, "currency": value.currency} if isinstance(value, Money) else sent
