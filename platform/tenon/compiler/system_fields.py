"""In charge of the fields that the product adds to entities: identity, version, times, owner and stage."""

from dataclasses import replace
from typing import Any

from tenon.compiler.ordering import ordered
from tenon.compiler.pipelines import resolve_pipelines, stages_of
from tenon.compiler.work import Draft, Work
from tenon.expressions import compile_expression
from tenon.fields import Option, TypeSettings, make_type
from tenon.model import Field
from tenon.texts import Text, say

RESERVED = frozenset(
    ("id", "version", "created_at", "created_by", "changed_at", "changed_by", "deleted_at", "deleted_by")
) | {"owner", "stage", "stage_since", "pipeline"}
"""Names no module or client may give to a field."""

_PLAIN_SETTINGS = TypeSettings()
_SYSTEM: tuple[tuple[str, str, Text], ...] = (
    ("id", "id", say("ID", "标识")),
    ("version", "integer", say("Version", "版本")),
    ("created_at", "datetime", say("Created at", "创建时间")),
    ("created_by", "user", say("Created by", "创建人")),
    ("changed_at", "datetime", say("Changed at", "修改时间")),
    ("changed_by", "user", say("Changed by", "修改人")),
)


def add_system_fields(draft: Draft) -> None:
    for name, key, label in _SYSTEM:
        draft.fields[name] = _made(draft, name, key, label, system=True, read_only=True)


def add_owner(work: Work, draft: Draft) -> None:
    """Of owned entities. A module may describe the field itself, to give it another label."""
    if draft.node.pick("owned") is not True:
        return
    given = draft.fields.pop("owner", None)
    label = say("Owner", "负责人")
    owner = given or _made(draft, "owner", "user", label, on_delete="restrict", indexed=True)
    if owner.target != "user":
        message = say("The owner of a record is a user.", "记录的负责人必须是用户。")
        work.report("wrong_owner", message, work.tree.at((*draft.path, "fields", "owner")), draft.path)
        owner = _made(draft, "owner", "user", label, on_delete="restrict")
    draft.fields["owner"] = replace(owner, required=not _has_pool(work, draft))


def _has_pool(work: Work, draft: Draft) -> bool:
    """Records in a pool belong to nobody."""
    return any(str(node.pick("entity")) == draft.name for node in work.things("pools").values())


def add_owner_default(work: Work, draft: Draft, field: Field) -> Field:
    """A new record belongs to whoever makes it, unless the metadata says otherwise."""
    if field.name != "owner" or field.default is not None or draft.node.pick("owned") is not True:
        return field
    expected = work.type_in(draft.name, field.type)
    return replace(field, default=compile_expression("user", work.scope(draft.name), expected=expected))


def add_stage(work: Work, draft: Draft) -> None:
    """Of entities with a pipeline."""
    nodes = ordered(draft.node.get("pipelines"), ".".join((*draft.path, "pipelines")), work.problems)
    draft.pipelines = resolve_pipelines(work, draft, nodes)
    if not draft.pipelines:
        return
    stages = stages_of(draft.pipelines.values())
    options = tuple(Option(key=s.name, label=s.label, color=s.color, help=s.help, was=s.was) for s in stages)
    settings = replace(work.type_settings, options=options)
    draft.fields["stage"] = Field(
        name="stage",
        entity=draft.name,
        type=make_type("stage", {}, settings),
        label=say("Stage", "阶段"),
        required=True,
        indexed=True,
        map={old: new for pipeline in draft.pipelines.values() for old, new in pipeline.map.items()},
        module=draft.module,
        origin=draft.node.location,
    )
    draft.fields["stage_since"] = _made(
        draft, "stage_since", "datetime", say("In this stage since", "进入本阶段时间"), system=True, read_only=True
    )
    if len(draft.pipelines) > 1:
        draft.fields["pipeline"] = _pipeline(work, draft)


def _pipeline(work: Work, draft: Draft) -> Field:
    """Which of several pipelines the record goes through; records choose it, moves change it."""
    options = tuple(Option(key=name, label=pipeline.label) for name, pipeline in draft.pipelines.items())
    made = _made(draft, "pipeline", "text", say("Pipeline", "流程"), system=True, read_only=True, indexed=True)
    return replace(made, type=make_type("choice", {}, replace(work.type_settings, options=options)))


def _made(draft: Draft, name: str, key: str, label: Text, **properties: Any) -> Field:
    return Field(
        name=name,
        entity=draft.name,
        type=make_type(key, {}, _PLAIN_SETTINGS),
        label=label,
        module=draft.module,
        origin=draft.node.location,
        **properties,
    )
