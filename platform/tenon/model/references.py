"""In charge of marking names in the model: what a plain text in a value is the name of.

`Annotated[tuple[str, ...], Refers("field")]` says that every text in it names a field. The where-used graph
(`tenon.model.usage`) reads these marks, so a kind that is marked is known to it without another line.
Expressions need no mark: they know what they read.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_type_hints

Target = Literal[
    "entity",
    "field",
    "path",
    "dotted",
    "relationship",
    "pipeline",
    "stage",
    "view",
    "form",
    "rule",
    "module",
    "choices",
    "option",
    "role",
    "template",
    "approval",
    "automation",
    "pool",
    "assignment",
    "dashboard",
    "report",
    "score",
    "target",
    "webform",
    "connector",
    "tour",
    "course",
    "segment",
    "schedule",
    "calendar",
]
"""Kinds of things a text may name. A "path" is a way through look-ups as a tuple of steps, "dotted" one as a text."""

COLLECTIONS = {
    "entity": "entities",
    "module": "modules",
    "choices": "choices",
    "role": "roles",
    "template": "templates",
    "approval": "approvals",
    "automation": "automations",
    "pool": "pools",
    "assignment": "assignments",
    "dashboard": "dashboards",
    "report": "reports",
    "score": "scores",
    "target": "targets",
    "webform": "webforms",
    "connector": "connectors",
    "tour": "tours",
    "course": "courses",
    "segment": "segments",
    "schedule": "schedules",
    "calendar": "calendars",
}
"""Kind of thing → the part of the tree it stands in, for things that belong to no entity."""


@dataclass(frozen=True)
class Refers:
    """Of a mapping the keys are meant, of anything else every text in it.

    Names within an entity are read in the entity that the attribute `of` beside it names; without `of`, in the
    nearest entity around it: the entity it stands in, or what an attribute marked `about` names.
    """

    target: Target
    of: str = ""
    about: bool = False
    """Whether the whole value is about the entity named here (`Approval.entity`)."""
    how: str = ""
    """The word for this use ("search", "title"), when the name of the kind it stands in does not say it."""


@dataclass(frozen=True)
class Unnamed:
    """Marks a text that names nothing else in the model; `reason` says what it is."""

    reason: str


@cache
def references_of(kind: Any) -> dict[str, Refers]:
    """Attribute → its mark, for a dataclass of the model."""
    hints = get_type_hints(kind, include_extras=True)
    found = {}
    for name, hint in hints.items():
        marks = [mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, Refers)]
        if marks:
            found[name] = marks[0]
    return found
