"""In charge of making a record of what was kept: by the one door for writing, with the form's own rights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tenon.database import UnitOfWork
from tenon.errors import InvalidInput
from tenon.exchange.webforms.answers import scene_of, values_of
from tenon.exchange.webforms.ledger import ACCEPTED, ENTITY, Submission, Submissions
from tenon.exchange.webforms.rights import FormRights
from tenon.ids import new_id
from tenon.model import Entity
from tenon.model.outreach import WebForm
from tenon.process.evaluation import Scene
from tenon.process.ground import Ground
from tenon.process.performing.writing import field_values
from tenon.query import Query
from tenon.query.duplicates import find_duplicates, rules_of
from tenon.texts import say

Outcome = Literal["created", "updated", "noted", "ignored"]
COMMENT, FILE = "comment", "file"
_OUTCOMES: Mapping[str, Outcome] = {"update": "updated", "overwrite": "updated", "note": "noted", "ignore": "ignored"}


@dataclass(frozen=True, kw_only=True)
class Made:
    record_id: str
    outcome: Outcome


class Accepting:
    def __init__(self, ground: Ground, submissions: Submissions) -> None:
        self._ground = ground
        self._submissions = submissions
        self._rights: dict[str, FormRights] = {}

    def accept(self, unit: UnitOfWork, form: WebForm, sent: Submission) -> Made:
        """Raises what the writer raises; StaleVersion when the submission was dealt with meanwhile."""
        entity = self._ground.model.entities[form.entity]
        ours = replace(unit, actor=self._ground.system(f"web form {form.name}"))
        found = values_of(entity, form, sent.answers)
        if found.problems:
            raise InvalidInput(found.problems[0].message, details=found.problems)
        scene = scene_of(self._ground, ours, form, found.values)
        values = {**found.values, **self._consent(entity, form, sent)}
        known = self._known(ours, form, scene, values)
        made = Made(record_id=known or new_id(), outcome=_OUTCOMES[form.duplicates] if known else "created")
        note = {
            "status": ACCEPTED,
            "outcome": made.outcome,
            "reason": None,
            "record_entity": form.entity,
            "record_id": made.record_id,
        }
        self._submissions.note(ours, sent.id, note, sent.version)  # first: whoever else accepts it now waits, and fails
        files = self._files(ours, sent)
        self._house(ours, files, None, None)  # a field may point to a file of nobody, not to one of another record
        self._write(ours, form, scene, values, made, sent)
        self._house(ours, files, form.entity, made.record_id)
        return made

    def _write(
        self, unit: UnitOfWork, form: WebForm, scene: Scene, values: Mapping[str, Any], made: Made, sent: Submission
    ) -> None:
        rights, writer = self._rights_of(form), self._ground.writer
        if made.outcome == "created":
            whole = self._whole(unit, form, scene, values, made.record_id)
            writer.create(unit, rights.create(unit.actor), form.entity, whole, id=made.record_id)
        elif made.outcome == "noted":
            self._comment(unit, form, sent, made.record_id)
        elif made.outcome == "updated":
            changes = {name: value for name, value in values.items() if value is not None}
            if form.duplicates == "update":
                changes = self._missing(unit, form, made.record_id, changes)
            if changes:
                writer.change(unit, rights.change(unit.actor), form.entity, made.record_id, changes, version=None)

    def _whole(
        self, unit: UnitOfWork, form: WebForm, scene: Scene, values: Mapping[str, Any], record_id: str
    ) -> dict[str, Any]:
        """With the form's defaults, and whoever the assignment rule gives it to."""
        entity = self._ground.model.entities[form.entity]
        results = {name: scene.value(expression) for name, expression in form.defaults.items()}
        whole = {**values, **field_values(entity, results)}
        if form.assign is not None:
            field = self._ground.model.assignments[form.assign].field
            record = scene.facts.unsaved(form.entity, record_id, {**(scene.record.known or {}), **whole})  # type: ignore[union-attr]
            person = self._ground.service("assignments").choose_for(unit, form.assign, record).person
            whole |= {field: person} if person is not None else {}
        return {name: value for name, value in whole.items() if value is not None}

    def _known(self, unit: UnitOfWork, form: WebForm, scene: Scene, values: Mapping[str, Any]) -> str | None:
        """The oldest record that the entity's rules take for the same."""
        if form.duplicates == "create":
            return None
        access = self._ground.access(unit.actor)
        for rule in rules_of(self._ground.model, form.entity, form.duplicate_rule):
            if scene.holds(rule.when):
                found = find_duplicates(self._ground.reader, unit, access, rule, values)
                if found:
                    return found[0]
        return None

    def _missing(self, unit: UnitOfWork, form: WebForm, record_id: str, changes: dict[str, Any]) -> dict[str, Any]:
        """Of `changes` those whose field is empty in the record."""
        query = Query(entity=form.entity, select=tuple(changes), where=f'id == "{record_id}"', limit=1)
        records = self._ground.reader.list(unit, self._ground.access(unit.actor), query).records
        stored = records[0] if records else {}
        return {name: value for name, value in changes.items() if stored.get(name) in (None, [], False)}

    def _comment(self, unit: UnitOfWork, form: WebForm, sent: Submission, record_id: str) -> None:
        """What was said, below the record that is there already."""
        language = self._ground.model.workspace.language
        display = self._ground.display
        entity = self._ground.model.entities[form.entity]
        found = values_of(entity, form, sent.answers)
        lines = [
            f"{question.label.in_(language)}: {entity.fields[question.field].type.show(value, display)}"
            for question in form.fields.values()
            if not question.hidden and (value := found.values.get(question.field)) is not None
        ]
        title = say("Sent by the form “{form}”", "通过表单“{form}”提交", form=form.label).in_(language)
        text = "\n".join([title, *lines])[:10_000]
        values = {"record_entity": form.entity, "record_id": record_id, "text": text}
        self._ground.writer.create(unit, self._ground.access(unit.actor), COMMENT, values)

    def _consent(self, entity: Entity, form: WebForm, sent: Submission) -> dict[str, Any]:
        """When it was given, or that it was, in the field that keeps it."""
        if form.consent is None or form.consent.field is None:
            return {}
        kind = entity.fields[form.consent.field].type.key
        if kind == "boolean":
            return {form.consent.field: sent.consent is not None}
        if sent.consent is None:
            return {}
        zone = ZoneInfo(self._ground.model.workspace.timezone)
        return {form.consent.field: sent.at if kind == "datetime" else sent.at.astimezone(zone).date()}

    def _files(self, unit: UnitOfWork, sent: Submission) -> list[str]:
        """Ids of those that came with it."""
        if FILE not in self._ground.model.entities:
            return []
        where = f'record_entity == "{ENTITY}" and record_id == "{sent.id}"'
        query = Query(entity=FILE, select=("id",), where=where, limit=100)
        found = self._ground.reader.list(unit, self._ground.access(unit.actor), query).records
        return [file["id"] for file in found]

    def _house(self, unit: UnitOfWork, files: Sequence[str], entity: str | None, record_id: str | None) -> None:
        """The files belong to this record from now on; None: to none."""
        access, home = self._ground.access(unit.actor), {"record_entity": entity, "record_id": record_id}
        for file in files:
            self._ground.writer.change(unit, access, FILE, file, home, version=None)

    def _rights_of(self, form: WebForm) -> FormRights:
        found = self._rights.get(form.name)
        if found is None:
            found = self._rights[form.name] = FormRights.of(self._ground.model, form)
        return found
