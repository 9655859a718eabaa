"""In charge of names in the metadata that lead to things elsewhere: each is there, and fits where it is used."""

from collections.abc import Iterable, Mapping
from zoneinfo import available_timezones

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.paths import follow_path, read_path
from tenon.compiler.work import Draft, Work
from tenon.expressions import Path
from tenon.model import Field
from tenon.texts import Text, say

WHAT = {
    "approvals": say("approval", "审批"),
    "assignments": say("assignment rule", "分配规则"),
    "choices": say("option set", "选项集"),
    "courses": say("course", "课程"),
    "dashboards": say("dashboard", "仪表板"),
    "entities": say("entity", "实体"),
    "modules": say("module", "模块"),
    "reports": say("report", "报表"),
    "roles": say("role", "角色"),
    "segments": say("segment", "分群"),
    "targets": say("target plan", "目标"),
    "templates": say("template", "模板"),
    "calendars": say("calendar", "日历"),
    "connectors": say("connector", "连接器"),
    "pools": say("pool", "公海"),
    "webforms": say("web form", "网页表单"),
    "tours": say("tour", "引导"),
}
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}
_TIMEZONES = frozenset(available_timezones())


def refer(work: Work, part: str, node: Node | None, path: TreePath) -> str | None:
    """The name in `node` when there is such a thing in that part of the tree; what is wrong is reported."""
    if node is None:
        return None
    known = work.drafts if part == "entities" else work.part(part)
    if node.value in known:
        return str(node.value)
    work.unknown(WHAT[part], node.value, known, node, path)
    return None


def refer_all(work: Work, part: str, node: Node | None, path: TreePath) -> tuple[str, ...]:
    found = (refer(work, part, item, path) for item in ([] if node is None else node.entries))
    return tuple(name for name in found if name is not None)


def draft_of(work: Work, node: Node, path: TreePath, key: str = "entity") -> Draft | None:
    """The entity that `key` of a thing names."""
    name = refer(work, "entities", node.get(key), (*path, key))
    return None if name is None else work.drafts[name]


def audience(work: Work, node: Node, path: TreePath, key: str = "roles") -> tuple[str, ...]:
    """Roles a thing is for; a role that nothing is granted to sees nothing of it, which is warned of."""
    given = node.get(key)
    names = refer_all(work, "roles", given, (*path, key))
    for item in [] if given is None else given.entries:
        if item.value in names and not _is_granted(work, str(item.value)):
            message = say(
                "Nothing is granted to the role “{name}”.", "角色“{name}”没有任何授权。", name=str(item.value)
            )
            hint = say("Give it grants, or leave it out here.", "请为其授权，或在此去掉。")
            work.report("role_without_grants", message, item, (*path, key), hint=hint, severity="warning")
    return names


def _is_granted(work: Work, role: str) -> bool:
    node = work.part("roles")[role]
    if node.pick("administrator", False) or node.pick("grants"):
        return True
    return any(role in work.part("entities", name, "grants") for name in work.drafts)


def own_field(
    work: Work, draft: Draft, node: Node | None, path: TreePath, *, keys: Iterable[str] = (), wanted: Text | None = None
) -> Field | None:
    """A field of the entity itself, of one of these types when any are named; `wanted` says what is asked for."""
    if node is None:
        return None
    field = draft.fields.get(str(node.value))
    if field is None:
        work.unknown(say("field", "字段"), node.value, draft.fields, node, path)
        return None
    return field if _is_of(work, field, node, path, tuple(keys), wanted) else None


def far_field(
    work: Work, draft: Draft, node: Node | None, path: TreePath, *, keys: Iterable[str] = (), wanted: Text | None = None
) -> Path | None:
    """A way through look-ups to a field, of one of these types when any are named."""
    if node is None:
        return None
    steps = read_path(node)
    field = follow_path(work, draft, steps, node, path)
    if field is None or not _is_of(work, field, node, path, tuple(keys), wanted):
        return None
    return steps


def _is_of(work: Work, field: Field, node: Node, path: TreePath, keys: tuple[str, ...], wanted: Text | None) -> bool:
    if not keys or result_key(field) in keys:
        return True
    message = say(
        "“{name}” is no {wanted}.", "“{name}”不是{wanted}。", name=str(node.value), wanted=wanted or ", ".join(keys)
    )
    work.report("wrong_type", message, node, path)
    return False


def result_key(field: Field) -> str:
    """The key of the type; of computed fields that of their result."""
    of = getattr(field.type, "of", None)
    return field.type.key if of is None else str(of.key)


def writable_field(work: Work, draft: Draft, node: Node, name: str, path: TreePath) -> Field | None:
    """A field that a value can be put into."""
    field = draft.fields.get(name)
    if field is None:
        work.unknown(say("field", "字段"), name, draft.fields, node, path)
        return None
    if field.type.computed or not field.type.writable or field.system:
        message = say("“{name}” cannot be written.", "“{name}”不可写入。", name=name)
        work.report("not_writable", message, node, path)
        return None
    return field


def same_entity(work: Work, part: str, name: str | None, entity: str | None, node: Node | None, path: TreePath) -> bool:
    """Whether the thing named is about this entity, which is reported when it is not."""
    if name is None or entity is None:
        return True
    other = work.part(part)[name].pick("entity")
    if other == entity or other is None:
        return True
    message = say(
        "“{name}” is about “{other}”, not about “{entity}”.",
        "“{name}”是关于“{other}”的，而不是“{entity}”。",
        name=name,
        other=str(other),
        entity=entity,
    )
    work.report("wrong_entity", message, node, path)
    return False


def seconds(node: Node, key: str) -> int | None:
    written = node.pick(key)
    return None if written is None else int(written[:-1]) * _SECONDS[written[-1]]


def timezone(work: Work, node: Node, path: TreePath) -> str:
    zone = node.get("timezone")
    if zone is not None and zone.value not in _TIMEZONES:
        work.unknown(say("time zone", "时区"), zone.value, _TIMEZONES, zone, (*path, "timezone"))
    return str(node.pick("timezone", ""))


def required_keys(work: Work, node: Node, path: TreePath, kind: str, keys: Iterable[str]) -> bool:
    """Whether a thing of this kind has what it cannot do without."""
    missing = [key for key in keys if key not in node.map]
    for key in missing:
        message = say("“{kind}” needs “{key}”.", "“{kind}”需要“{key}”。", kind=kind, key=key)
        work.report("missing_key", message, node, path)
    return not missing


def refuse_keys(work: Work, node: Node, path: TreePath, kind: str, keys: Iterable[str]) -> None:
    """What is written and means nothing for a thing of this kind is reported, or people would wait for it in vain."""
    for key in keys:
        if key in node.map:
            message = say("“{kind}” has no “{key}”.", "“{kind}”没有“{key}”。", kind=kind, key=key)
            work.report("unknown_key", message, node.get(key), (*path, key))


def circles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Names that lead back to themselves, each circle once."""
    found: list[list[str]] = []
    done: set[str] = set()
    for start in graph:
        way: list[str] = []
        _walk(start, graph, way, done, found)
    return found


def _walk(
    name: str, graph: Mapping[str, Iterable[str]], way: list[str], done: set[str], found: list[list[str]]
) -> None:
    if name in way:
        found.append(way[way.index(name) :])
        return
    if name in done or name not in graph:
        return
    way.append(name)
    for following in graph[name]:
        _walk(following, graph, way, done, found)
    way.pop()
    done.add(name)
