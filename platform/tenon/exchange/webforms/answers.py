"""In charge of what a visitor answered: which questions he was asked at all, what is missing, what is kept of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from tenon.database import UnitOfWork
from tenon.errors import Detail
from tenon.expressions import Expression
from tenon.fields import InvalidValue
from tenon.ids import new_id
from tenon.model import Entity, Field
from tenon.model.outreach import WebForm, WebFormField
from tenon.process.evaluation import Scene
from tenon.process.ground import Ground
from tenon.process.performing.writing import field_values
from tenon.suggestions import did_you_mean
from tenon.texts import say

FILES = ("file", "image")
SEVERAL = ("multi_choice",)


@dataclass(kw_only=True)
class Answers:
    """By field of the entity: engine values, and for types that are finished by storing what was sent for them."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Detail] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    """Fields whose answer could not be read."""

    def refuse(self, name: str, refusal: InvalidValue) -> None:
        self.failed.add(name)
        self.problems.append(Detail(path=name, code=refusal.code, message=refusal.message, hint=refusal.hint))


def read_answers(ground: Ground, form: WebForm, sent: Mapping[str, Any]) -> Answers:
    """From JSON, by question; files are no part of it. A name that is not asked for is a problem."""
    entity, found = ground.model.entities[form.entity], Answers()
    for name, raw in sent.items():
        question = form.fields.get(name)
        if question is None:
            shown = name[:60]
            message = say("“{name}” is not asked for here.", "此处不询问“{name}”。", name=shown)
            hint = did_you_mean(shown, list(form.fields))
            found.problems.append(Detail(path=shown, code="unknown_name", message=message, hint=hint))
        elif not is_file(entity.fields[question.field]):
            read_one(found, entity.fields[question.field], question, raw)
    return found


def read_one(found: Answers, one: Field, question: WebFormField, raw: Any) -> None:
    """What fills a hidden field comes from an address, which no visitor can correct: nonsense is left out."""
    try:
        found.values[one.name] = one.type.parse(raw)
    except InvalidValue as refusal:
        if not question.hidden:
            found.refuse(one.name, refusal)


def judge(ground: Ground, unit: UnitOfWork, form: WebForm, found: Answers, files: Collection[str]) -> None:
    """Leave out what was not to be asked, and complain of what is missing or was not on offer.

    `files` are the fields for which a file was sent. The record's own rules are judged when it is written.
    """
    entity = ground.model.entities[form.entity]
    shown = _shown(ground, unit, form, entity, found)
    for question in form.fields.values():
        if question.name not in shown:
            found.values.pop(question.field, None)
            found.failed.discard(question.field)
    found.problems = [one for one in found.problems if _is_asked(form, one.path, shown)]
    scene = _scene(ground, unit, form, entity, found.values)
    for question in form.fields.values():
        if question.name in shown and question.field not in found.failed:
            _check(scene, entity.fields[question.field], question, found, files)


def scene_of(ground: Ground, unit: UnitOfWork, form: WebForm, values: Mapping[str, Any]) -> Scene:
    """Around the record as it would be, with the form's defaults."""
    return _scene(ground, unit, form, ground.model.entities[form.entity], values)


def is_file(one: Field) -> bool:
    return one.type.widget in FILES


def kept_of(entity: Entity, form: WebForm, found: Answers) -> dict[str, Any]:
    """JSON by question, which `values_of` reads again."""
    kept = {}
    for question in form.fields.values():
        value = found.values.get(question.field)
        if value is not None:
            kind = entity.fields[question.field].type
            kept[question.name] = value if kind.settles else kind.to_json(value)
    return kept


def values_of(entity: Entity, form: WebForm, kept: Mapping[str, Any]) -> Answers:
    """What was kept, as it is read today; a question that is no more is passed over."""
    found = Answers()
    for name, raw in kept.items():
        question = form.fields.get(name)
        if question is not None:
            try:
                found.values[question.field] = entity.fields[question.field].type.parse(raw)
            except InvalidValue as refusal:
                found.refuse(question.field, refusal)
    return found


def _is_asked(form: WebForm, path: str, shown: Collection[str]) -> bool:
    """A problem of a question that was not to be asked is none; one of an unknown name stays."""
    asked = next((question.name for question in form.fields.values() if question.field == path), None)
    return asked is None or asked in shown


def _shown(ground: Ground, unit: UnitOfWork, form: WebForm, entity: Entity, found: Answers) -> frozenset[str]:
    """The questions whose conditions hold. One that is left out may take others with it, so it is looked again."""
    values, shown = dict(found.values), frozenset(form.fields)
    for _round in range(len(form.fields) + 1):
        scene = _scene(ground, unit, form, entity, values)
        now = frozenset(name for name in shown if all(scene.holds(each) for each in conditions_of(form, entity, name)))
        if now == shown:
            break
        shown = now
        asked = {form.fields[name].field for name in shown}
        values = {name: value for name, value in values.items() if name in asked}
    return shown


def conditions_of(form: WebForm, entity: Entity, name: str) -> list[Expression]:
    """What must hold for a question to be asked: of its section, its own, and of the field."""
    question = form.fields[name]
    sections = [section.visible_when for section in form.sections.values() if name in section.fields]
    found = [*sections, question.visible_when, entity.fields[question.field].visible_when]
    return [each for each in found if each is not None]


def _scene(ground: Ground, unit: UnitOfWork, form: WebForm, entity: Entity, values: Mapping[str, Any]) -> Scene:
    begun = {"stage": entity.pipeline.initial} if entity.pipeline is not None else {}
    facts, record_id = ground.writer.facts(unit), new_id()
    bare = Scene(
        evaluation=ground.evaluation,
        unit=unit,
        facts=facts,
        record=facts.unsaved(form.entity, record_id, {**begun, **values}),
        is_new=True,
    )
    results = {name: bare.value(expression) for name, expression in form.defaults.items()}
    whole = {**begun, **values, **field_values(entity, results)}
    return Scene(
        evaluation=ground.evaluation,
        unit=unit,
        facts=facts,
        record=facts.unsaved(form.entity, record_id, whole),
        is_new=True,
    )


def _check(scene: Scene, one: Field, question: WebFormField, found: Answers, files: Collection[str]) -> None:
    value = found.values.get(one.name)
    if value is None and one.name not in files:
        demanded = question.required or (one.required_when is not None and scene.holds(one.required_when))
        if demanded and not question.hidden:
            message = say("“{label}” must be filled in.", "“{label}”必须填写。", label=question.label)
            found.problems.append(Detail(path=one.name, code="required", message=message))
        return
    chosen = value if isinstance(value, (list, tuple)) else [value]
    if question.options and any(each not in question.options for each in chosen):
        if question.hidden:
            found.values.pop(one.name)
            return
        message = say("“{label}” cannot be this.", "“{label}”不能选择该值。", label=question.label)
        hint = say("Choose one that is offered.", "请从给出的选项中选择。")
        found.failed.add(one.name)
        found.problems.append(Detail(path=one.name, code="not_offered", message=message, hint=hint))
