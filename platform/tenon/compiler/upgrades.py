"""In charge of what an upgrade means for a company's own changes: three values side by side, and nothing lost silently.

Compared are what is published and what is proposed, in the layers below each override and in the override itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from tenon.compiler.appearing import places_of
from tenon.compiler.digests import collections
from tenon.compiler.layering import said_by
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.origins import Origins
from tenon.compiler.patches import MISSING, leaves
from tenon.compiler.settling import own_layers
from tenon.compiler.sources import COMPANY, WORKSPACE, Sources
from tenon.compiler.trees import tree_below, whole_tree
from tenon.locations import Location
from tenon.model import Model
from tenon.problems import Problem
from tenon.texts import LANGUAGES, Text

Kind = Literal["vendor_changed_under_override", "dead_override", "redundant_override", "renamed", "new_item"]
_OF_PROBLEM: dict[str, Kind] = {
    "dead_override": "dead_override",
    "set_aside": "dead_override",
    "nothing_to_remove": "dead_override",
    "followed": "renamed",
    "old_name": "renamed",
}
_QUIET = ("modules", "workspace", "demo", "tests")
"""Parts of the tree of which people see nothing."""


@dataclass(frozen=True, kw_only=True)
class UpgradeItem:
    """`before` and `after` are the values below the override, then and now; `mine` is the company's.

    None stands for nothing. `places` says where a new item will be seen; `note` is a sentence about the rest.
    """

    kind: Kind
    path: str
    layer: str
    location: Location | None = None
    before: Any = None
    after: Any = None
    mine: Any = None
    places: tuple[Text, ...] = ()
    note: Text | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "path": self.path,
            "layer": self.layer,
            "location": str(self.location or ""),
            "before": self.before,
            "after": self.after,
            "mine": self.mine,
            "places": [_both(place) for place in self.places],
            "note": None if self.note is None else _both(self.note),
        }


@dataclass(frozen=True, kw_only=True)
class UpgradeReport:
    items: tuple[UpgradeItem, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.items

    def of(self, kind: Kind) -> tuple[UpgradeItem, ...]:
        return tuple(item for item in self.items if item.kind == kind)

    def to_json(self) -> list[dict[str, Any]]:
        return [item.to_json() for item in self.items]

    @property
    def conflicts(self) -> tuple[UpgradeItem, ...]:
        """What somebody may want to decide; by default the company's value stays."""
        return self.of("vendor_changed_under_override")


def _both(text: Text) -> dict[str, str]:
    return {language: text.in_(language) for language in LANGUAGES}


def upgrade_report(
    published: Sources,
    proposed: Sources,
    *,
    problems: tuple[Problem, ...] = (),
    model: Model | None = None,
    former: Model | None = None,
) -> UpgradeReport:
    """`problems` are those of compiling `proposed`, `model` what came of it, `former` what came of `published`."""
    before, after = _Trees(published, former), _Trees(proposed, model)
    items = [*_values(before, after), *_removals(before, after), *_told(problems, after)]
    if before.modules_text != after.modules_text:
        items.extend(_new(before, after, model))
    return UpgradeReport(items=tuple(items))


class _Trees:
    """One state of a workspace: everything folded, the modules alone, and what each own layer says."""

    def __init__(self, sources: Sources, model: Model | None) -> None:
        self._sources = sources
        self._model = model
        self.modules_text = [(f.layer, f.path, f.text) for f in sources.files if f.layer not in COMPANY]
        self.own = {layer: said_by(sources, layer) for layer in own_layers(sources)}
        self.layer_of = {file.shown: file.layer for file in sources.files}

    @cached_property
    def whole(self) -> Node:
        origins = self._model.origins if self._model is not None else None
        return origins.tree if isinstance(origins, Origins) else whole_tree(self._sources)

    @cached_property
    def modules(self) -> Node:
        return tree_below(self._sources, WORKSPACE)

    def touched(self) -> Iterator[tuple[TreePath, Node]]:
        """The things of the whole that an own layer says anything about, under their names of today."""
        names = {(kind, name) for said in self.own.values() for kind, part in said.map.items() for name in part.map}
        for kind, part in self.whole.map.items():
            spoken = {name for of, name in names if of == kind}
            for name, item in part.map.items():
                if name in spoken or (spoken - part.map.keys() and item.get("was") is not None):
                    yield (kind, name), item


