"""In charge of upsert: create or change the record that has a value in a field, in one call."""

from typing import Any

from tenon.access import Access
from tenon.api import writes
from tenon.api.former import note_names, note_values
from tenon.api.outcomes import Outcome
from tenon.api.parameters import refused
from tenon.api.writes import Values, Wish
from tenon.database import UnitOfWork
from tenon.errors import UnknownName
from tenon.fields import FieldType, InvalidValue
from tenon.http import Asking
from tenon.query import Query
from tenon.texts import say

MOST_MATCHES = 10


def upsert(known: Asking, unit: UnitOfWork, entity: str, field: str, value: str, values: Values, wish: Wish) -> Outcome:
    """Several matches are answered with 300 and the candidates; nothing is changed then."""
    access = known.access
    access.require(entity, "read")
    matches = matching_fields(access, entity)
    called, field = field, access.present_field(entity, field) or field
    if field not in matches:
        raise UnknownName.among(field[:60], matches, where="field")
    literal = _literal(access.model.entities[entity].fields[field].type, field, value)
    query = Query(entity=entity, select=("id",), where=f"{field} == {literal}", limit=MOST_MATCHES)
    found = known.reader.list(unit, access, query).records
    if len(found) > 1:
        return Outcome(
            document={"outcome": "ambiguous", "matches": [_candidate(record) for record in found]}, status=300
        )
    note_names(known, entity, (called,))
    if not found:
        fields = access.model.entities[entity].fields
        named = any(fields.present(name) == field for name in values)
        made = writes.create(known, unit, entity, values if named else {field: value, **values}, wish)
        return _told("created", made)
    saved = known.writer.change(unit, access, entity, found[0]["id"], values, version=None)
    note_values(known, entity, values)
    return _told("changed" if saved.changed else "unchanged", writes.shown(known, unit, entity, saved, wish))


def matching_fields(access: Access, entity: str) -> tuple[str, ...]:
    """Fields by which a record may be meant: readable, stored, and plain enough to stand in an address."""
    fields = access.model.entities[entity].fields
    return tuple(
        name
        for name in access.readable_fields(entity)
        if not fields[name].system
        and fields[name].stored
        and len(fields[name].type.columns()) == 1
        and fields[name].target is None
        and fields[name].type.expression_type().kind in ("text", "number", "choice")
        and fields[name].type.sortable
    )


def _literal(kind: FieldType, name: str, raw: str) -> str:
    try:
        value = kind.parse(raw)
    except InvalidValue as wrong:
        raise refused(name, wrong.message, wrong.code, wrong.hint) from None
    if value is None:
        raise refused(name, say("The value to look for is blank.", "要查找的值为空。"), "blank")
    return kind.literal(value)


def _candidate(record: dict[str, Any]) -> dict[str, Any]:
    return {"id": record["id"], "version": record["version"]}


def _told(outcome: str, saved: Outcome) -> Outcome:
    document = {"outcome": outcome, "record": saved.document}
    return Outcome(document=document, status=saved.status, version=saved.version, location=saved.location)
