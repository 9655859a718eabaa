"""In charge of the properties of actions and triggers: what stands in each is read, typed and checked by its slot."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tenon.actions import RUNNABLES
from tenon.actions import slots as kinds
from tenon.compiler.crons import read_cron
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.referring import refer, same_entity, timezone, writable_field
from tenon.compiler.scenes import Scene, scope_in, shape_of
from tenon.compiler.ways import resolve_way
from tenon.compiler.who import resolve_who
from tenon.compiler.work import Draft, Work, place_inside
from tenon.expressions import (
    BOOLEAN,
    DATE,
    DATETIME,
    NUMBER,
    TEXT,
    Expression,
    ExpressionError,
    Type,
    common,
    compile_expression,
)
from tenon.model import DataShape, Field, Slots, StageNames
from tenon.model.references import COLLECTIONS
from tenon.texts import Text, say

INPUT_TYPES: Mapping[str, Type] = {
    "text": TEXT, "number": NUMBER, "boolean": BOOLEAN, "date": DATE, "datetime": DATETIME,
}  # fmt: skip
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}
_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


@dataclass
class Reading:
    """The slots of one action or trigger while they are read. `entity` is the one spoken of so far.

    A trigger `defines` the record; an action finds it in the scene.
    """

    work: Work
    node: Node
    path: TreePath
    scene: Scene
    entity: str | None
    defines: bool = False
    has_way: bool = False
    made: dict[str, Any] = field(default_factory=dict)

    def note(self, attribute: str, name: str, value: object) -> None:
        self.made.setdefault(attribute, {})[name] = value

    @property
    def draft(self) -> Draft | None:
        return self.work.drafts.get(str(self.entity))


def seconds(duration: str) -> int:
    """Of a checked duration such as 14d or -3d."""
    return int(duration[:-1]) * _SECONDS[duration[-1]]


def read_slots(
    work: Work,
    slots: tuple[kinds.Slot, ...],
    properties: Mapping[str, Node],
    node: Node,
    path: TreePath,
    scene: Scene,
    *,
    defines: bool = False,
) -> Slots:
    """`properties` hold what stands after the key, `node` all of it."""
    reading = Reading(work=work, node=node, path=path, scene=scene, entity=scene.entity, defines=defines)
    for slot in slots:
        given = node if slot.at == "" else properties.get(slot.at)
        reader = _READERS.get(type(slot))
        if reader is not None and given is not None:
            reader(reading, slot, given, path if slot.at == "" else (*path, slot.at))
    apart = {slot.at for slot in slots if not isinstance(slot, _KEPT)}
    options = {key: item.plain() for key, item in properties.items() if key not in apart}
    return Slots(entity=reading.entity, options=options, **reading.made)


def _entity(reading: Reading, slot: kinds.EntitySlot, node: Node, path: TreePath) -> None:
    reading.entity = str(node.value)
    if reading.entity not in reading.work.drafts:
        reading.work.unknown(say("entity", "实体"), node.value, reading.work.drafts, node, path)
        reading.entity = None
    if reading.defines:
        reading.scene = replace(reading.scene, entity=reading.entity)


def _records(reading: Reading, slot: kinds.RecordsSlot, node: Node, path: TreePath) -> None:
    way = resolve_way(reading.work, node, path, reading.scene)
    reading.entity = None if way is None else way.entity
    reading.has_way = True
    if way is None:
        return
    reading.made |= {"way": way.written, "path": way.path}
    if slot.many is not None and slot.many != way.many:
        message = (
            say(
                "“{way}” is one record; a relationship is needed.", "“{way}”是单条记录，这里需要关系。", way=way.written
            )
            if slot.many
            else say("“{way}” are many records; one is needed.", "“{way}”是多条记录，这里需要一条。", way=way.written)
        )
        reading.work.report("wrong_path", message, node, path)


def _values(reading: Reading, slot: kinds.ValuesSlot, node: Node, path: TreePath) -> None:
    draft = _spoken(reading, node, path)
    if draft is None:
        return
    scope = scope_in(reading.work, reading.scene)
    made: dict[str, Expression] = {}
    for name, item in node.map.items():
        here = (*path, name)
        described = writable_field(reading.work, draft, item, name, here)
        if described is not None:
            own = _own_key(described, item)
            made_of = reading.work.value(draft.name, described.type, item, here, scope, text=own)
            if made_of is not None:
                made[name] = made_of
    reading.made["values"] = made
    if slot.new:
        _check_complete(reading, draft, node, path)


def _own_key(described: Field, node: Node) -> str | None:
    """A key of the field's own choices stands for itself."""
    keys = {option.key for option in described.type.settings.options}
    return json.dumps(node.value) if node.value in keys else None


