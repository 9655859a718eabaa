"""In charge of laying layers over one another: JSON Merge Patch (RFC 7396) that remembers who set what.

A null removes what a lower layer says. Nodes are never changed; the result shares what was not touched.
"""

from collections.abc import Iterable, Sequence

from tenon.compiler.adjusting import adjusted, set_aside_dead
from tenon.compiler.memory import of_node
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.renames import followed
from tenon.compiler.schemas import WHOLE
from tenon.compiler.sources import COMPANY, Adjustment, SourceFile
from tenon.problems import Problems, Severity
from tenon.texts import say

Placed = tuple[TreePath, Node]
_NOWHERE = SourceFile(layer="", path="")


def fold(layers: Iterable[Iterable[Placed]], problems: Problems, *, adjustments: Sequence[Adjustment] = ()) -> Node:
    """The whole tree of a workspace; `layers` stand lowest first."""
    tree = Node({}, _NOWHERE)
    for files in layers:
        patch = adjusted(assemble(files, problems), adjustments, problems)
        tree = _over(tree, set_aside_dead(patch, tree, problems), (), problems)
    return company_in_order(tree)


def assemble(files: Iterable[Placed], problems: Problems) -> Node:
    """The files of one layer as one tree; saying the same thing in two of them is a problem."""
    root = Node({}, _NOWHERE)
    for path, node in files:
        holder = root
        for step in path[:-1]:
            holder = _own(holder, step, node)
        present = holder.map.get(path[-1])
        holder.map[path[-1]] = node if present is None else _joined(present, node, path, problems)
    return root


def _own(holder: Node, step: str, like: Node) -> Node:
    """The map under `step`, made or copied so that it may be filled."""
    present = holder.map.get(step)
    filled = Node(dict(present.map), present.source, present.line, present.column) if present else Node({}, like.source)
    holder.map[step] = filled
    return filled


def _joined(first: Node, second: Node, path: TreePath, problems: Problems) -> Node:
    """Two files about the same thing; one may say what the other does not."""
    if not isinstance(first.value, dict) or not isinstance(second.value, dict):
        message = say(
            "“{path}” is already written in {place}.", "“{path}”已写在 {place}。",
            path=".".join(path), place=str(first.location),
        )  # fmt: skip
        problems.add("written_twice", message, path=".".join(path), location=second.location)
        return first
    joined = dict(first.value)
    for key, item in second.value.items():
        joined[key] = _joined(joined[key], item, (*path, key), problems) if key in joined else item
    return Node(joined, first.source, first.line, first.column)


def _over(base: Node | None, patch: Node, path: TreePath, problems: Problems) -> Node:
    if not isinstance(patch.value, dict):
        return patch if base is None else Node(patch.value, patch.source, patch.line, patch.column, base)
    if base is None or not isinstance(base.value, dict):
        return _without_nulls(patch, path, problems, base)
    merged = dict(base.value)
    for name, item in patch.value.items():
        key = name if name in merged else _present(name, item, base, (*path, name), problems)
        if item.value is not None:
            merged[key] = _over(merged.get(key), item, (*path, key), problems)
        elif merged.pop(key, None) is None:
            _report_removal(item, (*path, key), problems, severity="warning")
    return Node(merged, base.source, base.line, base.column, base.below)


def _present(name: str, item: Node, base: Node, path: TreePath, problems: Problems) -> str:
    """The name under which the thing lies below, which may have been renamed there."""
    present = followed(name, item, base)
    if present != name:
        message = say("“{old}” is called “{new}” now.", "“{old}”现名为“{new}”。", old=name, new=present)
        problems.add("old_name", message, path=".".join(path), location=item.location, severity="warning")
    return present


def _without_nulls(patch: Node, path: TreePath, problems: Problems, below: Node | None) -> Node:
    """A new map, or the same one when it holds no null; nulls in it have nothing to remove."""
    if below is None and _is_plain(patch):
        return patch
    items: dict[str, Node] = {}
    changed = below is not None
    for key, item in patch.map.items():
        if item.value is None:
            _report_removal(item, (*path, key), problems, severity="error" if below is None else "warning")
            changed = True
        else:
            items[key] = _over(None, item, (*path, key), problems)
            changed = changed or items[key] is not item
    return Node(items, patch.source, patch.line, patch.column, below) if changed else patch


@of_node
def _is_plain(patch: Node) -> bool:
    """Whether there is no null in it."""
    return not _has_null(patch)


def _has_null(node: Node) -> bool:
    return any(item.value is None or _has_null(item) for item in node.map.values())


def _report_removal(item: Node, path: TreePath, problems: Problems, *, severity: Severity) -> None:
    message = say(
        "“{path}” has no value; a value is missing, or there is nothing to remove.",
        "“{path}”没有值：可能漏写了值，或没有可移除的内容。",
        path=".".join(path),
    )
    problems.add("nothing_to_remove", message, path=".".join(path), location=item.location, severity=severity)


def company_in_order(tree: Node) -> Node:
    """What the company made stands by name after what modules brought, whether files or builder made it."""
    parts = dict(tree.map)
    for kind, part in tree.map.items():
        own = sorted(name for name, item in part.map.items() if item.layer in COMPANY)
        if kind not in WHOLE and own and list(part.map)[-len(own) :] != own:
            rest = {name: item for name, item in part.map.items() if item.layer not in COMPANY}
            items = {**rest, **{name: part.map[name] for name in own}}
            parts[kind] = Node(items, part.source, part.line, part.column, part.below)
    return Node(parts, tree.source, tree.line, tree.column, tree.below)
