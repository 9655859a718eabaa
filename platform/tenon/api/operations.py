"""In charge of the operations of the description: of each entity those that this caller can do, and the common ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apispec import APISpec

from tenon.access import Access
from tenon.api import files, parameters
from tenon.api.components import READING, WRITING, answers
from tenon.api.including import lists_of, lookups_of, relationships_of
from tenon.api.parameters import Parameter, Table
from tenon.api.schemas import Schema, component, nullable, ref
from tenon.api.upserts import matching_fields
from tenon.api.writes import BASE
from tenon.model import Entity, Operation
from tenon.texts import Text, say

_ID: Schema = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
_OTHER: Schema = {**_ID, "name": "other"}
_KEYED = ("IdempotencyKey",)
_SAVING = ("IdempotencyKey", "Prefer")


@dataclass(frozen=True, kw_only=True)
class Writing:
    """What the operations of one entity are written into and for whom."""

    spec: APISpec
    access: Access
    entity: Entity
    language: str

    @property
    def name(self) -> str:
        return self.entity.name

    @property
    def record(self) -> Schema:
        """What a write answers: the record, or only its id and version."""
        return {"anyOf": [ref(component(self.name)), ref("Saved")]} if self.can("read") else ref("Saved")

    def can(self, *operations: Operation) -> bool:
        return all(self.access.can(self.name, operation) for operation in operations)

    def add(self, path: str, **operations: dict[str, Any] | None) -> None:
        """Under the entity's address; operations that are None are not there for this caller."""
        present = {method: item for method, item in operations.items() if item is not None}
        if present:
            self.spec.path(path=f"{BASE}/{self.name}{path}", operations=present)

    def operation(
        self,
        verb: str,
        summary: Text,
        responses: dict[str, Any],
        given: Iterable[Parameter] = (),
        headers: Iterable[str] = (),
        path: Iterable[Schema] = (),
        body: Schema | None = None,
    ) -> dict[str, Any]:
        described = operation(f"{verb}_{self.name}", summary.filled(entity=self.entity.label), responses, self.language)
        described["tags"] = [self.name]
        described["parameters"] = [*path, *self._parameters(given), *headers]
        if body is not None:
            described["requestBody"] = json_body(body)
        return described

    def _parameters(self, given: Iterable[Parameter]) -> list[Schema]:
        return [documented(parameter, self.language, self._names(parameter)) for parameter in given]

    def _names(self, parameter: Parameter) -> tuple[str, ...]:
        """What `include` may name, so that readers need not guess."""
        if parameter is not parameters.INCLUDE:
            return ()
        one, several = lookups_of(self.access, self.name), lists_of(self.access, self.name)
        return (*one, *several, *relationships_of(self.access, self.name))


def operation(name: str, summary: Text, responses: dict[str, Any], language: str) -> dict[str, Any]:
    return {"operationId": name, "summary": summary.in_(language), "responses": responses}


def json_body(schema: Schema, *, required: bool = True) -> dict[str, Any]:
    return {"required": required, "content": {"application/json": {"schema": schema}}}


def documented(parameter: Parameter, language: str, names: tuple[str, ...] = ()) -> Schema:
    help_ = parameter.help.in_(language)
    described: Schema = {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": f"{help_} ({', '.join(names)})" if names else help_,
        "schema": dict(parameter.schema),
    }
    if parameter.example is not None:
        described["example"] = parameter.example
    return described


def queries(known: Table, *without: Parameter) -> list[Parameter]:
    return [parameter for parameter in known.values() if parameter not in without]


def add_operations(spec: APISpec, access: Access, entity: Entity, language: str) -> None:
    """Everything this caller can do with one entity."""
    writing = Writing(spec=spec, access=access, entity=entity, language=language)
    _add_lists(writing)
    _add_records(writing)
    _add_stages(writing)
    _add_relationships(writing)
    _add_upserts(writing)


def _add_lists(writing: Writing) -> None:
    record, reads = ref(component(writing.name)), writing.can("read")
    staged = "stage" in writing.access.readable_fields(writing.name)
    allowed = ((parameters.DELETED, writing.can("delete")), (parameters.PASSED, staged))
    hidden = [parameter for parameter, may in allowed if not may]
    page: Schema = {
        "type": "object",
        "properties": {
            "records": {"type": "array", "items": record},
            "next": nullable({"type": "string"}),
            "count": {"type": "integer", "minimum": 0},
            "capped": {"type": "boolean"},
        },
        "required": ["records", "next"],
        "additionalProperties": False,
    }
    listing = writing.operation(
        "list", say("List: {entity}", "列表：{entity}"), answers(page, READING), queries(parameters.LIST, *hidden)
    )
    making = writing.operation(
        "create",
        say("Create: {entity}", "新建：{entity}"),
        answers(writing.record, WRITING, status=201, tagged=True),
        queries(parameters.SAVE),
        _SAVING,
        body=ref(component(writing.name, "new")),
    )
    counting = writing.operation(
        "count",
        say("Count: {entity}", "计数：{entity}"),
        answers(ref("Counted"), READING),
        queries(parameters.COUNTING, *hidden),
    )
    grouping = writing.operation(
        "aggregate",
        say("Group and measure: {entity}", "分组统计：{entity}"),
        answers(ref("Groups"), (*READING, 413)),
        queries(parameters.AGGREGATE),
    )
    writing.add("", get=listing if reads else None, post=making if writing.can("create") else None)
    writing.add("/count", get=counting if reads else None)
    writing.add("/aggregate", get=grouping if reads else None)


