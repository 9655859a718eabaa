"""In charge of patches as plain values: what a layer has to say so that a change comes true, and nothing besides.

A patch is a JSON Merge Patch (RFC 7396): None removes, a map is laid over a map, anything else replaces.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Plain = dict[str, Any]
Path = tuple[str, ...]


def laid(path: Path, value: Any) -> Plain:
    """The patch that says `value` at `path`."""
    for step in reversed(path):
        value = {step: value}
    made: Plain = value
    return made


def composed(lower: Any, patch: Any, change: Plain) -> Plain:
    """The patch over `lower` that means `patch` and then `change`.

    What `change` makes equal to `lower` is no longer said, so undoing a change leaves nothing behind.
    """
    base = lower if isinstance(lower, dict) else {}
    result: Plain = dict(patch) if isinstance(patch, dict) else {}
    for key, wanted in change.items():
        said = _said(base, key, result, wanted)
        if said is _NOTHING:
            result.pop(key, None)
        else:
            result[key] = said
    return result


_NOTHING = object()


def _said(base: Plain, key: str, patch: Plain, wanted: Any) -> Any:
    below = base.get(key)
    if wanted is None:
        return None if key in base else _NOTHING
    if not isinstance(wanted, dict):
        return _NOTHING if key in base and below == wanted else wanted
    if key in patch and not isinstance(patch[key], dict):
        made = difference(below, without_nulls(wanted)) if isinstance(below, dict) else without_nulls(wanted)
    elif key in base or key in patch:
        made = composed(below, patch.get(key), wanted)
    else:
        made = without_nulls(wanted)
    return _NOTHING if not made and isinstance(below, dict) else made


def difference(lower: Plain, target: Plain) -> Plain:
    """The smallest patch that turns `lower` into `target`."""
    found: Plain = {key: None for key in lower if key not in target}
    for key, value in target.items():
        below = lower.get(key)
        if key in lower and isinstance(below, dict) and isinstance(value, dict):
            inner = difference(below, value)
            if inner:
                found[key] = inner
        elif key not in lower or below != value:
            found[key] = value
    return found


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return value


def reset(patch: Plain, path: Path) -> Plain:
    """The patch without what it says at `path` and below, and without maps that are empty for it."""
    head, *rest = path
    if head not in patch:
        return patch
    result = dict(patch)
    if not rest:
        del result[head]
    elif isinstance(result[head], dict):
        result[head] = reset(result[head], tuple(rest))
        if not result[head]:
            del result[head]
    return result


def leaves(patch: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """What a patch says: each value, null and empty map with its path."""
    if isinstance(patch, dict) and patch:
        for key, item in patch.items():
            yield from leaves(item, (*path, key))
    elif path:
        yield path, patch


def value_at(tree: Any, path: Path) -> Any:
    """The value at a path, `MISSING` when there is none."""
    for step in path:
        if not isinstance(tree, Mapping) or step not in tree:
            return MISSING
        tree = tree[step]
    return tree


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()
"""Stands for no value; None is a removal."""
