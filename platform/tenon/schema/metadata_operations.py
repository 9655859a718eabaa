"""In charge of the part of a plan that no table knows of: views, roles, labels, flows… added, changed, taken away."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tenon.compiler import schemas
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.origins import Origins
from tenon.model import Model
from tenon.schema.operations import Operation, Risk
from tenon.texts import Text, say

Change = Literal["added", "changed", "removed", "reordered"]
_SHOWN = 8
_SECTIONS = {
    "fields": "field",
    "relationships": "relationship",
    "rules": "rule",
    "pipelines": "pipeline",
    "views": "view",
    "forms": "form",
}
"""Collections of an entity → the schema that describes one thing in them."""
_TOLD = frozenset({"type", "convert", "restores", "map", "was"})
"""Properties of a field that the steps about its column have spoken of."""


@dataclass(frozen=True, kw_only=True)
class ChangeMetadata(Operation):
    """One thing; `label` is the thing's, `properties` are what differs in it."""

    kind = "change_metadata"
    path: str
    change: Change
    what: Text
    properties: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        return self.path

    @property
    def text(self) -> Text:
        found = {"what": self.what, "label": self.label, "path": self.path, "properties": self._listed}
        if self.change == "added":
            return say("New {what} “{label}” ({path}).", "新增{what}“{label}”（{path}）。", **found)
        if self.change == "removed":
            return say("{what} “{label}” ({path}) goes.", "移除{what}“{label}”（{path}）。", **found)
        if self.change == "reordered":
            return say("The order of {path} is another one.", "{path} 的顺序改变。", **found)
        return say(
            "{what} “{label}” ({path}) is changed: {properties}.",
            "{what}“{label}”（{path}）已更改：{properties}。",
            **found,
        )

    @property
    def risk(self) -> Risk:
        return "removes" if self.change == "removed" else "safe"

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "change": self.change, "properties": list(self.properties)}

    @property
    def _listed(self) -> str:
        more = len(self.properties) - _SHOWN
        return ", ".join(self.properties[:_SHOWN]) + (f" +{more}" if more > 0 else "")


def changed_metadata(
    before: Model | None, after: Model, renamed: Mapping[str, str], whole: Collection[str], told: Collection[str]
) -> Iterator[ChangeMetadata]:
    """What differs between two models. `renamed` leads from today's path to the former one.

    Whatever is new or gone at or below a path in `whole` is not said again, nor what the steps about `told` say.
    Nothing for a first model, which is new as a whole.
    """
    if before is None or not isinstance(before.origins, Origins) or not isinstance(after.origins, Origins):
        return
    if before.digest == after.digest:
        return  # the same metadata in other words, or with other settings of the installation
    old, new = dict(_things(before.origins.tree)), dict(_things(after.origins.tree))
    former = {path: _former(path, renamed) for path in new}
    for path, thing in new.items():
        known = old.get(former[path])
        if known is None:
            if not _covered(path, whole):
                yield _operation(path, thing, "added")
        elif differing := _differing(known, thing, ".".join(path) in told):
            yield _operation(path, thing, "changed", differing)
    for path in old.keys() - set(former.values()):
        if not _covered(path, whole):
            yield _operation(path, old[path], "removed")
    yield from _reordered(list(old), [former[path] for path in new if former[path] in old])


class _Thing:
    """A thing without the things in it."""

    def __init__(self, node: Node, without: Collection[str] = ()) -> None:
        self.node = node
        self.properties = {key: item for key, item in node.map.items() if key not in without}


def _things(tree: Node) -> Iterator[tuple[TreePath, _Thing]]:
    for kind, part in tree.map.items():
        if kind in schemas.WHOLE:
            yield (kind,), _Thing(part)
            continue
        for name, node in part.map.items():
            sections = [key for key in node.map if key in _SECTIONS] if kind == "entities" else []
            yield (kind, name), _Thing(node, sections)
            for section in sections:
                for inner, item in node.map[section].map.items():
                    yield (kind, name, section, inner), _Thing(item)


def _differing(old: _Thing, new: _Thing, told: bool) -> tuple[str, ...]:
    if old.node is new.node:
        return ()
    names = [*new.properties, *(key for key in old.properties if key not in new.properties)]
    differing = [name for name in names if not _same(old.properties.get(name), new.properties.get(name))]
    return tuple(name for name in differing if not (told and name in _TOLD))


def _same(old: Node | None, new: Node | None) -> bool:
    if old is None or new is None or old is new:
        return old is new
    a, b = old.value, new.value
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_same, a, b))
    return type(a) is type(b) and a == b


def _former(path: TreePath, renamed: Mapping[str, str]) -> TreePath:
    for length in (4, 2):
        was = renamed.get(".".join(path[:length]))
        if was is not None:
            return (*was.split("."), *path[length:])
    return path


def _covered(path: TreePath, told: Collection[str]) -> bool:
    return any(".".join(path[:length]) in told for length in (2, 4))


def _reordered(old: list[TreePath], kept: list[TreePath]) -> Iterator[ChangeMetadata]:
    """Collections whose remaining things stand in another order than before."""
    places = {path: place for place, path in enumerate(old)}
    last: dict[TreePath, int] = {}
    found: dict[TreePath, None] = {}
    for path in kept:
        around = path[:-1]
        if places[path] < last.get(around, -1):
            found[around] = None
        last[around] = places[path]
    for around in found:
        name = ".".join(around)
        entity = around[1] if around[0] == "entities" and len(around) > 1 else ""
        yield ChangeMetadata(entity=entity, label=Text.of(name), path=name, change="reordered", what=Text.of(name))


def _operation(path: TreePath, thing: _Thing, change: Change, properties: tuple[str, ...] = ()) -> ChangeMetadata:
    written = thing.node.map.get("label")
    plain = written.plain() if written is not None else None
    return ChangeMetadata(
        entity=path[1] if path[0] == "entities" else "",
        label=Text.of(plain) if isinstance(plain, str | dict) and plain else Text.of(path[-1]),
        path=".".join(path),
        change=change,
        what=_what(path),
        properties=properties,
    )


def _what(path: TreePath) -> Text:
    """What the language calls a thing of this kind."""
    name = _SECTIONS[path[2]] if len(path) == 4 else schemas.KINDS.get(path[0], "")
    schema = schemas.load(name) if name else {}
    title = str(schema.get("title", path[0]))
    return say(title, str(schema.get("title:zh-CN", title)))
