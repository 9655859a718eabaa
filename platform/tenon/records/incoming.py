"""In charge of what callers send: raw values become field values, and every complaint is collected.

The rules are those of a marshmallow schema made from the entity. Good input takes a shorter way with the same
converters; as soon as anything is amiss, the schema reads the whole input and reports all of it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError

from tenon.access import Access, AccessShape
from tenon.errors import BadRequest, Detail
from tenon.fields import InvalidValue, marshmallow_field
from tenon.model import Entity
from tenon.records.drafts import Draft, Work
from tenon.suggestions import did_you_mean
from tenon.texts import Text, say

IMPORTED = ("stage_since", "pipeline", "created_at", "created_by")
"""System fields that only an import may set, beside numbers another program gave."""

MOST_NAMES_REPORTED = 50
MOST_SHAPES = 500


def input_schema(entity: Entity) -> type[Schema]:
    """The marshmallow schema of what may be sent to `entity`, rights aside."""
    members = {name: marshmallow_field(field.type) for name, field in entity.fields.items() if not field.type.computed}
    return Schema.from_dict(members, name=f"{entity.name}_input")  # type: ignore[arg-type]


class Intake:
    """Reads input for one entity."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        self.schema = input_schema(entity)(unknown=RAISE)
        self._names: dict[tuple[AccessShape, bool, bool], tuple[frozenset[str], frozenset[str]]] = {}
        self.converters: dict[str, Callable[[Any], Any]] = {
            name: entity.fields[name].type.parse for name in self.schema.fields
        }

    def names(self, access: Access, is_new: bool, is_import: bool) -> tuple[frozenset[str], frozenset[str]]:
        """What the caller may send, and what he may know of; worked out once for each set of rights."""
        key = (access.shape, is_new, is_import)
        found = self._names.get(key)
        if found is None:
            if len(self._names) >= MOST_SHAPES:
                self._names.clear()
            found = self._names[key] = _names(access, self.entity, is_new, is_import)
        return found

    def read(self, draft: Draft, allowed: frozenset[str], visible: frozenset[str]) -> None:
        """`allowed`: names the caller may send; `visible`: names he may know of. Fills `sent`, `failed`, `problems`."""
        sent = draft.sent
        try:
            for name, raw in draft.raw.items():
                if name not in allowed:
                    raise KeyError(name)
                sent[name] = self.converters[name](raw)
        except (KeyError, InvalidValue):
            sent.clear()
            self._read_all(draft, allowed, visible)

    def present(self, name: str, visible: frozenset[str]) -> str:
        """The name of today for one of the past; any other as it is."""
        today = self.entity.fields.present(name)
        return today if today is not None and today in visible else name

    def _read_all(self, draft: Draft, allowed: frozenset[str], visible: frozenset[str]) -> None:
        known = {}
        for called, raw in draft.raw.items():
            name = self.present(called, visible)
            if name != called and name in draft.raw:
                draft.problems.append(_said_twice(called, name))
            elif name in allowed and name in self.converters:
                known[name] = raw
            elif len(draft.problems) < MOST_NAMES_REPORTED:
                draft.problems.append(self._not_accepted(name, allowed, visible))
        try:
            draft.sent.update(self.schema.load(known))
        except ValidationError as refusal:
            draft.sent.update(refusal.valid_data or {})
            for name, reasons in refusal.messages_dict.items():
                draft.failed.add(name)
                draft.problems.extend(_detail(name, reason) for reason in reasons)

    def _not_accepted(self, name: str, allowed: frozenset[str], visible: frozenset[str]) -> Detail:
        if name in visible:
            label = self.entity.fields[name].label
            message = say("“{label}” cannot be set here.", "此处不能设置“{label}”。", label=label)
            return Detail(path=name, code="read_only", message=message)
        shown = name if len(name) <= 60 else name[:60] + "…"
        message = say("There is no field “{name}” here.", "此处没有字段“{name}”。", name=shown)
        return Detail(path=shown, code="unknown_name", message=message, hint=did_you_mean(shown, sorted(allowed)))


class Intakes:
    """The intake of each entity of a model, made when first wanted."""

    def __init__(self) -> None:
        self._made: dict[str, Intake] = {}

    def __getitem__(self, entity: Entity) -> Intake:
        found = self._made.get(entity.name)
        if found is None:
            found = self._made[entity.name] = Intake(entity)
        return found


def read_values(intake: Intake) -> Callable[[Work, Draft], None]:
    """The step: parse everything that was sent."""

    def step(work: Work, draft: Draft) -> None:
        refuse_what_is_no_record(draft.raw)
        intake.read(draft, *intake.names(work.access, draft.is_new, work.options is not None))

    return step


def refuse_what_is_no_record(raw: Any) -> None:
    """Raises BadRequest unless `raw` maps names to values."""
    if not isinstance(raw, Mapping) or not all(isinstance(name, str) for name in raw):
        message = say("A record is an object of field names and values.", "一条记录应为由字段名和值组成的对象。")
        raise BadRequest(message, details=[Detail(path="", code="not_a_record", message=message)])


def _names(access: Access, entity: Entity, is_new: bool, is_import: bool) -> tuple[frozenset[str], frozenset[str]]:
    operation = "create" if is_new else "update"
    allowed = frozenset(access.writable_fields(entity.name, operation))  # type: ignore[arg-type]
    if is_import:
        brought = {
            field.name for field in entity.fields.values() if not field.type.writable and not field.type.computed
        }
        allowed |= {name for name in IMPORTED if name in entity.fields} | brought
    return allowed, allowed.union(access.readable_fields(entity.name))


def _said_twice(old: str, today: str) -> Detail:
    message = say(
        "“{old}” is “{today}”, which is there as well.", "“{old}”即“{today}”，两者不能同时出现。", old=old, today=today
    )
    return Detail(path=old, code="given_twice", message=message)


def _detail(name: str, reason: Any) -> Detail:
    if isinstance(reason, InvalidValue):
        return Detail(path=name, code=reason.code, message=reason.message, hint=reason.hint)
    return Detail(path=name, code="invalid", message=Text.of(str(reason)))
