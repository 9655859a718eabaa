"""In charge of what a visitor sees of a web form: its questions as the controls of every other form, in sections.

Nothing here asks the server while the form is filled in, and no control offers records: what may be chosen is declared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from tenon.access.permits import all_of
from tenon.errors import Detail
from tenon.exchange.webforms.answers import is_file
from tenon.expressions import Expression
from tenon.fields import InvalidValue
from tenon.http import Asking
from tenon.model import Entity, Field, Form, Names, Section
from tenon.model.outreach import WebForm, WebFormField
from tenon.texts import Text, say
from tenon.web.controls import Control, Controls
from tenon.web.frame import display_of
from tenon.web.words import Words

REST = "-"
"""The section of the questions that are in none."""


@dataclass(frozen=True, kw_only=True)
class ShownSection:
    name: str
    label: str
    help: str
    controls: Sequence[tuple[str, Markup]]
    """Width and control."""


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """A field filled from the address."""

    name: str
    query: str
    value: str


@dataclass(kw_only=True)
class Filled:
    """By field: engine values, or what was typed where that could not be read; and what is wrong."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: Sequence[Detail] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    agreed: bool = False

    def error(self, name: str) -> Text | None:
        found = next((one for one in self.problems if one.path == name), None)
        if found is None or found.hint is None:
            return None if found is None else found.message
        return say("{message} {hint}", "{message}{hint}", message=found.message, hint=found.hint)


class _Controls(Controls):
    """A choice offers what the question offers."""

    def __init__(self, *arguments: Any, options: Mapping[str, Sequence[str]]) -> None:
        super().__init__(*arguments)
        self._options = options

    def _control(self, field: Field, value: Any, **more: Any) -> Control:
        made, offered = super()._control(field, value, **more), self._options.get(field.name)
        if offered:
            by_key = {item.key: item for item in made.items}
            made = replace(made, items=tuple(by_key[key] for key in offered if key in by_key))
        return replace(made, options_address="", create_address="", kinds=())


def questions_of(entity: Entity, form: WebForm) -> dict[str, Field]:
    """Field → the field as the form asks for it: with the words and the demands of the question."""
    return {question.field: _as_asked(entity, form, question) for question in form.fields.values()}


def sections_of(known: Asking, entity: Entity, form: WebForm, filled: Filled) -> list[ShownSection]:
    words = Words.of(known.model, known.language)
    options = {question.field: question.options for question in form.fields.values() if question.options}
    controls = _Controls(entity.name, display_of(known), words, options=options)
    asked = questions_of(entity, form)
    made = []
    for section in layout_of(form):
        shown = [form.fields[name] for name in section.fields if not form.fields[name].hidden]
        if shown:
            made.append(_section(known, section, shown, controls, asked, filled))
    return made


def hidden_of(form: WebForm, filled: Filled) -> list[Hidden]:
    return [
        Hidden(name=question.field, query=question.query, value=str(filled.hidden.get(question.field, "")))
        for question in form.fields.values()
        if question.hidden
    ]


def layout_of(form: WebForm) -> list[Section]:
    """All questions in sections, by name."""
    placed = {name for section in form.sections.values() for name in section.fields}
    rest = tuple(name for name in form.fields if name not in placed)
    first = [Section(name=REST, label=form.label, fields=rest)] if rest else []
    return first + [
        Section(name=one.name, label=one.label, help=one.help, fields=one.fields, visible_when=one.visible_when)
        for one in form.sections.values()
    ]


def judged_as(entity: Entity, form: WebForm) -> tuple[Entity, Form]:
    """The entity and a form of it as the browser judges them: with the conditions of the web form's questions."""
    asked = questions_of(entity, form)
    fields = {name: asked.get(name, one) for name, one in entity.fields.items()}
    sections = {
        section.name: replace(section, fields=tuple(form.fields[name].field for name in section.fields))
        for section in layout_of(form)
    }
    whole = Form(name=form.name, label=form.label, sections=Names(sections, kind="section"))
    return replace(entity, fields=Names(fields, kind="field")), whole


def prefilled(entity: Entity, form: WebForm, address: Mapping[str, str], timezone: str) -> Filled:
    """What the address says of questions that may be filled from it; what cannot be read is left out."""
    filled, hidden = Filled(), {}
    for question in form.fields.values():
        text = address.get(question.query, "")[:1000] if question.query else ""
        one = entity.fields[question.field]
        if not text or is_file(one):
            continue
        if question.hidden:
            hidden[question.field] = text
            continue
        try:
            filled.values[question.field] = one.type.parse_local(text, timezone)
        except InvalidValue:
            continue
    filled.hidden = hidden
    return filled


def _as_asked(entity: Entity, form: WebForm, question: WebFormField) -> Field:
    one = entity.fields[question.field]
    both = [each for each in (question.visible_when, one.visible_when) if each is not None]
    visible = all_of(both)
    return replace(
        one,
        label=question.label,
        help=question.help,
        placeholder=question.placeholder,
        required=question.required,
        visible_when=visible if isinstance(visible, Expression) else None,
        read_only=False,
        read_only_when=None,
    )


def _section(
    known: Asking,
    section: Section,
    shown: Sequence[WebFormField],
    controls: Controls,
    asked: Mapping[str, Field],
    filled: Filled,
) -> ShownSection:
    alone = section.name == REST
    return ShownSection(
        name=section.name,
        label="" if alone else section.label.in_(known.language),
        help=section.help.in_(known.language) if section.help is not None else "",
        controls=[
            (
                question.width,
                controls.edit(
                    asked[question.field], filled.values.get(question.field), error=filled.error(question.field)
                ),
            )
            for question in shown
        ],
    )
