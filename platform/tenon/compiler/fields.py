"""In charge of the fields of every entity: their types and plain properties. Expressions come later."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from tenon.compiler import schemas
from tenon.compiler.choices import resolve_map, resolve_options
from tenon.compiler.memory import remembered
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.system_fields import RESERVED, add_owner, add_stage, add_system_fields
from tenon.compiler.work import Draft, Work
from tenon.fields import FIELD_TYPES, FieldType, TypeSettings, make_type
from tenon.model import Convert, Field
from tenon.texts import Text, say

SUBSTITUTE = "text"
"""Stands for a type that is missing or does not exist, so that what refers to the field still finds it."""
_PLAIN = ("required", "unique", "indexed", "read_only", "sensitive", "on_delete")


def resolve_fields(work: Work) -> None:
    """Fill every draft with its fields. Computed types get their result type in a later pass."""
    for draft in work.drafts.values():
        rough = remembered(work, draft.node, "fields", partial(_filled, work, draft))
        draft.fields, draft.pipelines, draft.hierarchy = rough.fields, rough.pipelines, rough.hierarchy


def _filled(work: Work, draft: Draft) -> Draft:
    """A copy of the draft, with its fields; the only one that is written to."""
    rough = Draft(
        name=draft.name, node=draft.node, label=draft.label, plural=draft.plural, watch=work.watch, rough=True
    )
    nodes = ordered(draft.node.get("fields"), ".".join((*draft.path, "fields")), work.problems)
    for name, node in nodes.items():
        _add(work, rough, name, node)
    add_stage(work, rough)
    add_owner(work, rough)
    add_system_fields(rough)
    return rough


def check_targets(work: Work) -> None:
    """Every look-up leads to an entity."""
    for draft in work.drafts.values():
        remembered(work, draft.node, "targets", partial(_check_targets, work, draft))


def _check_targets(work: Work, draft: Draft) -> None:
    for field in list(draft.fields.values()):
        if field.leads_to is not None and field.leads_to not in work.drafts:
            path = (*draft.path, "fields", field.name)
            node = work.tree.at((*path, "to"))
            work.unknown(say("entity", "实体"), field.leads_to, work.drafts, node, (*path, "to"))
        elif field.entities is not None:
            _check_entities(work, draft, field)
        elif field.leads_to is None:
            _refuse_link_options(work, draft, field)
        if field.unique and (field.members is not None or field.type.expression_type().kind == "opaque"):
            _refuse_unique(work, draft, field)


def _check_entities(work: Work, draft: Draft, field: Field) -> None:
    path = (*draft.path, "fields", field.name, "entities")
    for place, name in enumerate(field.entities or ()):
        if name not in work.drafts:
            node = work.tree.at((*path, place))
            work.unknown(say("entity", "实体"), name, work.drafts, node, path)


def _refuse_unique(work: Work, draft: Draft, field: Field) -> None:
    path = (*draft.path, "fields", field.name)
    message = say("Values of this type cannot be compared, so not be unique.", "此类型的值无法比较，不能要求唯一。")
    work.report("wrong_type", message, work.tree.at(path).get("unique"), (*path, "unique"))


def _refuse_link_options(work: Work, draft: Draft, field: Field) -> None:
    path, node = (*draft.path, "fields", field.name), draft.field_node(field.name)
    if node is None:
        return
    for key in ("where", "on_delete"):
        if node.get(key) is not None and not field.type.computed:
            message = say("Only look-ups have “{key}”.", "只有关联字段才有“{key}”。", key=key)
            work.report("unknown_key", message, node.get(key), (*path, key))


def _add(work: Work, draft: Draft, name: str, node: Node) -> None:
    path = (*draft.path, "fields", name)
    if name in RESERVED and not (name == "owner" and draft.node.pick("owned") is True):
        message = say("The name “{name}” belongs to the system.", "名称“{name}”由系统保留。", name=name)
        hint = say("Choose another name, such as “{name}_text”.", "请换一个名称，例如“{name}_text”。", name=name)
        work.report("reserved_name", message, node, path, hint=hint)
        return
    kind = _type(work, draft, node, path)
    plain = {key: node.pick(key) for key in _PLAIN if key in node.map}
    draft.fields[name] = Field(
        name=name,
        entity=draft.name,
        type=kind,
        label=work.label(node, path, _implied_label(work, node, kind)),
        help=work.text(node.get("help"), (*path, "help")),
        placeholder=work.text(node.get("placeholder"), (*path, "placeholder")),
        was=tuple(node.pick("was", ())),
        convert=Convert(**node.pick("convert", {})),
        restores=node.pick("restores", ""),
        map=_map(work, kind, node, path),
        module=node.layer,
        origin=node.location,
        **plain,
    )
    if kind.key == "hierarchy":
        _note_hierarchy(work, draft, name, node, path)


def _map(work: Work, kind: FieldType, node: Node, path: TreePath) -> Mapping[str, str]:
    """Of options that stand beside the field; a set in a file of its own has its own map."""
    written = node.get("map")
    if written is None:
        return {}
    if node.get("options") is None:
        message = say("“map” belongs to fields with “options” of their own.", "“map”只用于自带 options 的字段。")
        work.report("unknown_key", message, written, (*path, "map"))
        return {}
    return resolve_map(work, written, (*path, "map"), [option.key for option in kind.settings.options])


def _note_hierarchy(work: Work, draft: Draft, name: str, node: Node, path: TreePath) -> None:
    if draft.hierarchy is None:
        draft.hierarchy = name
        return
    message = say(
        "An entity has one hierarchy; “{name}” is it already.",
        "实体只能有一个层级字段；已有“{name}”。",
        name=draft.hierarchy,
    )
    work.report("second_hierarchy", message, node, path, hint=say("Use a look-up.", "请改用关联字段。"))


def _implied_label(work: Work, node: Node, kind: FieldType) -> Text | None:
    """A look-up without a label is called like its target, a choice like its option set."""
    if kind.target in work.drafts:
        return work.drafts[str(kind.target)].label
    if kind.members in work.drafts:
        return work.drafts[str(kind.members)].plural
    chosen = work.choices.get(str(node.pick("from")))
    return None if chosen is None else chosen.label


def _type(work: Work, draft: Draft, node: Node, path: TreePath) -> FieldType:
    key = str(node.pick("type", SUBSTITUTE))
    if key not in FIELD_TYPES:
        return make_type(SUBSTITUTE, {}, work.type_settings)
    settings = _with_options(work, key, node, path)
    kind = make_type(key, options_of(draft.name, key, node), settings)
    for finding in kind.problems():
        work.report("bad_options", finding, node, path)
    return kind


def options_of(entity: str, key: str, node: Node) -> Mapping[str, Any]:
    """What the field gives its type."""
    known = schemas.options(key)
    given = {name: node.pick(name) for name in node.map if name in known}
    if key == "hierarchy":
        given["to"] = entity
    return given


def _with_options(work: Work, key: str, node: Node, path: TreePath) -> TypeSettings:
    """The settings of the workspace, with the option set of a choice."""
    settings = work.type_settings
    if "from" not in schemas.options(key):
        return settings
    chosen, own = node.get("from"), node.get("options")
    if own is not None:
        return replace(settings, options=resolve_options(work, own, (*path, "options")))
    if chosen is None:
        if schemas.needs_options(key):
            message = say(
                "A choice needs “from” (an option set) or “options”.", "选项字段需要 from（选项集）或 options。"
            )
            work.report("missing_key", message, node, path)
        return settings
    found = work.choices.get(str(chosen.value))
    if found is None:
        work.unknown(say("option set", "选项集"), chosen.value, work.choices, chosen, (*path, "from"))
        return settings
    return replace(settings, options=found.options)
