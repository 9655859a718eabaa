"""In charge of what differs between two states of a workspace, in words: by thing and property."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tenon.compiler.digests import collections
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.sources import Sources
from tenon.compiler.trees import whole_tree
from tenon.texts import Text, say


@dataclass(frozen=True, kw_only=True)
class Difference:
    """`path` is the thing or the property; for what was renamed `before` is its old name."""

    kind: Literal["added", "removed", "changed", "renamed"]
    path: str
    layer: str
    before: Any = None
    after: Any = None

    @property
    def text(self) -> Text:
        if self.kind == "added":
            return say("{path} is new", "新增 {path}", path=self.path)
        if self.kind == "removed":
            return say("{path} is gone", "移除 {path}", path=self.path)
        if self.kind == "renamed":
            return say("{path} was “{old}”", "{path} 原名“{old}”", path=self.path, old=str(self.before))
        return say(
            "{path}: {old} → {new}",
            "{path}：{old} → {new}",
            path=self.path,
            old=shown(self.before),
            new=shown(self.after),
        )


def shown(value: Any) -> str:
    """A value in one short line."""
    text = "—" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def differences(before: Sources, after: Sources) -> tuple[Difference, ...]:
    """Settings of the installation are left out: they are no part of the metadata."""
    found = _between(whole_tree(before), whole_tree(after), ())
    return tuple(item for item in found if not item.path.startswith("workspace.settings"))


def _between(old: Node, new: Node, path: TreePath) -> Iterator[Difference]:
    renamed = _renamed(old, new)
    for name, item in new.map.items():
        here = (*path, name)
        known = old.get(renamed.get(name, name))
        if name in renamed:
            yield _difference("renamed", here, item, before=renamed[name])
        if known is None:
            thing = isinstance(item.value, dict) and _is_thing(here)
            yield _difference("added" if thing else "changed", here, item, after=item.plain())
        elif isinstance(known.value, dict) and isinstance(item.value, dict):
            yield from _between(known, item, here)
            if _order(known, item, here):
                yield _difference("changed", here, item, before=list(known.map), after=list(item.map))
        elif known.plain() != item.plain():
            yield _difference("changed", here, item, before=known.plain(), after=item.plain())
    for name, item in old.map.items():
        if new.get(name) is None and name not in renamed.values():
            here = (*path, name)
            thing = isinstance(item.value, dict) and _is_thing(here)
            yield _difference("removed" if thing else "changed", here, item, before=item.plain())


def _difference(kind: Any, path: TreePath, node: Node, *, before: Any = None, after: Any = None) -> Difference:
    return Difference(kind=kind, path=".".join(path), layer=node.layer, before=before, after=after)


def _renamed(old: Node, new: Node) -> dict[str, str]:
    """New name → old name, of what says so and was not there under its new name."""
    found = {}
    for name, item in new.map.items():
        earlier = item.get("was") if name not in old.map else None
        for entry in earlier.entries if earlier is not None else ():
            if str(entry.value) in old.map and str(entry.value) not in new.map:
                found[name] = str(entry.value)
    return found


def _is_thing(path: TreePath) -> bool:
    return len(path) <= 2 or path[-2] in collections()


def _order(old: Node, new: Node, path: TreePath) -> bool:
    """Whether the same things of a collection stand in another order."""
    if path[-1] not in collections() or set(old.map) != set(new.map):
        return False
    return list(old.map) != list(new.map)


def file_differences(before: Sources, after: Sources) -> Iterator[str]:
    """Lines of a unified diff of all files, by the paths people know them by."""
    for path in sorted({*before.texts, *after.texts}):
        old, new = before.texts.get(path, ""), after.texts.get(path, "")
        if old != new:
            lines = difflib.unified_diff(
                old.splitlines(), new.splitlines(), f"{path} (before)", f"{path} (after)", lineterm=""
            )
            yield from lines