def settable(described: Field) -> bool:
    """Whether anybody may give the field a value."""
    return not described.system and not described.type.computed and described.type.writable


def _check_complete(reading: Reading, draft: Draft, node: Node, path: TreePath) -> None:
    """A new record without a required field would be refused each time."""
    for name, described in draft.fields.items():
        has_default = "default" in reading.work.part(*draft.path, "fields", name) or name in ("owner", "stage")
        if described.required and settable(described) and not has_default and name not in node.map:
            message = say(
                "“{name}” of “{entity}” is required and gets no value.",
                "“{entity}”的“{name}”为必填，却没有赋值。",
                name=name,
                entity=draft.name,
            )
            reading.work.report("missing_field", message, node, path)


def _condition(reading: Reading, slot: kinds.ConditionSlot, node: Node, path: TreePath) -> None:
    """About the records a way leads to, else about the record."""
    about = reading.entity if reading.has_way else None
    scope = scope_in(reading.work, reading.scene, about=about, needs_sql=slot.needs_sql)
    compiled = reading.work.expression(node, path, scope)
    if slot.at == "where":
        reading.made["where"] = compiled
    elif compiled is not None:
        reading.note("expressions", slot.at, compiled)


def _value(reading: Reading, slot: kinds.ValueSlot, node: Node, path: TreePath) -> None:
    work, scene = reading.work, reading.scene
    if slot.person and "user" in work.drafts:
        scene = scene.beside(person=shape_of(work, "user"))
    compiled = work.expression(node, path, scope_in(work, scene), slot.gives)
    if compiled is None:
        return
    if slot.moment and compiled.type.kind not in ("date", "datetime"):
        message = say(
            "This gives {kind}, but a date or an instant is needed.", "结果是 {kind}，这里需要日期或时间。",
            kind=str(compiled.type),
        )  # fmt: skip
        work.report("wrong_type", message, node, path)
    reading.note("expressions", slot.at, compiled)


def _record(reading: Reading, slot: kinds.RecordSlot, node: Node, path: TreePath) -> None:
    if reading.entity in reading.work.drafts:
        expected = Type("record", record=shape_of(reading.work, str(reading.entity)))
        compiled = reading.work.expression(node, path, scope_in(reading.work, reading.scene), expected)
        if compiled is not None:
            reading.note("expressions", slot.at, compiled)


def _named_values(reading: Reading, slot: kinds.NamedValuesSlot, node: Node, path: TreePath) -> None:
    scope = scope_in(reading.work, reading.scene)
    for name, item in node.map.items():
        compiled = reading.work.expression(item, (*path, name), scope, None)
        if compiled is not None:
            reading.note("expressions", f"{slot.at}.{name}", compiled)


def _people(reading: Reading, slot: kinds.PeopleSlot, node: Node, path: TreePath) -> None:
    found = resolve_who(reading.work, node, path, reading.scene, addresses=slot.addresses)
    reading.note("people", slot.at, found)


