"""In charge of the workspace's own description and of the modules it stands on."""

from collections.abc import Iterator, Mapping
from functools import cache
from zoneinfo import available_timezones

from tenon.compiler.naming import CLIENT_PREFIX
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.sources import SourceFile, Sources
from tenon.compiler.upgrading import resolve_upgrades
from tenon.compiler.version_ranges import allows
from tenon.compiler.work import Work
from tenon.locations import Location
from tenon.model import Module, WorkspaceInfo
from tenon.suggestions import did_you_mean
from tenon.texts import Text, say

_PLAIN = ("language", "timezone", "currency", "country", "accent", "home")
_NEEDED = ("user", "department", "region")
"""Entities the engine itself speaks of: actors, departments and regions."""


def resolve_workspace(work: Work) -> WorkspaceInfo:
    node = work.tree.get("workspace")
    if node is None:
        message = say("The file workspace.yaml is missing.", "缺少文件 workspace.yaml。")
        work.report("missing_file", message, None, ("workspace",))
        return WorkspaceInfo(name="workspace", label=Text.of("Workspace"))
    name = str(node.pick("name", "workspace"))
    plain = {key: node.pick(key) for key in _PLAIN if key in node.map}
    _check_timezone(work, node)
    home = node.get("home")
    if home is not None and home.value not in work.part("entities"):
        work.unknown(say("entity", "实体"), home.value, work.part("entities"), home, ("workspace", "home"))
    return WorkspaceInfo(name=name, label=work.label(node, ("workspace",), Text.of(name)), **plain)


@cache
def _zones() -> frozenset[str]:
    """Reading them walks a folder of the system."""
    return frozenset(available_timezones())


def _check_timezone(work: Work, node: Node) -> None:
    zone = node.get("timezone")
    if zone is not None and zone.value not in _zones():
        path = ("workspace", "timezone")
        work.unknown(say("time zone", "时区"), zone.value, _zones(), zone, path)


def resolve_modules(work: Work) -> dict[str, Module]:
    return {
        name: Module(
            name=name,
            version=str(node.pick("version", "0.0.0")),
            label=work.label(node, ("modules", name)),
            help=work.text(node.get("help"), ("modules", name, "help")),
            requires=node.pick("requires", {}),
            prefix=node.pick("prefix", ""),
            standard=name not in work.local,
            upgrades=resolve_upgrades(work, name, node),
        )
        for name, node in work.part("modules").items()
    }


def check_modules(work: Work, sources: Sources) -> None:
    installed = work.part("modules")
    for name, node in installed.items():
        if node.pick("name", name) != name:
            message = say(
                "The module lies in a folder called “{folder}”.", "该模块所在文件夹名为“{folder}”。", folder=name
            )
            work.report("wrong_name", message, node.get("name"), ("modules", name, "name"))
        for required, range_ in node.pick("requires", {}).items():
            _check_required(work, node, name, required, str(range_), sources)
    _check_wanted(work, sources)
    _check_circles(work)
    _check_prefixes(work)
    _check_doubles(work, sources)
    _check_core(work)


def _check_wanted(work: Work, sources: Sources) -> None:
    """What the workspace itself asks for."""
    for item in work.tree.at(("workspace", "modules")).entries:
        for name, settings in item.map.items() or [(str(item.value), None)]:
            path = ("workspace", "modules", name)
            if name not in sources.layers:
                hint = did_you_mean(name, sources.available)
                message = say("There is no module “{name}”.", "没有模块“{name}”。", name=name)
                work.report("unknown_module", message, item, path, hint=hint)
            elif settings is not None and "version" in settings.map and name in work.part("modules"):
                _check_version(work, name, str(settings.pick("version")), settings.get("version"), path)


def _check_core(work: Work) -> None:
    for name in _NEEDED:
        if name not in work.part("entities"):
            message = say(
                "The entity “{name}” is missing, which every workspace needs.",
                "缺少每个工作区都需要的实体“{name}”。",
                name=name,
            )
            hint = say("The module “core” brings it.", "模块“core”会提供它。")
            work.report("missing_core", message, work.tree.get("workspace"), ("entities", name), hint=hint)


def _check_required(work: Work, node: Node, name: str, required: str, range_: str, sources: Sources) -> None:
    path = ("modules", name, "requires", required)
    place = node.at(("requires", required))
    if required in work.part("modules"):
        _check_version(work, required, range_, place, path)
    elif required in sources.layers:
        message = say(
            "The required module “{name}” is disabled in this workspace.",
            "所依赖的模块“{name}”在此工作区中已停用。",
            name=required,
        )
        hint = say("“tenon module enable {name}” wakes it.", "可用“tenon module enable {name}”启用。", name=required)
        work.report("sleeping_module", message, place, path, hint=hint)
    else:
        message = say("The required module “{name}” is not there.", "缺少所依赖的模块“{name}”。", name=required)
        meant = did_you_mean(required, sources.available)
        work.report("unknown_module", message, place, path, hint=meant)


