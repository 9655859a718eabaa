"""In charge of telling callers that they use names of the past: they are answered, and hear what to use today.

`Deprecation: true` says that something is old, `Deprecated-Names` what and how it is called today, with commas between
them: `account.note=remark`; keys of options and stages stand behind their field: `account.status:signed=won`.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from flask import Response, g

from tenon.expressions import Former
from tenon.http import Asking
from tenon.model import Entity
from tenon.query import Aggregate, Query

NAMES = "Deprecated-Names"
_PLAIN = "._:-"


def note_question(known: Asking, request: Query | Aggregate) -> None:
    """Of a question that was answered."""
    _note(known.reader.former_names(known.access, request))


def note_names(known: Asking, entity: str, names: Iterable[str]) -> None:
    """Fields and relationships named one by one, of a call that was carried out."""
    of = known.model.entities[entity]
    for name in names:
        today = of.fields.present(name) or of.relationships.present(name)
        if today is not None and today != name:
            _note((Former(entity, name, today),))


def note_values(known: Asking, entity: str, values: Mapping[str, Any]) -> None:
    """Names and keys in what was saved."""
    note_names(known, entity, values)
    of = known.model.entities[entity]
    for called, value in values.items():
        name = of.fields.present(called)
        if name is not None:
            _note(_keys(of, name, value))


def tell(response: Response) -> Response:
    """Adds the headers to an answer that was given to a name of the past."""
    found: set[Former] = g.get("former_names", set())
    if found and response.status_code < 400:
        response.headers["Deprecation"] = "true"
        response.headers[NAMES] = ", ".join(_written(former) for former in sorted(found))
    return response


def _keys(entity: Entity, name: str, value: Any) -> Iterable[Former]:
    keys = entity.fields[name].type.former_keys()
    if keys:
        for each in value if isinstance(value, list) else (value,):
            if isinstance(each, str) and each in keys:
                yield Former(f"{entity.name}.{name}", each, keys[each])


def _note(found: Iterable[Former]) -> None:
    noted: set[Former] = g.setdefault("former_names", set())
    noted.update(found)


def _written(former: Former) -> str:
    """Of a key `of` is the field, dotted."""
    joint = ":" if "." in former.of else "."
    return f"{quote(f'{former.of}{joint}{former.name}', safe=_PLAIN)}={quote(former.present, safe=_PLAIN)}"
