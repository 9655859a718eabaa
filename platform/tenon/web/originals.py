"""In charge of the values a form was made with: only what differs from them is saved.

So two people who change different fields of one record do not meet, and a field nobody touched is never sent.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

from tenon.fields import InvalidValue
from tenon.model import Field


def write_originals(fields: Iterable[Field], values: Mapping[str, Any]) -> str:
    """JSON for a hidden input; `values` are the engine's."""
    sent = {one.name: _original(one, values[one.name]) for one in fields if values.get(one.name) is not None}
    return orjson.dumps({**{one.name: None for one in fields if one.name in values}, **sent}).decode()


def _original(field: Field, value: Any) -> Any:
    """Of a list of records what the form shows of it: those the reader may see."""
    sent = field.type.to_json(value)
    return field.type.exported(sent) if field.members is not None else sent


def read_originals(fields: Iterable[Field], text: str) -> dict[str, Any]:
    """Nothing for a field whose original cannot be read: then it counts as changed."""
    try:
        sent = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        return {}
    found: dict[str, Any] = {}
    for one in fields:
        if isinstance(sent, dict) and one.name in sent:
            try:
                found[one.name] = one.type.parse(sent[one.name])
            except InvalidValue:
                continue
    return found


def changed_from(originals: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that differ from the form's. Inputs hold moments to the minute; the rest is no difference."""
    return {name: value for name, value in values.items() if name not in originals or not _same(originals[name], value)}


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, datetime) and isinstance(after, datetime):
        return before.replace(second=0, microsecond=0) == after.replace(second=0, microsecond=0)
    return bool(before == after)
