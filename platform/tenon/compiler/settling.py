"""In charge of a company's own changes that no longer fit what lies below them: an upgrade never fails for their sake.

What was valid when it was published, was not touched since, and is refused now because a lower layer changed, follows
a rename if there is one, and is set aside with a warning if there is none. Everything else stays a problem.
What was agreed about it holds for later versions too, as long as it is needed and the company's text is the same.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tenon.compiler.adjusting import adjusted, node_at, written
from tenon.compiler.compilation import Compilation, check
from tenon.compiler.layering import said_by
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.patches import leaves
from tenon.compiler.sources import COMPANY, Adjustment, SourceFile, Sources
from tenon.problems import Problem, Problems

_ROUNDS = 12
_WORD = re.compile(r"[a-z][a-z0-9_]*")


def settle(published: Sources | None, proposed: Sources) -> tuple[Sources, Compilation]:
    """The proposed sources with every adjustment they need, and what they compile to.

    Without a published version only old names are read as today's; nothing is set aside.
    """
    settled = replace(proposed, adjustments=())
    compilation = check(settled)
    if compilation.model is not None:
        return settled, compilation
    memory = _Memory(published, proposed)
    for _round in range(_ROUNDS):
        found = memory.repairs(settled, compilation.problems)
        if found == settled.adjustments:
            break
        settled = replace(settled, adjustments=found)
        compilation = check(settled)
        if compilation.model is not None:
            break
    return settled, compilation


@dataclass(frozen=True, kw_only=True)
class _Layer:
    """One layer of the company's as it is written, and as it was when it was last published."""

    name: str
    raw: Node
    before: Node
    moved: bool
    """Whether something below it changed."""

    def untouched(self, path: TreePath) -> bool:
        if not self.moved:
            return False
        mine, old = node_at(self.raw, path), node_at(self.before, path)
        return mine is not None and old is not None and written(mine) == written(old)