def _name(reading: Reading, slot: kinds.NameSlot, node: Node, path: TreePath) -> None:
    if slot.of == "pipeline":
        known = {} if reading.draft is None else reading.draft.pipelines
        if node.value not in known:
            reading.work.unknown(say("pipeline", "流程"), node.value, known, node, path)
        reading.made["pipeline"] = str(node.value)
    elif slot.of == "roles":
        reading.made["roles"] = tuple(str(item.value) for item in node.each)
        for item in node.each:
            check_name(reading.work, "role", item, path)
    elif check_name(reading.work, slot.of, node, path):
        reading.made[slot.of] = str(node.value)
        _same_entity(reading, slot.of, node, path)
        if slot.of == "template":
            _of_channel(reading, slot, node, path)


def check_name(work: Work, kind: str, node: Node | None, path: TreePath) -> bool:
    """Whether there is a thing of this kind with the name `node` holds; reported when not, nothing for no node."""
    return refer(work, COLLECTIONS[kind], node, path) is not None


def _of_channel(reading: Reading, slot: kinds.NameSlot, node: Node, path: TreePath) -> None:
    """A document is made, a message is sent: neither does for the other."""
    named = reading.work.part("templates")[str(node.value)]
    channel = str(named.pick("channel"))
    if (channel == "document") == (slot.channel == "document"):
        return
    wanted = say("a document", "文档模板") if slot.channel == "document" else say("a message", "消息模板")
    message = say("“{name}” is not {wanted}.", "“{name}”不是{wanted}。", name=str(node.value), wanted=wanted)
    reading.work.report("wrong_type", message, node, path)


def _same_entity(reading: Reading, kind: str, node: Node, path: TreePath) -> None:
    """A trigger takes the entity of what it names; an action's record must be of that entity."""
    named = reading.work.part(COLLECTIONS[kind], str(node.value)).get("entity")
    if named is None or kind == "connector" or named.value not in reading.work.drafts:
        return
    if reading.defines and reading.entity is None:
        reading.entity = str(named.value)
        reading.scene = replace(reading.scene, entity=reading.entity)
    else:
        same_entity(reading.work, COLLECTIONS[kind], str(node.value), reading.entity or "—", node, path)


def _fields(reading: Reading, slot: kinds.FieldsSlot, node: Node, path: TreePath) -> None:
    draft = _spoken(reading, node, path)
    for item in node.each if draft is not None else ():
        described = draft.fields.get(str(item.value)) if draft is not None else None
        if draft is None or described is None:
            reading.work.unknown(_field_of(draft), item.value, draft.fields if draft else (), item, path)
            continue
        reading.made["field_names"] = (*reading.made.get("field_names", ()), described.name)
        reading.note("fields", slot.at, described.name)
        wrong = slot.target and described.target != slot.target
        kind = described.type.expression_type().kind
        if wrong or (slot.times and kind not in ("date", "datetime")):
            wanted = _WANTED.get(slot.target, say("a date or an instant", "日期或时间"))
            message = say("“{name}” is not {wanted}.", "“{name}”不是{wanted}。", name=described.name, wanted=wanted)
            reading.work.report("wrong_type", message, item, path)


_WANTED = {"user": say("a person", "人员"), "file": say("a field of files", "文件字段")}


def _stages(reading: Reading, slot: kinds.StagesSlot, node: Node, path: TreePath) -> None:
    draft = _spoken(reading, node, path)
    if draft is None:
        return
    known = {stage: None for pipeline in draft.pipelines.values() for stage in pipeline.stages}
    for item in node.each:
        if item.value not in known:
            reading.work.unknown(say("stage", "阶段"), item.value, known, item, path)
    names = tuple(str(item.value) for item in node.each if item.value in known)
    reading.note("stages", slot.at, StageNames(entity=draft.name, names=names))


def _words(reading: Reading, slot: kinds.WordsSlot, node: Node, path: TreePath) -> None:
    words = reading.work.text(node, path)
    if words is not None:
        reading.note("texts", slot.at, words)
    scope = scope_in(reading.work, reading.scene)
    for leaf in node.map.values() or (node,):
        for found in _PLACEHOLDER.finditer(str(leaf.value)):
            inner = found.group(1)
            shift = found.start(1) + len(inner) - len(inner.lstrip())
            try:
                reading.note("placeholders", inner.strip(), compile_expression(inner.strip(), scope))
            except ExpressionError as error:
                place = place_inside(leaf, shift + error.position)
                dotted = ".".join(path)
                reading.work.problems.add(error.code, error.message, path=dotted, location=place, hint=error.hint)


