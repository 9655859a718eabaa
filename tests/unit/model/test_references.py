"""Every name in the model is marked with what it names, so that no kind can be missing from "where used"."""

import typing
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest

from tenon.expressions import Expression, Type
from tenon.fields import FieldType, Option
from tenon.locations import Location
from tenon.model import Model
from tenon.model.references import Refers, Unnamed
from tenon.texts import Text

OWN_WORDS = {
    "name": "its own name",
    "key": "its own key",
    "was": "its own former names",
    "icon": "a picture",
    "color": "a colour",
    "type": "a registered type",
    "kind": "a fixed word",
}
"""Attributes that are texts, and name nothing else, in whatever they stand."""
NO_NAMES = {
    "Model.digest": "a checksum",
    "Model.translations": "wordings",
    "Model.wordings": "wordings",
    "Model.origins": "places in files",
    "WorkspaceInfo.language": "a language",
    "WorkspaceInfo.timezone": "a time zone",
    "WorkspaceInfo.currency": "a currency",
    "WorkspaceInfo.country": "a country",
    "WorkspaceInfo.accent": "a colour",
    "DataSet.rows": "values of records; the walk reads those of choices",
    "UpgradeStep.create": "values of records",
    "Slots.expressions": "by the name of a property",
    "Slots.people": "by the name of a property",
    "Slots.texts": "by the name of a property",
    "Slots.placeholders": "by what is written",
    "Slots.seconds": "by the name of a property",
    "Slots.stages": "by the name of a property; the values are marked",
    "Slots.inputs": "by the name of an input",
    "Allow.return_to": "steps of the same approval",
    "TrialSuite.people": "by an alias",
    "TrialSuite.trials": "by the tests' own names",
    "Trial.when": "actions as written, which the test itself tries",
    "Trial.then": "outcomes as written, which the test itself tries",
    "Origin.layer": "a layer",
    "Origin.value": "what is written",
    "Origin.author": "a person",
}
_LEAVES = (Expression, FieldType, Option, Location, Text, Type)


def kinds_below(kind: Any, known: dict[Any, None]) -> None:
    """Every dataclass that hangs at `kind`."""
    if isinstance(kind, type) and is_dataclass(kind) and not issubclass(kind, _LEAVES) and kind not in known:
        known[kind] = None
        for hint in get_type_hints(kind, include_extras=True).values():
            for part in parts_of(hint):
                kinds_below(part, known)


def parts_of(hint: Any) -> Iterator[Any]:
    """The classes a type hint speaks of."""
    if get_origin(hint) is None:
        yield hint
    for inner in get_args(hint):
        if get_origin(hint) is not typing.Literal:
            yield from parts_of(inner)


def all_kinds() -> list[Any]:
    known: dict[Any, None] = {}
    kinds_below(Model, known)
    return list(known)


def unmarked(kind: Any) -> list[str]:
    """Attributes that hold texts and carry no mark."""
    hints = get_type_hints(kind, include_extras=True)
    found = []
    for item in fields(kind):
        hint = hints[item.name]
        marks = getattr(hint, "__metadata__", ()) if get_origin(hint) is Annotated else ()
        marked = any(isinstance(mark, (Refers, Unnamed)) for mark in marks)
        if holds_text(hint) and not marked and item.name not in OWN_WORDS:
            found.append(f"{kind.__name__}.{item.name}")
    return found


def holds_text(hint: Any) -> bool:
    """Whether a plain text or a path may be in it; the keys of `Names` are the names of what they hold."""
    origin = get_origin(hint)
    if origin is typing.Literal:
        return False
    if origin is not None and getattr(origin, "__name__", "") == "Names":
        return False
    if origin is not None:
        return any(holds_text(inner) for inner in get_args(hint))
    return hint in (str, Any)


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.__name__)
def test_every_text_of_the_model_says_what_it_names_or_that_it_names_nothing(kind: Any) -> None:
    assert [name for name in unmarked(kind) if name not in NO_NAMES] == []


def test_the_exceptions_are_all_still_there() -> None:
    present = {f"{kind.__name__}.{item.name}" for kind in all_kinds() for item in fields(kind)}
    assert set(NO_NAMES) <= present


def test_a_forgotten_mark_would_be_found() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Reminder:
        name: str
        to: str
        fields: tuple[str, ...]
        of: Annotated[str | None, Refers("entity")]
        note: Annotated[str, Unnamed("a remark")]
        rows: int

    assert unmarked(Reminder) == ["Reminder.to", "Reminder.fields"]
