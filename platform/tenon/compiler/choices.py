"""In charge of option sets: those in files of their own, and those written beside a field."""

from collections.abc import Sequence

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.work import Work
from tenon.fields import Option
from tenon.model import ChoiceSet
from tenon.texts import say

ROLES = "role"
"""The set whose options are the roles of the workspace; roles not listed in it are added."""


def resolve_choices(work: Work) -> None:
    for name, node in work.part("choices").items():
        path: TreePath = ("choices", name)
        options = resolve_options(work, node.get("options"), (*path, "options"))
        work.choices[name] = ChoiceSet(
            name=name,
            label=work.label(node, path),
            options=options,
            map=resolve_map(work, node.get("map"), (*path, "map"), [option.key for option in options]),
            origin=node.location,
        )
    _add_roles(work)


def resolve_options(work: Work, node: Node | None, path: TreePath) -> tuple[Option, ...]:
    items = ordered(node, ".".join(path), work.problems)
    return tuple(_option(work, item, (*path, key)) for key, item in items.items())


def resolve_map(work: Work, node: Node | None, path: TreePath, keys: Sequence[str]) -> dict[str, str]:
    """What becomes of keys that are gone: each leads to a key that is there, or to no value."""
    found: dict[str, str] = {}
    for old, item in ({} if node is None else node.map).items():
        new = str(item.plain())
        if old in keys:
            message = say(
                "“{key}” is still there, so nothing can become of it.", "“{key}”仍然存在，不能被替换。", key=old
            )
            work.report("bad_map", message, item, (*path, old), hint=say("Take one of the two away.", "请去掉其一。"))
        elif new and new not in keys:
            work.unknown(say("option", "选项"), new, keys, item, (*path, old))
        else:
            found[old] = new
    return found


def _option(work: Work, node: Node, path: TreePath) -> Option:
    return Option(
        key=path[-1],
        label=work.label(node, path),
        color=node.pick("color", ""),
        active=node.pick("active", True),
        help=work.text(node.get("help"), (*path, "help")),
        was=tuple(node.pick("was", ())),
        icon=node.pick("icon", ""),
    )


def _add_roles(work: Work) -> None:
    present = work.choices.get(ROLES)
    listed = () if present is None else present.options
    known = {option.key for option in listed}
    roles = work.part("roles").items()
    added = [Option(key=name, label=work.label(node, ("roles", name))) for name, node in roles if name not in known]
    work.choices[ROLES] = ChoiceSet(
        name=ROLES,
        label=say("Role", "角色") if present is None else present.label,
        options=(*listed, *added),
        map={} if present is None else present.map,
        origin=None if present is None else present.origin,
    )