def _add_records(writing: Writing) -> None:
    hidden = () if writing.can("delete") else (parameters.DELETED,)
    reading = writing.operation(
        "read",
        say("Read one: {entity}", "读取一条：{entity}"),
        answers(ref(component(writing.name)), READING, tagged=True),
        queries(parameters.ONE, *hidden),
        path=[_ID],
    )
    changing = writing.operation(
        "change",
        say("Change: {entity}", "修改：{entity}"),
        answers(writing.record, (*WRITING, 428), tagged=True),
        queries(parameters.SAVE),
        ("IfMatch", *_SAVING),
        [_ID],
        ref(component(writing.name, "change")),
    )
    deleting = writing.operation(
        "delete",
        say("Into the recycle bin: {entity}", "移入回收站：{entity}"),
        answers(ref("Deleted"), WRITING, tagged=True),
        queries(parameters.VERSIONED),
        ("IfMatch", *_KEYED),
        [_ID],
    )
    restoring = writing.operation(
        "restore",
        say("Out of the recycle bin: {entity}", "从回收站恢复：{entity}"),
        answers(writing.record, WRITING, tagged=True),
        queries(parameters.SAVE),
        ("IfMatch", *_SAVING),
        [_ID],
    )
    reads, deletes = writing.can("read"), writing.can("delete")
    writing.add(
        "/{id}",
        get=reading if reads else None,
        patch=changing if writing.can("update") else None,
        delete=deleting if deletes else None,
    )
    writing.add("/{id}/restore", post=restoring if deletes else None)
    if reads:
        _add_around(writing)


def _add_around(writing: Writing) -> None:
    """History and files of a record."""
    writing.add(
        "/{id}/history",
        get=writing.operation(
            "history",
            say("What changed: {entity}", "变更历史：{entity}"),
            answers(ref("History"), READING),
            queries(parameters.HISTORY),
            path=[_ID],
        ),
    )
    listing = writing.operation(
        "files", say("Files of: {entity}", "附件：{entity}"), answers(ref("Files"), READING), path=[_ID]
    )
    attaching = writing.operation(
        "attach",
        say("Add a file to: {entity}", "上传附件：{entity}"),
        answers(ref("File"), WRITING, status=201),
        headers=_KEYED,
        path=[_ID],
    )
    form: Schema = {
        "type": "object",
        "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
        "required": ["file"],
    }
    attaching["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    writing.add("/{id}/files", get=listing, post=attaching if writing.can("update") else None)


def _add_stages(writing: Writing) -> None:
    writing_entity = writing.entity
    if writing.can("read"):
        writing.add(
            "/{id}/actions",
            get=writing.operation(
                "actions",
                say("What can be done now: {entity}", "当前可执行的操作：{entity}"),
                answers(ref("Actions"), READING),
                path=[_ID],
            ),
        )
        if writing.can("update") and _has_buttons(writing):
            starting = writing.operation(
                "start_automation_on",
                say("Start an automation on: {entity}", "启动自动化：{entity}"),
                answers(ref("AutomationStarted"), WRITING, status=202),
                headers=_KEYED,
                path=[_ID],
                body=ref("AutomationStart"),
            )
            writing.add("/{id}/actions/start", post=starting)
    if writing_entity.pipeline is None or "stage" not in writing.access.readable_fields(writing.name):
        return
    writing.add(
        "/{id}/stage_history",
        get=writing.operation(
            "stage_history",
            say("Way through the stages: {entity}", "阶段历史：{entity}"),
            answers(ref("StageHistory"), READING),
            path=[_ID],
        ),
    )
    if "stage" in writing.access.writable_fields(writing.name):
        moving = writing.operation(
            "move_stage",
            say("Move to another stage: {entity}", "转换阶段：{entity}"),
            answers(writing.record, WRITING, tagged=True),
            queries(parameters.SAVE),
            ("IfMatch", *_SAVING),
            [_ID],
            ref("StageMove"),
        )
        writing.add("/{id}/actions/stage", post=moving)


def _has_buttons(writing: Writing) -> bool:
    automations = writing.access.model.automations.values()
    return any(each.entity == writing.name and "manual" in each.on for each in automations)


def _add_relationships(writing: Writing) -> None:
    for name in relationships_of(writing.access, writing.name):
        end = writing.entity.relationships[name]
        page: Schema = {
            "type": "object",
            "properties": {
                "records": {"type": "array", "items": ref(component(end.entity))},
                "next": nullable({"type": "string"}),
            },
            "required": ["records", "next"],
            "additionalProperties": False,
        }
        summary = say("{entity} → {label}", "{entity} → {label}", label=end.label)
        listing = writing.operation(
            f"related_{name}_of", summary, answers(page, READING), queries(parameters.RELATED), path=[_ID]
        )
        writing.add(f"/{{id}}/{name}", get=listing)
        tie, operations = end.through or end.entity, ("create", "delete") if end.through else ("update", "update")
        linking = writing.operation(
            f"link_{name}_to", summary, answers(ref("Tie"), WRITING), headers=_KEYED, path=[_ID, _OTHER]
        )
        linking["requestBody"] = json_body({"type": "object"}, required=False)
        unlinking = writing.operation(
            f"unlink_{name}_from", summary, answers(ref("Unlinked"), WRITING), headers=_KEYED, path=[_ID, _OTHER]
        )
        writing.add(
            f"/{{id}}/{name}/{{other}}",
            post=linking if writing.access.can(tie, operations[0]) else None,  # type: ignore[arg-type]
            delete=unlinking if writing.access.can(tie, operations[1]) else None,  # type: ignore[arg-type]
        )


def _add_upserts(writing: Writing) -> None:
    fields = matching_fields(writing.access, writing.name)
    if not fields or not writing.can("read", "create", "update"):
        return
    result: Schema = {
        "type": "object",
        "properties": {"outcome": {"enum": ["created", "changed", "unchanged"]}, "record": writing.record},
        "required": ["outcome", "record"],
        "additionalProperties": False,
    }
    responses = answers(result, WRITING, tagged=True)
    responses["201"] = responses["200"]
    responses["300"] = {"description": "Several match.", "content": {"application/json": {"schema": ref("Matches")}}}
    path = [
        {"name": "field", "in": "path", "required": True, "schema": {"type": "string", "enum": list(fields)}},
        {"name": "value", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}},
    ]
    change = ref(component(writing.name, "change"))
    upserting = writing.operation(
        "upsert",
        say("Create, or change the one with this value: {entity}", "按值新建或修改：{entity}"),
        responses,
        queries(parameters.SAVE),
        _SAVING,
        path,
        change,
    )
    writing.add("/by/{field}/{value}", put=upserting)