def _check_version(work: Work, name: str, range_: str, place: Node | None, path: TreePath) -> None:
    found = str(work.tree.at(("modules", name, "version")).value)
    if allows(range_, found):
        return
    message = say(
        "“{name}” {found} is there, and {least} or later is needed."
        if range_[:1].isdigit()
        else "“{name}” {found} is there, and {least} is needed.",
        "已有“{name}” {found}，但需要 {least} 或更高版本。"
        if range_[:1].isdigit()
        else "已有“{name}” {found}，但需要 {least}。",
        name=name,
        found=found,
        least=range_,
    )
    work.report("old_module", message, place, path)


def _check_circles(work: Work) -> None:
    """Modules that need each other have no order; each circle is told once, where its first module closes it."""
    installed = work.part("modules")
    told: set[frozenset[str]] = set()
    for name in installed:
        circle = _circle(installed, name)
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            message = say(
                "These modules require each other: {names}.",
                "这些模块互相依赖：{names}。",
                names=" → ".join((*circle, name)),
            )
            work.report("module_circle", message, installed[name].get("requires"), ("modules", name, "requires"))


def _circle(installed: Mapping[str, Node], start: str) -> tuple[str, ...]:
    """The shortest way from a module back to itself; nothing when there is none."""
    waiting: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for way in waiting:
        for required in installed[way[-1]].pick("requires", {}) if way[-1] in installed else ():
            if required == start:
                return way
            if required not in seen:
                seen.add(required)
                waiting.append((*way, required))
    return ()


def _check_prefixes(work: Work) -> None:
    """Two add-ons with one prefix could add the same name; what an add-on adds to others it marks as its own."""
    owners: dict[str, str] = {}
    for name in sorted(work.local):
        node = work.part("modules").get(name)
        prefix = "" if node is None else node.pick("prefix", "")
        if node is None or prefix in ("", CLIENT_PREFIX):
            if node is not None:
                _check_own_prefix(work, name, node, prefix)
        elif owners.setdefault(prefix, name) != name:
            message = say(
                "The prefix “{prefix}” belongs to the module “{other}” already.",
                "前缀“{prefix}”已属于模块“{other}”。",
                prefix=prefix,
                other=owners[prefix],
            )
            work.report("double_prefix", message, node.get("prefix"), ("modules", name, "prefix"))


def _check_own_prefix(work: Work, name: str, node: Node, prefix: str) -> None:
    if prefix == CLIENT_PREFIX:
        message = say("The prefix “x_” is kept for companies.", "前缀“x_”保留给公司自己使用。")
        work.report("double_prefix", message, node.get("prefix"), ("modules", name, "prefix"))
        return
    added = next((field for field in _added_fields(work, name)), None)
    if added is not None:
        message = say(
            "The module adds “{field}” to what others maintain, so it declares a prefix for its names.",
            "该模块向他人维护的内容添加了“{field}”，须声明自己的名称前缀。",
            field=".".join(added[1:]),
        )
        hint = say("Write “prefix: {prefix}_”.", "请写“prefix: {prefix}_”。", prefix=name.replace("_", "")[:8])
        work.report("missing_prefix", message, node, ("modules", name, "prefix"), hint=hint)


def _added_fields(work: Work, name: str) -> Iterator[TreePath]:
    for entity, described in work.part("entities").items():
        if described.layer != name:
            for field, node in work.part("entities", entity, "fields").items():
                if node.layer == name:
                    yield ("entities", entity, field)


def _check_doubles(work: Work, sources: Sources) -> None:
    """Two modules describe one thing only when the later one stands on the earlier one."""
    first: dict[tuple[str, str], SourceFile] = {}
    for file in sources.files:
        kind, _slash, rest = file.path.partition("/")
        if file.layer not in work.part("modules") or not rest or kind == "translations":
            continue
        thing = (kind, rest.partition("/")[0].rpartition(".")[0] or rest.partition("/")[0])
        owner = first.setdefault(thing, file)
        if owner.layer != file.layer and owner.layer not in _stands_on(work, file.layer):
            message = say(
                "“{name}” is described by the module “{other}” ({place}), which this one does not require.",
                "“{name}”已由模块“{other}”（{place}）描述，而本模块并不依赖它。",
                name=thing[1],
                other=owner.layer,
                place=owner.shown,
            )
            hint = say(
                "Give it another name, or require “{other}”.", "请换一个名称，或依赖“{other}”。", other=owner.layer
            )
            at = Location(file.shown, 1)
            work.problems.add("defined_twice", message, path=".".join(thing), location=at, hint=hint)


def _stands_on(work: Work, name: str) -> set[str]:
    """The modules it requires, and those they require."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        node = work.part("modules").get(waiting.pop())
        for required in {} if node is None else node.pick("requires", {}):
            if required not in found:
                found.add(required)
                waiting.append(required)
    return found
