"""In charge of modules that are installed and disabled: what they bring is taken out, and what others say of it sleeps.

Nothing of it is lost: the files stay among the sources, and enabling the module folds them in again.
"""

from collections.abc import Iterable, Iterator, Mapping

from tenon.compiler import schemas
from tenon.compiler.folding import Placed, fold
from tenon.compiler.nodes import Node, TreePath
from tenon.problems import Problems

_LISTS = ("columns", "card", "fields", "inline", "related", "search", "sort")
"""Keys of lists whose entries name fields and relationships of the entity around them."""
Layers = Mapping[str, Iterable[Placed]]


def asleep(layers: Layers) -> frozenset[str]:
    """Names of the modules that the workspace keeps and does not use now."""
    found: dict[str, bool] = {}
    for files in layers.values():
        for path, node in files:
            if path == ("workspace",) and node.get("modules") is not None:
                found = dict(_switches(node))
    return frozenset(name for name, enabled in found.items() if not enabled and name in layers)


def awake(layers: Layers) -> Layers:
    """The layers without those that sleep, and without what the others say about things of theirs."""
    sleeping = asleep(layers)
    if not sleeping:
        return layers
    tree = fold(layers.values(), Problems())
    cut = _Cut(frozenset(_brought(tree, (), sleeping)))
    return {layer: list(cut.files(files)) for layer, files in layers.items() if layer not in sleeping}


def _switches(workspace: Node) -> Iterator[tuple[str, bool]]:
    listed = workspace.get("modules")
    for item in [] if listed is None else listed.entries:
        for name, settings in item.map.items():
            yield name, settings.pick("enabled", True) is not False


def _brought(node: Node, path: TreePath, sleeping: frozenset[str]) -> Iterator[TreePath]:
    """Paths of the things the sleeping modules made; a collection they were first to fill is no such thing."""
    for name, item in node.map.items():
        place = (*path, name)
        if not isinstance(item.value, dict):
            continue  # a property: whatever another layer says there holds without this one
        if item.layer in sleeping and not _is_collection(place):
            yield place
        else:
            yield from _brought(item, place, sleeping)


def _is_collection(path: TreePath) -> bool:
    """Whether named things lie here, rather than the properties of one."""
    kind, *steps = path
    if kind not in schemas.KINDS:
        return False
    if kind not in schemas.WHOLE and not steps:
        return True
    schema = schemas.whole(schemas.KINDS[kind])
    for step in steps if kind in schemas.WHOLE else steps[1:]:
        known = schema.get("properties", {}).get(step)
        others = schema.get("additionalProperties")
        schema = known or (others if isinstance(others, dict) else {})
    return "properties" not in schema and isinstance(schema.get("additionalProperties"), dict)


class _Cut:
    """Takes out of a file what it says about `things`."""

    def __init__(self, things: frozenset[TreePath]) -> None:
        self._things = frozenset(path for path in things if not _is_leaf_of_others(path, things))
        self._entities = frozenset(path[1] for path in things if len(path) == 2 and path[0] == "entities")
        self._words = tuple(".".join(path) for path in self._things)

    def files(self, files: Iterable[Placed]) -> Iterator[Placed]:
        for path, node in files:
            if any(path[:length] in self._things for length in range(1, len(path) + 1)):
                continue
            kept = node if path[0] == "modules" else self._kept(path, node)
            if kept is not None:
                yield path, kept

    def _kept(self, path: TreePath, node: Node) -> Node | None:
        if path in self._things or self._speaks_of_sleeping(path, node):
            return None
        value = node.value
        if isinstance(value, dict):
            below = {name: self._kept((*path, name), item) for name, item in value.items()}
            kept = {name: item for name, item in below.items() if item is not None}
            same = len(kept) == len(value) and all(kept[name] is value[name] for name in kept)
            return node if same else Node(kept, node.source, node.line, node.column, node.below)
        if isinstance(value, list) and path[0] == "entities" and path[-1] in _LISTS:
            entries = [item for item in value if not self._names_sleeping(path[1], item)]
            return node if len(entries) == len(value) else Node(entries, node.source, node.line, node.column)
        return node

    def _speaks_of_sleeping(self, path: TreePath, node: Node) -> bool:
        match path:
            case ("roles", _, "grants" | "deny", entity):
                return entity in self._entities
            case ("roles", _, "grants", entity, "fields", field):
                return ("entities", entity, "fields", field) in self._things
            case ("entities", entity, "grants", _, "fields", field):
                return ("entities", entity, "fields", field) in self._things
            case ("navigation", _, "items", item):
                return node.pick("entity", item) in self._entities
            case ("data" | "demo", name):
                return node.pick("entity", name) in self._entities
            case ("translations", _, *place):
                return ".".join(place).startswith(self._words) and not node.map
        return False

    def _names_sleeping(self, entity: str, item: Node) -> bool:
        name = str(item.value).lstrip("-").partition(".")[0]
        return any(("entities", entity, part, name) in self._things for part in ("fields", "relationships"))


def _is_leaf_of_others(path: TreePath, things: frozenset[TreePath]) -> bool:
    return any(path[:length] in things for length in range(1, len(path)))
