"""In charge of what stands on a form: which fields in which sections, and who may fill in which of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from tenon.errors import Detail
from tenon.fields import FieldType
from tenon.http import Asking
from tenon.model import Entity, Field, Form, Names, Section
from tenon.texts import Text, say
from tenon.web.controls import Controls, Item
from tenon.web.frame import display_of
from tenon.web.words import Words


@dataclass(frozen=True, kw_only=True)
class Part:
    """A section as shown; `controls` are ready to print."""

    name: str
    label: str
    help: str
    columns: int
    hidden: bool
    controls: Sequence[Markup]


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """One line of the summary above a form; `target` is the id of the control, "" when it belongs to none."""

    text: str
    target: str = ""


@dataclass(kw_only=True)
class Filling:
    """A form while it is filled in: engine values, or what was typed where that is `unread`, and what is wrong."""

    values: dict[str, Any] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    problems: list[Detail] = field(default_factory=list)

    def readable_values(self) -> dict[str, Any]:
        """The engine's values alone, for computing with them."""
        return {name: None if name in self.unread else value for name, value in self.values.items()}

    def problem_of(self, name: str) -> Text | None:
        found = next((problem for problem in self.problems if problem.path == name), None)
        if found is None:
            return None
        return (
            found.message
            if found.hint is None
            else say("{message} {hint}", "{message}{hint}", message=found.message, hint=found.hint)
        )


def form_of(entity: Entity) -> Form:
    """The entity's first form; without one, everything that can be written in one section."""
    found = next(iter(entity.forms.values()), None)
    if found is not None:
        return found
    names = tuple(name for name, one in entity.fields.items() if not one.system and name != "stage")
    section = Section(name="all", label=entity.label, fields=names)
    return Form(name="all", label=entity.label, sections=Names({"all": section}))


def fields_on(entity: Entity, form: Form, may_write: frozenset[str]) -> list[Field]:
    """Those the form offers for filling in; the stage is moved, not filled in."""
    names = dict.fromkeys(name for section in form.sections.values() for name in section.fields)
    return [entity.fields[name] for name in names if name in may_write and name != "stage"]


def parts_of(
    known: Asking,
    entity: Entity,
    form: Form,
    filling: Filling,
    may_write: frozenset[str],
    hidden: frozenset[str] = frozenset(),
) -> list[Part]:
    """Sections with something in them. A field he may read but not write is shown as it is, computed ones too."""
    readable = set(known.access.readable_fields(entity.name))
    controls = controls_of(known, entity.name)
    parts = []
    for section in form.sections.values():
        shown = [entity.fields[name] for name in section.fields if name in may_write or name in readable]
        shown = [one for one in shown if one.name != "stage"]
        if shown:
            made = [_control(controls, one, filling, may_write) for one in shown]
            parts.append(_part(known, section, made, section.name in hidden))
    return parts


def complaints_of(known: Asking, filling: Filling, names: Mapping[str, str]) -> list[Complaint]:
    """`names`: path of a problem → id of its control; others are listed without a link."""
    return [
        Complaint(text=problem.message.in_(known.language), target=names.get(problem.path, ""))
        for problem in filling.problems
    ]


def controls_of(known: Asking, entity: str, prefix: str = "field", identity: str = "") -> Controls:
    """`identity`: the record that is shown."""
    words = Words.of(known.model, known.language)

    def kinds(type_: FieldType) -> list[Item]:
        return kinds_of(known, type_)

    return Controls(entity, display_of(known), words, prefix=prefix, identity=identity, kinds=kinds)


def kinds_of(known: Asking, type_: FieldType) -> list[Item]:
    """The entities a look-up of any record offers: those he may read, in the order of the field, else of the words."""
    entities = known.model.entities
    named = [name for name in type_.entities or entities if name in entities and known.access.can(name, "read")]
    items = [Item(key=name, label=entities[name].label.in_(known.language)) for name in named]
    return items if type_.entities else sorted(items, key=lambda item: item.label)


def _control(controls: Controls, one: Field, filling: Filling, may_write: frozenset[str]) -> Markup:
    return controls.edit(
        one, filling.values.get(one.name), error=filling.problem_of(one.name), read_only=one.name not in may_write
    )


def _part(known: Asking, section: Section, controls: Sequence[Markup], hidden: bool) -> Part:
    return Part(
        name=section.name,
        label=section.label.in_(known.language),
        help=section.help.in_(known.language) if section.help is not None else "",
        columns=section.columns,
        hidden=hidden,
        controls=controls,
    )
