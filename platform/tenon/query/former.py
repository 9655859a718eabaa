"""In charge of telling which names of the past a question was asked in, so that callers hear of it.

They are answered like names of today. The texts are read by what answers them, so nothing is told that is not so.
"""

from tenon.access import Access
from tenon.expressions import Expression, Former
from tenon.model import Model
from tenon.query.doors import Door
from tenon.query.groups import read_group
from tenon.query.measures import read_measure
from tenon.query.names import find
from tenon.query.requests import Aggregate, Query
from tenon.query.selection import understood


def has_past(model: Model) -> bool:
    """Whether anything in the model was called differently once."""
    return any(
        entity.fields.former
        or entity.relationships.former
        or any(field.type.former_keys() for field in entity.fields.values())
        for entity in model.entities.values()
    )


def former_names(door: Door, access: Access, request: Query | Aggregate) -> tuple[Former, ...]:
    """For a request that was answered; raises what answering it would raise."""
    found = set[Former]()
    if isinstance(request, Query):
        for text in request.select:
            found.update(find(access.shape, request.entity, text, where="select").former)
        for text in request.sort:
            found.update(find(access.shape, request.entity, text.removeprefix("-"), where="sort").former)
    else:
        for text in request.group:
            found.update(read_group(door, access, request, text, 0).what.former)
        for text in request.measures:
            found.update(_of_measure(door, access, request, text))
    where: Expression | None = understood(door.understanding, access, request.entity, request.where)
    found.update(where.former if where is not None else ())
    return tuple(sorted(found))


def _of_measure(door: Door, access: Access, request: Aggregate, text: str) -> tuple[Former, ...]:
    measure = read_measure(door, access, request, text, 0)
    what = measure.expression or measure.named
    return what.former if what is not None else ()