def _values(before: _Trees, after: _Trees) -> Iterator[UpgradeItem]:
    for path, node in (found for place, thing in after.touched() for found in overridden(thing, place)):
        if node.layer not in after.own or node.below is None:
            continue
        old, mine, now = _below_at(before.whole, path), node.plain(), node.below.plain()
        was_mine = _plain_at(before.whole, path)
        if mine == now and not (old == now and was_mine == mine):
            yield _item("redundant_override", path, node, old, now)
        elif old is not MISSING and old != now:
            yield _item("vendor_changed_under_override", path, node, old, now)


def _item(kind: Kind, path: TreePath, node: Node, old: Any, now: Any) -> UpgradeItem:
    return UpgradeItem(
        kind=kind,
        path=".".join(path),
        layer=node.layer,
        location=node.location,
        before=None if old is MISSING else old,
        after=now,
        mine=node.plain(),
    )


def _below_at(tree: Node, path: TreePath) -> Any:
    """The value under the override at `path`, or the value itself where nothing was overridden yet."""
    node = _at(tree, path)
    if node is None:
        return MISSING
    return (node.below or node).plain()


def _plain_at(tree: Node, path: TreePath) -> Any:
    node = _at(tree, path)
    return MISSING if node is None else node.plain()


def _at(tree: Node, path: TreePath) -> Node | None:
    node: Node | None = tree
    for step in path:
        node = None if node is None else node.get(step)
    return node


def overridden(node: Node, path: TreePath = ()) -> Iterator[tuple[TreePath, Node]]:
    """Every value that stands over one of a lower layer."""
    if node.below is not None:
        yield path, node
    for key, item in node.map.items():
        yield from overridden(item, (*path, key))


def _removals(before: _Trees, after: _Trees) -> Iterator[UpgradeItem]:
    """What the company removed, and the modules changed meanwhile."""
    if before.modules_text == after.modules_text:
        return
    for layer, said in after.own.items():
        for path, value in leaves(said.plain()):
            if value is not None:
                continue
            old, now = _plain_at(before.modules, path), _plain_at(after.modules, path)
            if MISSING not in (old, now) and old != now:
                yield UpgradeItem(
                    kind="vendor_changed_under_override",
                    path=".".join(path),
                    layer=layer,
                    location=said.at(path).location,
                    before=old,
                    after=now,
                )


def _told(problems: tuple[Problem, ...], after: _Trees) -> Iterator[UpgradeItem]:
    for problem in problems:
        kind = _OF_PROBLEM.get(problem.code)
        layer = after.layer_of.get(problem.location.file if problem.location is not None else "", "")
        if kind is not None and layer in after.own:
            mine = _plain_at(after.own[layer], tuple(problem.path.split(".")))
            yield UpgradeItem(
                kind=kind,
                path=problem.path,
                layer=layer,
                location=problem.location,
                mine=None if mine is MISSING else mine,
                note=problem.message,
            )


def _new(before: _Trees, after: _Trees, model: Model | None) -> Iterator[UpgradeItem]:
    for path, node in _added(before.modules, after.modules, ()):
        yield UpgradeItem(
            kind="new_item",
            path=".".join(path),
            layer=node.layer,
            location=node.location,
            after=node.plain(),
            places=() if model is None else places_of(path, model),
        )


def _added(old: Node, new: Node, path: TreePath) -> Iterator[tuple[TreePath, Node]]:
    """Things of collections that were not there; the parts of a new thing are not told one by one."""
    named = len(path) == 1 or (bool(path) and path[-1] in collections())
    for name, item in new.map.items():
        known = old.get(name)
        if known is item:
            continue
        if known is not None:
            yield from _added(known, item, (*path, name))
        elif not isinstance(item.value, dict) or (path or (name,))[0] in _QUIET:
            continue
        elif named:
            if not _was_there(item, old):
                yield (*path, name), item
        elif name in collections():
            yield from _added(Node({}, item.source), item, (*path, name))


def _was_there(item: Node, old: Node) -> bool:
    earlier = item.get("was")
    return earlier is not None and any(entry.value in old.map for entry in earlier.entries)
