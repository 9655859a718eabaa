"""In charge of what a company says itself: changing it in its builder, moving it into its files, taking it back."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tenon.compiler.edits import edited
from tenon.compiler.layering import said_by
from tenon.compiler.nodes import Node
from tenon.compiler.patches import Path, Plain, composed, laid, leaves, reset, value_at
from tenon.compiler.schemas import KINDS
from tenon.compiler.sources import BUILDER, COMPANY, WORKSPACE, Authorship, Sources
from tenon.compiler.trees import tree_below, whole_tree
from tenon.compiler.writing import layer_files
from tenon.errors import BadRequest, UnknownName
from tenon.texts import say

Changes = Mapping[str, Any]


def with_changes(sources: Sources, changes: Changes, *, undo: Iterable[str] = ()) -> Sources:
    """The sources with a builder layer that also says `changes`: dotted path → value, None to remove the thing.

    A map is laid over what is there, anything else replaces it. What equals the layers below is not said any more.
    `undo` names paths at which the builder shall say nothing. Raises UnknownName for a path of no kind of metadata.
    """
    lower, patch = tree_below(sources, BUILDER).plain(), said_by(sources, BUILDER).plain()
    known = whole_tree(sources)
    for path in undo:
        patch = reset(patch, steps_of(known, path))
    for dotted, value in changes.items():
        patch = composed(lower, patch, laid(steps_of(known, dotted), value))
    return _with_builder(sources, patch)


def with_patch(sources: Sources, patch: Plain) -> Sources:
    """The sources with a builder layer that says this as well."""
    said = said_by(sources, BUILDER).plain()
    return _with_builder(sources, composed(tree_below(sources, BUILDER).plain(), said, patch))


def pulled(sources: Sources) -> Sources:
    """The same workspace with nothing in the builder layer: it is written into the client's files."""
    if not sources.layer(BUILDER):
        return sources
    moved = written_into(sources, said_by(sources, BUILDER).plain())
    adjustments = {
        (WORKSPACE if a.layer in COMPANY else a.layer, a.path): replace(a, layer=WORKSPACE) if a.layer in COMPANY else a
        for a in sorted(sources.adjustments, key=lambda item: item.layer == BUILDER)
    }
    return replace(moved.with_layer(BUILDER, ()), authors=(), adjustments=tuple(adjustments.values()))


def written_into(sources: Sources, change: Plain) -> Sources:
    """The sources with a patch written into the client's files."""
    files, said = sources.layer(WORKSPACE), said_by(sources, WORKSPACE).plain()
    after = composed(tree_below(sources, WORKSPACE).plain(), said, change)
    return sources.with_layer(WORKSPACE, edited(files, said, after, layer=WORKSPACE))


def taken(sources: Sources, paths: Iterable[str]) -> Sources:
    """The sources without what the company says at these paths, in its builder and in its files.

    Raises UnknownName when it says nothing there.
    """
    for dotted in paths:
        patches = {layer: said_by(sources, layer) for layer in COMPANY}
        path = next((p for said in patches.values() if (p := said_path(said, dotted)) is not None), None)
        if path is None:
            every = [".".join(p) for said in patches.values() for p, _value in leaves(said.plain())]
            raise UnknownName.among(dotted, every, where=dotted)
        sources = _with_builder(sources, reset(patches[BUILDER].plain(), path))
        said = patches[WORKSPACE].plain()
        files = edited(sources.layer(WORKSPACE), said, reset(said, path), layer=WORKSPACE)
        sources = sources.with_layer(WORKSPACE, files)
    return sources


def without_settings(sources: Sources) -> Sources:
    """Without the settings of the installation, wherever the company wrote them."""
    return _with_settings(sources, None)


def with_settings_of(sources: Sources, other: Sources) -> Sources:
    """With the settings of the installation that `other` belongs to."""
    return _with_settings(sources, said_by(other, WORKSPACE).at(("workspace",)).pick("settings"))


def _with_settings(sources: Sources, settings: Any) -> Sources:
    for layer in COMPANY:
        said = said_by(sources, layer).plain()
        after = reset(said, ("workspace", "settings"))
        if layer == WORKSPACE and settings is not None:
            after = {**after, "workspace": {**after.get("workspace", {}), "settings": settings}}
        sources = sources.with_layer(layer, edited(sources.layer(layer), said, after, layer=layer))
    return sources


def _with_builder(sources: Sources, patch: Plain) -> Sources:
    """Authors are kept where the builder says what it said before."""
    old = said_by(sources, BUILDER).plain()
    known = {item.path: item for item in sources.authors}
    authors = tuple(
        known[path] if path in known and value_at(old, path) == value else Authorship(path=path)
        for path, value in leaves(patch)
    )
    return replace(sources.with_layer(BUILDER, layer_files(BUILDER, patch)), authors=authors)


def steps_of(tree: Node, dotted: str) -> Path:
    """The steps of a dotted path; a name with dots in it is found where it is known."""
    words = dotted.split(".")
    if not all(words) or words[0] not in KINDS:
        raise UnknownName.among(words[0], KINDS, where=dotted)
    if words[0] == "modules" or len(words) < 2:
        raise BadRequest(
            say("“{path}” cannot be changed from outside its module.", "“{path}”不能在其模块之外更改。", path=dotted)
        )
    return _steps(tree, words) or tuple(words)


def said_path(said: Node, dotted: str) -> Path | None:
    """The steps to what a layer says at a dotted path, in full or in short (`opportunity.amount.label`)."""
    first, *rest = words = dotted.split(".")
    short = [["entities", first, *rest], ["entities", first, "fields", *rest]]
    for candidate in (words, *short):
        found = _steps(said, candidate)
        if found is not None:
            return found
    return None


def _steps(node: Node, words: list[str]) -> Path | None:
    """None when the path is not there."""
    if not words:
        return ()
    for length in range(1, len(words) + 1):
        below = node.get(".".join(words[:length]))
        rest = None if below is None else _steps(below, words[length:])
        if rest is not None:
            return (".".join(words[:length]), *rest)
    return None
