"""In charge of the digest: one short text that is equal exactly when the resolved metadata is equal."""

import hashlib
import json
from functools import cache
from typing import Any

from tenon import resources
from tenon.compiler.memory import of_node
from tenon.compiler.nodes import Node

_INSTALLATION = ("workspace", "settings")
"""Settings belong to the machine a workspace runs on, and are no part of what it is."""


def digest_of(tree: Node) -> str:
    """SHA-256 of the resolved tree.

    The order of items counts. The order of the properties of one thing does not, nor does the way they are
    spread over files and layers.
    """
    plain = {kind: _summed(part) for kind, part in sorted(tree.map.items())}
    top, below = _INSTALLATION
    if top in plain:
        plain[top] = [pair for pair in plain[top] if pair[0] != below]
    return _sum(plain)


def _summed(part: Node) -> Any:
    """Every thing of a part as its own checksum, since most of them are as they were."""
    if not isinstance(part.value, dict):
        return _canonical(part, ordered=True)
    return [[name, _sum_of(thing, name in collections())] for name, thing in part.map.items()]


@of_node
def _sum_of(thing: Node, ordered: bool) -> str:
    return _sum(_canonical(thing, ordered=ordered))


def _sum(plain: Any) -> str:
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(node: Node, *, ordered: bool) -> Any:
    """Maps as lists of pairs, so that nothing but the meaning decides."""
    value = node.value
    if isinstance(value, dict):
        ordered_ones = collections()
        pairs = [[key, _canonical(item, ordered=key in ordered_ones)] for key, item in value.items()]
        return pairs if ordered else sorted(pairs, key=lambda pair: pair[0])
    if isinstance(value, list):
        return {"list": [_canonical(item, ordered=False) for item in value]}
    return value


@cache
def collections() -> frozenset[str]:
    """Names of the properties that hold things by name, in an order people see."""
    found: set[str] = set()
    for path in sorted(resources.folder("metadata").glob("*.schema.json")):
        _gather(json.loads(path.read_text(encoding="utf-8")), found)
    return frozenset(found)


def _gather(schema: Any, found: set[str]) -> None:
    if isinstance(schema, list):
        for item in schema:
            _gather(item, found)
    elif isinstance(schema, dict):
        for key, item in schema.get("properties", {}).items() if isinstance(schema.get("properties"), dict) else ():
            if isinstance(item, dict) and _holds_things(item):
                found.add(key)
        for item in schema.values():
            _gather(item, found)


def _holds_things(schema: dict[str, Any]) -> bool:
    named = schema.get("$ref", "").endswith(("$defs/options", "$defs/steps"))
    return named or isinstance(schema.get("additionalProperties"), dict)
