"""In charge of the steps a module takes with records when a company comes from an older version of it."""

from collections.abc import Mapping

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.version_ranges import is_newer, numbers
from tenon.compiler.work import Draft, Work
from tenon.expressions import Expression
from tenon.model import Field, Upgrade, UpgradeStep
from tenon.texts import say

_WAYS = ("set", "map", "create")
_CHOICES = ("choice", "multi_choice")


def resolve_upgrades(work: Work, module: str, node: Node) -> tuple[Upgrade, ...]:
    """Oldest version first; the steps of one version in the order of the file."""
    written = node.get("upgrades")
    found = []
    for version, steps in sorted(({} if written is None else written.map).items(), key=lambda item: numbers(item[0])):
        path: TreePath = ("modules", module, "upgrades", version)
        if is_newer(version, str(node.pick("version", "0.0.0"))):
            message = say(
                "There are steps to version {version}, which is newer than the module itself.",
                "存在升级到版本 {version} 的步骤，但模块本身版本更旧。",
                version=version,
            )
            work.report("unreachable_upgrade", message, steps, path)
        made = [_step(work, name, item, (*path, name)) for name, item in steps.map.items()]
        found.append(Upgrade(version=version, steps=tuple(step for step in made if step is not None)))
    return tuple(found)


def _step(work: Work, name: str, node: Node, path: TreePath) -> UpgradeStep | None:
    entity = str(node.pick("entity", ""))
    draft = work.drafts.get(entity)
    if draft is None:
        if "entity" in node.map:
            work.unknown(say("entity", "实体"), entity, work.drafts, node.get("entity"), (*path, "entity"))
        return None
    if sum(way in node.map for way in _WAYS) != 1:
        message = say("A step does one of: set, map, create.", "一个步骤只做一件事：set、map 或 create。")
        work.report("bad_step", message, node, path)
        return None
    key = node.get("key")
    rows = [] if "create" not in node.map else node.map["create"].entries
    for row in rows:
        _check_fields(work, draft, row.map, (*path, "create"))
    names = tuple(str(item.value) for item in key.each) if key is not None else tuple(rows[0].map)[:1] if rows else ()
    where = work.expression(node.get("where"), (*path, "where"), work.scope(entity, needs_sql=True))
    return UpgradeStep(
        name=name,
        label=work.text(node.get("label"), (*path, "label")),
        entity=entity,
        where=where,
        set=_values(work, draft, node.get("set"), (*path, "set")),
        map=_maps(work, draft, node.get("map"), (*path, "map")),
        create=tuple(row.plain() for row in rows),
        key=names,
        origin=node.location,
    )


def _values(work: Work, draft: Draft, node: Node | None, path: TreePath) -> dict[str, Expression]:
    items = {} if node is None else node.map
    fields = _check_fields(work, draft, items, path)
    found = {
        name: work.expression(items[name], (*path, name), work.scope(draft.name), work.type_in(draft.name, field.type))
        for name, field in fields.items()
    }
    return {name: expression for name, expression in found.items() if expression is not None}


def _maps(work: Work, draft: Draft, node: Node | None, path: TreePath) -> dict[str, Mapping[str, str]]:
    items = {} if node is None else node.map
    found: dict[str, Mapping[str, str]] = {}
    for name, field in _check_fields(work, draft, items, path).items():
        if field.type.key not in _CHOICES:
            message = say("“{name}” holds no keys that could be replaced.", "“{name}”不含可替换的键。", name=name)
            work.report("bad_step", message, items[name], (*path, name))
            continue
        known = [option.key for option in field.type.settings.options]
        for old, new in items[name].map.items():
            if old not in known:
                message = say("“{key}” is no option any more.", "“{key}”已不是选项。", key=old)
                hint = say(
                    "What becomes of an option that is gone stands under “map” beside the options.",
                    "已移除选项的去向写在选项旁的“map”中。",
                )
                work.report("bad_step", message, new, (*path, name, old), hint=hint)
            if new.value != "" and new.value not in known:
                work.unknown(say("option", "选项"), new.value, known, new, (*path, name, old))
        found[name] = items[name].plain()
    return found


def _check_fields(work: Work, draft: Draft, items: Mapping[str, Node], path: TreePath) -> dict[str, Field]:
    """The fields that are there and can be written."""
    fillable = {name: field for name, field in draft.fields.items() if not field.type.computed}
    for name, node in items.items():
        if name not in fillable:
            work.unknown(say("field to fill", "可填写的字段"), name, fillable, node, (*path, name))
    return {name: fillable[name] for name in items if name in fillable}
