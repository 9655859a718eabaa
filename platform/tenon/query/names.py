"""In charge of finding what a name of a caller means, within what he may read."""

from collections.abc import Iterable
from dataclasses import dataclass

from tenon.access import AccessShape
from tenon.errors import UnknownName
from tenon.expressions import Former, Path
from tenon.model import Field


@dataclass(frozen=True)
class Named:
    """A field at the end of a path through look-ups; `part` is the rest (`currency`, `kind`), "" for the whole.

    `text` is what was asked for, `path` the names of today, `former` those of the past among what was asked.
    """

    path: Path
    field: Field
    text: str
    part: str = ""
    former: tuple[Former, ...] = ()


def find(access: AccessShape, entity: str, text: str, *, where: str) -> Named:
    """Raises UnknownName with names the reader may read; `where` is the input that holds `text`."""
    path = tuple(text.split("."))
    former: list[Former] = []
    at: str = entity
    for depth, name in enumerate(path):
        today = access.present_field(at, name)
        if today is None:
            raise _unknown(text, path[:depth], access.readable_fields(at), where)
        if today != name:
            former.append(Former(at, name, today))
            path = (*path[:depth], today, *path[depth + 1 :])
        field = access.model.entities[at].fields[today]
        rest = path[depth + 1 :]
        if not rest:
            return Named(path, field, text, former=tuple(former))
        if field.target is None:
            return Named(path, field, text, _part(field, path, rest, text, where), tuple(former))
        at = field.target
    raise _unknown(text, (), access.readable_fields(entity), where)


def parts_of(field: Field) -> tuple[str, ...]:
    """What may follow the field's name: columns of its value, and facets of a stage."""
    columns = (column.part for column in field.type.columns() if column.part)
    parts = tuple(dict.fromkeys((*columns, *field.type.part_types)))
    return parts + (("kind", "label", "probability") if field.type.key == "stage" else ())


def _part(field: Field, path: Path, rest: Path, text: str, where: str) -> str:
    parts = parts_of(field)
    if len(rest) == 1 and rest[0] in parts:
        return rest[0]
    raise _unknown(text, path[: len(path) - len(rest)], parts, where)


def _unknown(text: str, before: Path, known: Iterable[str], where: str) -> UnknownName:
    prefix = "".join(f"{name}." for name in before)
    return UnknownName.among(text, [prefix + name for name in known], where=where)
