"""In charge of what a layer says about things that are gone: set aside with a warning, never in the way."""

import json
from collections.abc import Sequence

from tenon.compiler.naming import CLIENT_PREFIX
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.renames import followed
from tenon.compiler.sources import COMPANY, Adjustment
from tenon.problems import Problems
from tenon.suggestions import did_you_mean
from tenon.texts import say


def adjusted(patch: Node, adjustments: Sequence[Adjustment], problems: Problems) -> Node:
    """One layer with what was agreed about it; an adjustment whose place was edited since has no effect."""
    for item in adjustments:
        node = node_at(patch, item.path)
        if node is None or node.layer != item.layer or written(node) != item.was:
            continue
        now = None if item.now is None else _made(json.loads(item.now), node)
        patch = with_node(patch, item.path, now)
        _report(item, node, problems)
    return patch


def set_aside_dead(patch: Node, below: Node, problems: Problems) -> Node:
    """The company's patch without overrides of entities and fields that no lower layer has."""
    entities, known = patch.get("entities"), below.get("entities")
    if entities is None or known is None:
        return patch
    for name, entity in entities.map.items():
        base = known.get(name) or known.get(followed(name, entity, known))
        if base is None:
            if entity.layer in COMPANY and entity.map and not name.startswith(CLIENT_PREFIX) and _is_patch(entity):
                patch = _without(patch, ("entities", name), entity, list(known.map), problems)
            continue
        fields, there = entity.get("fields"), base.get("fields")
        for field, node in ({} if fields is None or there is None else fields.map).items():
            if _is_dead_field(field, node, there):
                patch = _without(patch, ("entities", name, "fields", field), node, list(there.map), problems)  # type: ignore[union-attr]
    return patch


def _is_dead_field(name: str, node: Node, there: Node | None) -> bool:
    if there is None or node.layer not in COMPANY or name.startswith(CLIENT_PREFIX) or node.get("type") is not None:
        return False
    return bool(node.map) and name not in there.map and followed(name, node, there) not in there.map


def _is_patch(entity: Node) -> bool:
    """Whoever makes an entity of his own gives it fields with types; a patch adds prefixed ones at most."""
    fields = entity.get("fields")
    items = {} if fields is None else fields.map
    return not any(item.get("type") and not name.startswith(CLIENT_PREFIX) for name, item in items.items())


def _without(patch: Node, path: TreePath, node: Node, known: list[str], problems: Problems) -> Node:
    message = say(
        "“{path}” is not there any more; what is said about it here is set aside.",
        "“{path}”已不存在；此处对它的更改被搁置。",
        path=".".join(path),
    )
    hint = did_you_mean(path[-1], known)
    problems.add("dead_override", message, path=".".join(path), location=node.location, hint=hint, severity="warning")
    return with_node(patch, path, None)


def _report(item: Adjustment, node: Node, problems: Problems) -> None:
    path = ".".join(item.path)
    if item.now is None:
        message = say(
            "What is said here about “{path}” is set aside: what it needs is not there any more.",
            "此处关于“{path}”的内容被搁置：它所依赖的内容已不存在。",
            path=path,
        )
        problems.add("set_aside", message, path=path, location=node.location, severity="warning")
        return
    message = say(
        "“{path}” is read as {now}: what it named was renamed, or is not there any more.",
        "“{path}”按 {now} 读取：其中提到的内容已改名或不存在。",
        path=path,
        now=item.now,
    )
    problems.add("followed", message, path=path, location=node.location, severity="warning")


def node_at(tree: Node, path: TreePath) -> Node | None:
    """The node at a path of maps; None when there is none."""
    node: Node | None = tree
    for step in path:
        node = None if node is None else node.get(step)
    return node


def with_node(tree: Node, path: TreePath, node: Node | None) -> Node:
    """A copy with `node` at `path`, or without anything there."""
    items = dict(tree.map)
    if len(path) == 1:
        if node is None:
            items.pop(path[0], None)
        else:
            items[path[0]] = node
    elif path[0] in items:
        items[path[0]] = with_node(items[path[0]], path[1:], node)
    return Node(items, tree.source, tree.line, tree.column, tree.below)


def written(node: Node) -> str:
    """The value as text, equal exactly when it is written the same."""
    return json.dumps(node.plain(), ensure_ascii=False, separators=(",", ":"))


def _made(value: object, like: Node) -> Node:
    """A value that stands where `like` stands; entries of a list that stay keep their places."""
    if isinstance(value, list):
        known = {written(entry): entry for entry in like.entries}
        entries = [known.get(json.dumps(item, ensure_ascii=False, separators=(",", ":"))) for item in value]
        made = [entry or _made(item, like) for entry, item in zip(entries, value, strict=True)]
        return Node(made, like.source, like.line, like.column)
    if isinstance(value, dict):
        items = {key: _made(item, like) for key, item in value.items()}
        return Node(items, like.source, like.line, like.column)
    return Node(value, like.source, like.line, like.column)  # type: ignore[arg-type]
