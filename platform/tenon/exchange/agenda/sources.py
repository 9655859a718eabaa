"""In charge of where entries come from: the calendar views of all entities, as far as one person may read them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tenon.access import Access
from tenon.errors import BadRequest
from tenon.expressions import Path
from tenon.fields import FieldType
from tenon.model import Entity, Field, View
from tenon.query import Reader
from tenon.texts import Text

Scope = Literal["mine", "department", "all"]
SCOPES: tuple[Scope, ...] = ("mine", "department", "all")
"""Whose entries: those that name the person, those of people of his department, all he may read."""

COLORS = ("blue", "green", "purple", "orange", "teal", "pink", "indigo", "lime", "cyan", "yellow", "azure")
PEOPLE = "user"


@dataclass(frozen=True, kw_only=True)
class Line:
    """What an entry shows besides its title; `name` is a path."""

    name: str
    label: Text
    type: FieldType


@dataclass(frozen=True, kw_only=True)
class Source:
    """One calendar view. `people` are the fields that say whose calendar a record stands in."""

    entity: Entity
    view: View
    starts: str
    ends: str | None
    timed: bool
    people: tuple[str, ...]
    colleagues: tuple[str, ...]
    """Those of `people` whose department can be read."""
    lines: tuple[Line, ...]
    done: str | None
    colors: tuple[tuple[str, str], ...]
    color: str

    @property
    def name(self) -> str:
        return f"{self.entity.name}.{self.view.name}"

    def movable(self, access: Access) -> bool:
        """Whether there are records that he may put on another day: the dates are fields of their own he may write."""
        writable = access.writable_fields(self.entity.name)
        names = [name for name in (self.starts, self.ends) if name is not None]
        return access.can(self.entity.name, "update") and all(name in writable for name in names)

    def creatable(self, access: Access) -> bool:
        writable = access.writable_fields(self.entity.name, "create")
        return access.can(self.entity.name, "create") and self.starts in writable

    def concerning(self, scope: Scope) -> str | None:
        """The condition on records; "false" where nobody is named, None for all of them."""
        if scope == "all":
            return None
        conditions = [self._concerns(name, scope) for name in self.people_of(scope)]
        return " or ".join(f"({text})" for text in conditions) or "false"

    def people_of(self, scope: Scope) -> tuple[str, ...]:
        """The fields that tell whom it concerns."""
        return self.colleagues if scope == "department" else self.people

    def _concerns(self, name: str, scope: Scope) -> str:
        several = self.entity.fields[name].members is not None
        if scope == "mine":
            return f"any({name}, id == user.id)" if several else f"{name} == user"
        here = f"any({name}, department == user.department)" if several else f"{name}.department == user.department"
        return f"not is_blank(user.department) and {here}"


def sources_of(reader: Reader, access: Access) -> list[Source]:
    """In the order of the navigation, then of the model; each with a colour of its own as far as there are any."""
    views = [
        (entity, view)
        for entity in _ordered(access)
        for view in entity.views.values()
        if view.type == "calendar" and _is_for(view, access)
    ]
    found: list[Source] = []
    for entity, view in views:
        source = source_of(reader, access, entity, view, COLORS[len(found) % len(COLORS)])
        if source is not None:
            found.append(source)
    return found


def source_of(reader: Reader, access: Access, entity: Entity, view: View, color: str = COLORS[0]) -> Source | None:
    """None when he may not read what the view is made of."""
    if view.type != "calendar" or view.starts is None or not access.can(entity.name, "read"):
        return None
    if not _reads(access, entity.name, view.starts) or not _understands(reader, access, entity.name, view.where):
        return None
    ends = view.ends if view.ends is not None and _reads(access, entity.name, view.ends) else None
    readable = access.readable_fields(entity.name)
    people = tuple(name for name in _people(entity, view) if name in readable)
    departments = access.present_field(PEOPLE, "department") is not None
    return Source(
        entity=entity,
        view=view,
        starts=".".join(view.starts),
        ends=None if ends is None else ".".join(ends),
        timed=fields_along(access, entity.name, view.starts)[-1].type.expression_type().kind == "datetime",
        people=people,
        colleagues=people if departments else (),
        lines=tuple(_lines(access, entity.name, view.card)),
        done=view.done if view.done in readable else None,
        colors=tuple(
            (name, held.text) for name, held in view.colors.items() if _understands(reader, access, entity.name, held)
        ),
        color=color,
    )


def _ordered(access: Access) -> Iterator[Entity]:
    model = access.model
    navigated = [item.entity for group in model.navigation.values() for item in group.items.values()]
    for name in dict.fromkeys((*navigated, *model.entities)):
        if access.can(name, "read"):
            yield model.entities[name]


def _is_for(view: View, access: Access) -> bool:
    return not view.roles or access.actor.is_system or not access.actor.roles.isdisjoint(view.roles)


def _people(entity: Entity, view: View) -> Sequence[str]:
    """Those the view names; else the owner; else every field of people that is not the engine's own."""
    if view.people:
        return view.people
    owner = entity.owner_path
    if owner is not None and len(owner) == 1:
        return owner
    fields = entity.fields.values()
    return [field.name for field in fields if PEOPLE in (field.target, field.members) and not field.system]


def _lines(access: Access, entity: str, card: Sequence[Path]) -> Iterator[Line]:
    for path in card:
        fields = fields_along(access, entity, path)
        if fields:
            yield Line(name=".".join(path), label=fields[-1].label, type=fields[-1].type)


def _reads(access: Access, entity: str, path: Path) -> bool:
    return bool(fields_along(access, entity, path))


def fields_along(access: Access, entity: str, path: Path) -> list[Field]:
    """The fields of the steps of a path; none when a step is not there for this reader."""
    at: str | None = entity
    found: list[Field] = []
    for step in path:
        if at is None or access.present_field(at, step) != step:
            return []
        found.append(access.model.entities[at].fields[step])
        at = found[-1].target
    return found


def _understands(reader: Reader, access: Access, entity: str, held: object) -> bool:
    """Whether every name in an expression of the view exists for this reader."""
    text = getattr(held, "text", None)
    if text is None:
        return True
    try:
        reader.understanding.expression(access.shape, entity, text)
    except BadRequest:
        return False
    return True