class _Memory:
    """What the repairs of one proposal share."""

    def __init__(self, published: Sources | None, proposed: Sources) -> None:
        self.first = published is None
        published = published or proposed
        self.layers = [
            _Layer(
                name=name,
                raw=said_by(proposed, name),
                before=said_by(published, name),
                moved=self.first or _below(published, name) != _below(proposed, name),
            )
            for name in own_layers(proposed)
        ]
        self.agreed = published.adjustments
        self.of_file = {file.shown: file.layer for file in proposed.files}
        self.renames = _renames(proposed)
        self.tried: set[tuple[str, TreePath, str]] = set()

    def repairs(self, settled: Sources, problems: Iterable[Problem]) -> tuple[Adjustment, ...]:
        """The adjustments so far and those that answer these problems; a wider one takes the place of narrower ones."""
        found = {(item.layer, item.path): item for item in settled.adjustments}
        for problem in problems:
            if problem.severity == "error":
                for item in self._answer(problem, tuple(found.values())):
                    for layer, path in list(found):
                        if layer == item.layer and path[: len(item.path)] == item.path:
                            del found[layer, path]
                    found[item.layer, item.path] = item
        return tuple(found.values())

    def _answer(self, problem: Problem, so_far: tuple[Adjustment, ...]) -> Iterator[Adjustment]:
        file = problem.location.file if problem.location is not None else ""
        for layer in self.layers:
            if self.of_file.get(file) == layer.name:
                item = self._own(layer, problem, so_far)
                if item is not None:
                    yield item
                return
        yield from self._removals(problem, so_far)

    def _own(self, layer: _Layer, problem: Problem, so_far: tuple[Adjustment, ...]) -> Adjustment | None:
        agreed = self._agreed(layer, tuple(problem.path.split(".")), so_far)
        if agreed is not None:
            return agreed
        current = adjusted(layer.raw, so_far, Problems())
        path, node, rest = _deepest(current, problem)
        raw = node_at(layer.raw, path)
        if not path or raw is None or not layer.untouched(path):
            return None
        now = self._followed(layer.name, path, node, problem, rest)
        if self.first and now is None:
            return None
        return Adjustment(layer=layer.name, path=path, was=written(raw), now=now)

    def _agreed(self, layer: _Layer, path: TreePath, so_far: tuple[Adjustment, ...]) -> Adjustment | None:
        """What the published version made of the very same words, unless that is tried already."""
        for item in self.agreed:
            if item.layer == layer.name and item.path == path[: len(item.path)] and item not in so_far:
                node = node_at(layer.raw, item.path)
                if node is not None and written(node) == item.was:
                    self.agreed = tuple(other for other in self.agreed if other is not item)
                    return item
        return None

    def _followed(self, layer: str, path: TreePath, node: Node, problem: Problem, rest: TreePath) -> str | None:
        """What the value becomes: without what is gone, or with new names; None when nothing of it can stay."""
        if isinstance(node.value, str):
            return self._renamed(layer, path, node.value)
        bad = _bad_entry(node, problem, rest)
        if bad is None:
            return None
        entries = [entry.plain() for entry in node.entries]
        value = entries[bad]
        new = self._renamed(layer, path, value) if isinstance(value, str) else None
        if new is None or json.loads(new) in entries:
            if self.first and new is None:
                return None
            del entries[bad]
        else:
            entries[bad] = json.loads(new)
        return json.dumps(entries, ensure_ascii=False, separators=(",", ":"))

    def _renamed(self, layer: str, path: TreePath, value: str) -> str | None:
        """The value with every old name replaced; None when it names nothing renamed, or when that was tried."""
        new = _WORD.sub(lambda match: self.renames.get(match.group(), match.group()), value)
        if new == value or (layer, path, value) in self.tried:
            return None
        self.tried |= {(layer, path, value), (layer, path, new)}
        return json.dumps(new, ensure_ascii=False)

    def _removals(self, problem: Problem, so_far: tuple[Adjustment, ...]) -> Iterator[Adjustment]:
        """A module came to need what the company had removed: the removal is set aside."""
        words = set(_WORD.findall(f"{problem.path} {problem.message}"))
        for layer in () if self.first else self.layers:
            current = adjusted(layer.raw, so_far, Problems()).plain()
            for path, value in leaves(current):
                if value is not None or path[-1] not in words:
                    continue
                agreed = self._agreed(layer, path, so_far)
                if agreed is not None:
                    yield agreed
                elif layer.untouched(path):
                    yield Adjustment(layer=layer.name, path=path, was="null")


def own_layers(sources: Sources) -> tuple[str, ...]:
    """The layers a company maintains itself, lowest first."""
    return tuple(layer for layer in sources.layers if layer in COMPANY or layer in sources.local)


def _below(sources: Sources, layer: str) -> tuple[SourceFile, ...]:
    """The files under a layer."""
    order = [*(name for name in sources.layers if name not in COMPANY), *COMPANY]
    under = order[: order.index(layer)] if layer in order else order
    return tuple(file for file in sources.files if file.layer in under)


def _renames(sources: Sources) -> dict[str, str]:
    """Old name → new name of everything that says what it was called before."""
    found: dict[str, str] = {}
    for layer in sources.layers:
        _gather(said_by(sources, layer), found)
    return found


def _gather(node: Node, found: dict[str, str]) -> None:
    for name, item in node.map.items():
        earlier = item.get("was")
        for entry in earlier.entries if earlier is not None else ():
            found[str(entry.value)] = name
        _gather(item, found)


def _deepest(tree: Node, problem: Problem) -> tuple[TreePath, Node, TreePath]:
    """The nearest node the layer says anything at, its path, and the steps that lead further."""
    steps = tuple(problem.path.split("."))
    node, path = tree, steps[:0]
    for step in steps:
        below = node.get(step)
        if below is None:
            break
        node, path = below, (*path, step)
    return path, node, steps[len(path) :]


def _bad_entry(node: Node, problem: Problem, rest: TreePath) -> int | None:
    """Which entry of a list is wrong, by its index or its place in the file."""
    if rest and rest[0].isdigit() and int(rest[0]) < len(node.entries):
        return int(rest[0])
    for index, entry in enumerate(node.entries):
        if entry.location == problem.location or (entry.get("path") or entry).location == problem.location:
            return index
    return None
