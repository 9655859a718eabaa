"""In charge of comparing what a test expects with what came of it."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import TenonError
from tenon.fields import InvalidValue
from tenon.model import Field
from tenon.workspace.trials.acting import Acting, Outcome
from tenon.workspace.trials.results import Verdict
from tenon.workspace.trials.world import World


def judge(world: World, acting: Acting, then: Mapping[str, Any], outcome: Outcome) -> Iterator[Verdict]:
    """Every expectation that was not met."""
    yield from _refusal(then.get("refused"), outcome.refused)
    if outcome.refused is None:
        yield from _results(world, acting, then, outcome)
    for alias, values in then.get("records", {}).items():
        entity, record_id = world.id_of(alias)
        yield from _values(world, world.unit, world.access, entity, record_id, values, f"{alias}.")
    for key, wanted in (("visible", True), ("hidden", False)):
        for alias in _each(then.get(key)):
            if _sees(acting, *world.id_of(alias)) is not wanted:
                yield Verdict(about=alias, expected=key, actual="hidden" if wanted else "visible")


def _refusal(expected: Any, refused: TenonError | None) -> Iterator[Verdict]:
    if expected is None:
        if refused is not None:
            yield Verdict(about="refused", expected=None, actual=_told(refused))
        return
    wanted = {"error": expected} if isinstance(expected, str) else dict(expected)
    if refused is None:
        yield Verdict(about="refused", expected=wanted, actual=None)
        return
    found = [{"error": refused.code, "code": item.code, "at": item.path} for item in refused.details]
    candidates = [*found, {"error": refused.code}]
    if not any(all(item.get(key) == value for key, value in wanted.items()) for item in candidates):
        yield Verdict(about="refused", expected=wanted, actual=_told(refused))


def _told(refused: TenonError) -> dict[str, Any]:
    details = [{"at": item.path, "code": item.code} for item in refused.details]
    return {"error": refused.code, "message": str(refused.message), "details": details}


def _results(world: World, acting: Acting, then: Mapping[str, Any], outcome: Outcome) -> Iterator[Verdict]:
    if "values" in then and outcome.record_id is not None:
        yield from _values(world, acting.unit, acting.access, outcome.entity, outcome.record_id, then["values"], "")
    readable = acting.access.readable_fields(outcome.entity) if outcome.entity else ()
    for key, wanted in (("fields_visible", True), ("fields_hidden", False)):
        for name in _each(then.get(key)):
            if (name in readable) is not wanted:
                yield Verdict(about=name, expected=key, actual="hidden" if wanted else "visible")
    if "count" in then:
        found = len(outcome.records or outcome.groups or ())
        if found != then["count"]:
            yield Verdict(about="count", expected=then["count"], actual=found)
    if "figures" in then:
        first = (outcome.groups or [{}])[0]
        yield from _compared(then["figures"], first, "")
    if "rows" in then:
        groups = outcome.groups or []
        if len(groups) != len(then["rows"]):
            yield Verdict(about="rows", expected=len(then["rows"]), actual=len(groups))
        for place, (wanted_row, row) in enumerate(zip(then["rows"], groups, strict=False)):
            yield from _compared(wanted_row, row, f"rows.{place}.")


def _values(
    world: World, unit: UnitOfWork, access: Access, entity: str, record_id: str, values: Mapping[str, Any], about: str
) -> Iterator[Verdict]:
    try:
        record = world.doors.reader.one(unit, access, entity, record_id, select=tuple(values))
    except TenonError as error:
        yield Verdict(about=f"{about}values", expected=dict(values), actual=_told(error))
        return
    fields = world.doors.model.entity(entity).fields
    wanted = world.resolved(entity, values)
    for name, value in wanted.items():
        field = fields.get(name)
        if not _same(value, record[name], field):
            yield Verdict(about=f"{about}{name}", expected=values[name], actual=_shown(record[name]))


def _compared(wanted: Mapping[str, Any], found: Mapping[str, Any], about: str) -> Iterator[Verdict]:
    for name, value in wanted.items():
        if not _same(value, found.get(name), None):
            yield Verdict(about=f"{about}{name}", expected=value, actual=_shown(found.get(name)))


def _same(wanted: Any, found: Any, field: Field | None) -> bool:
    """A value of a test against what the read door gives: numbers by size, look-ups by id or title; "" is none."""
    if wanted == "":
        return found in (None, "", [])
    if isinstance(found, Mapping):
        if "id" in found:
            return wanted in (found["id"], found.get("title"))
        if "key" in found:
            return bool(wanted == found["key"])
        return _same(wanted, found.get("amount"), None) if not isinstance(wanted, Mapping) else wanted == found
    if wanted == found or wanted is None or found is None:
        return bool(wanted == found)
    if isinstance(wanted, bool) or isinstance(found, bool):
        return False
    if field is not None and field.stored:
        try:
            return bool(field.type.to_json(field.type.parse(wanted)) == found)
        except InvalidValue:
            return False
    try:
        return Decimal(str(wanted)) == Decimal(str(found))
    except InvalidOperation:
        return False


def _shown(value: Any) -> Any:
    return value.get("title") or value.get("id") or dict(value) if isinstance(value, Mapping) else value


def _sees(acting: Acting, entity: str, record_id: str) -> bool:
    try:
        acting.world.doors.reader.one(acting.unit, acting.access, entity, record_id, select=("id",))
    except TenonError:
        return False
    return True


def _each(value: Any) -> Iterable[str]:
    return () if value is None else (value,) if isinstance(value, str) else value
