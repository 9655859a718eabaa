"""In charge of whom a message goes to: users with their own address and language, and plain addresses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tenon.ids import is_id
from tenon.process.performing import Doing


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """`person` is the id of a user; `language` is None where nobody knows it."""

    address: str
    person: str | None = None
    language: str | None = None


def recipients(doing: Doing, name: str, field: str) -> list[Recipient]:
    """Of a property of the step. `field` of a user is the address (`email`, `phone`); each address once."""
    return receivers(doing, doing.texts(name), field)


def receivers(doing: Doing, several: Iterable[Any], field: str) -> list[Recipient]:
    """Of what expressions came to: users, their ids, addresses, lists of those."""
    values = list(_flat(several))
    ids = [each for each in map(_user_id, values) if each is not None]
    people = doing.ground.reader.among(doing.unit, _system(doing), "user", ids) if ids else {}
    found: dict[str, Recipient] = {}
    for value in values:
        each = _recipient(value, people, field)
        if each is not None:
            found.setdefault(each.address.casefold(), each)
    return list(found.values())


def _recipient(value: Any, people: Mapping[str, Mapping[str, Any]], field: str) -> Recipient | None:
    person = people.get(_user_id(value) or "")
    if person is not None:
        active = person.get("active") is not False and person.get(field)
        return Recipient(address=person[field], person=person["id"], language=person["language"]) if active else None
    text = value.strip() if isinstance(value, str) else ""
    return Recipient(address=text) if text and not is_id(text) else None


def _user_id(value: Any) -> str | None:
    found = value.get("id") if isinstance(value, Mapping) else getattr(value, "id", value)
    return found if is_id(found) else None


def _flat(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        if isinstance(value, (list, tuple, set, frozenset)) and not hasattr(value, "_fields"):
            yield from _flat(value)
        else:
            yield value


def _system(doing: Doing) -> Any:
    return doing.ground.access(doing.ground.system("finding addresses"))