def _length(reading: Reading, slot: kinds.LengthSlot, node: Node, path: TreePath) -> None:
    reading.note("seconds", slot.at, seconds(str(node.value)))


def _cron(reading: Reading, slot: kinds.CronSlot, node: Node, path: TreePath) -> None:
    read_cron(reading.work, node, path)


def _zone(reading: Reading, slot: kinds.ZoneSlot, node: Node, path: TreePath) -> None:
    timezone(reading.work, reading.node, path[:-1])


def _inputs(reading: Reading, slot: kinds.InputsSlot, node: Node, path: TreePath) -> None:
    types = {name: INPUT_TYPES[str(item.value)] for name, item in node.map.items()}
    reading.made["inputs"] = types
    reading.scene = reading.scene.beside(trigger=DataShape("trigger", types))


def _function(reading: Reading, slot: kinds.FunctionSlot, node: Node, path: TreePath) -> None:
    name = str(node.value)
    runnable = RUNNABLES.get(name)
    if runnable is None:
        reading.work.unknown(say("registered function", "已注册的函数"), name, RUNNABLES, node, path)
        return
    given = reading.node.get(slot.given)
    items = {} if given is None else given.map
    for argument, item in items.items():
        wanted = runnable.inputs.get(argument)
        if wanted is None:
            reading.work.unknown(say("argument", "参数"), argument, runnable.inputs, item, (*path[:-1], slot.given))
            continue
        compiled = reading.work.expression(
            item, (*path[:-1], slot.given, argument), scope_in(reading.work, reading.scene), None
        )
        if compiled is not None and common(compiled.type, wanted) is None:
            message = say(
                "This gives {kind}, but {expected} is needed.", "结果是 {kind}，这里需要 {expected}。",
                kind=str(compiled.type), expected=str(wanted),
            )  # fmt: skip
            reading.work.report("wrong_type", message, item, (*path[:-1], slot.given, argument))
    for argument in sorted(runnable.required - set(items)):
        message = say("“{name}” is missing.", "缺少“{name}”。", name=argument)
        reading.work.report("missing_key", message, node, path)


def _spoken(reading: Reading, node: Node, path: TreePath) -> Draft | None:
    """The entity spoken of; reported when there is none although nothing else is wrong."""
    if (
        reading.draft is None
        and reading.scene.entity is None
        and not reading.has_way
        and "entity" not in reading.node.map
    ):
        message = say("There is no record here.", "这里没有记录。")
        hint = say("Name an entity in the trigger.", "请在触发器中指定实体。")
        reading.work.report("no_record", message, node, path, hint=hint)
    return reading.draft


def _field_of(draft: Draft | None) -> Text:
    return say("field in {entity}", "{entity} 的字段", entity="—" if draft is None else draft.name)


_KEPT = (kinds.CronSlot, kinds.ZoneSlot, kinds.FunctionSlot, kinds.LengthSlot)
"""Slots that are also kept as they are written."""
_READERS: dict[type[kinds.Slot], Callable[[Reading, Any, Node, TreePath], None]] = {
    kinds.EntitySlot: _entity,
    kinds.RecordsSlot: _records,
    kinds.ValuesSlot: _values,
    kinds.ConditionSlot: _condition,
    kinds.ValueSlot: _value,
    kinds.RecordSlot: _record,
    kinds.NamedValuesSlot: _named_values,
    kinds.PeopleSlot: _people,
    kinds.NameSlot: _name,
    kinds.FieldsSlot: _fields,
    kinds.StagesSlot: _stages,
    kinds.WordsSlot: _words,
    kinds.LengthSlot: _length,
    kinds.CronSlot: _cron,
    kinds.ZoneSlot: _zone,
    kinds.InputsSlot: _inputs,
    kinds.FunctionSlot: _function,
}