def add_common(spec: APISpec, access: Access, language: str) -> None:
    """What belongs to no entity."""
    words = {"search": parameters.SEARCH, "model": parameters.NOTHING, "limits": parameters.NOTHING}
    schemas = {"search": "Found", "model": "Model", "limits": "Limits"}
    if access.administers:
        words["model/uses"], schemas["model/uses"] = parameters.USES, "Uses"
    for name, known in words.items():
        described = operation(name.replace("/", "_"), _SUMMARIES[name], answers(ref(schemas[name]), READING), language)
        described["parameters"] = [documented(parameter, language) for parameter in known.values()]
        spec.path(path=f"{BASE}/{name}", operations={"get": _common(described)})
    outcomes = ref("Outcomes")
    responses = answers(outcomes, WRITING)
    responses["207"] = {**responses["200"], "description": "Some were refused."}
    responses["409"] = {
        "description": "An atomic batch was undone, or the state does not allow it.",
        "content": {
            "application/json": {"schema": outcomes},
            "application/problem+json": {"schema": ref("Problem")},
        },
    }
    batch = operation("batch", _SUMMARIES["batch"], responses, language)
    batch["parameters"] = list(_KEYED)
    batch["requestBody"] = json_body(ref("Batch"))
    spec.path(path=f"{BASE}/batch", operations={"post": _common(batch)})
    _add_file(spec, language)


def _add_file(spec: APISpec, language: str) -> None:
    responses = answers({}, READING)
    responses["200"]["content"] = {"*/*": {"schema": {}}}
    fetching = operation("fetch_file", _SUMMARIES["file"], responses, language)
    fetching["parameters"] = [_ID, documented(files.KEY, language)]
    fetching["security"] = [{"token": []}, {"session": []}, {}]
    spec.path(path=f"{BASE}/files/{{id}}", operations={"get": _common(fetching)})


def _common(described: dict[str, Any]) -> dict[str, Any]:
    return {**described, "tags": ["workspace"]}


_SUMMARIES = {
    "search": say("Find records by words", "全文查找记录"),
    "model": say("Entities and fields you may see", "您可见的实体和字段"),
    "model/uses": say("What uses a thing of the workspace", "哪些配置引用了某一事物"),
    "limits": say("Limits of the API", "接口限制"),
    "batch": say("Many changes in one call", "批量变更"),
    "file": say("Fetch a file", "下载文件"),
}
