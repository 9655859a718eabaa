"""In charge of the browser's target: the typed tree as JSON, which `ui/src/expressions.js` interprets.

The browser's content policy forbids making code of text, so the tree itself is what is sent.
"""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tenon.expressions.catalogue import FUNCTIONS
from tenon.expressions.expression import Expression
from tenon.expressions.nodes import (
    Aggregate,
    Arithmetic,
    ByKey,
    Call,
    Changed,
    Compare,
    Constant,
    Logic,
    Node,
    Read,
    Subtree,
)
from tenon.expressions.numbers import plain


def to_json(expression: Expression) -> dict[str, Any]:
    """Plain data: {"op": …, "kind": …}; `kind` says how the interpreter reads and writes values."""
    return _json(expression.tree)


def to_javascript(expression: Expression) -> str:
    """Source of a function `(record, context) => value` in a module that imports `evaluate`."""
    return f"(record, context) => evaluate({json.dumps(to_json(expression), ensure_ascii=False)}, record, context)"


def value_to_json(value: Any) -> Any:
    """As the API writes it; a duration is a number of seconds as text."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return plain(Decimal(value // timedelta(microseconds=1)).scaleb(-6))
    return value


def _json(node: Node) -> dict[str, Any]:
    made: dict[str, Any] = {"op": type(node).__name__.lower(), "kind": node.type.kind, **_marks(node)}
    if isinstance(node, Aggregate):
        return made
    children = [_json(child) for child in node.children()]
    return {**made, "args": children} if children else made


def _marks(node: Node) -> dict[str, Any]:
    """What tells this node from another of its class, its children aside."""
    if isinstance(node, Constant):
        return {"value": value_to_json(node.value)}
    if isinstance(node, Read):
        return {"base": node.base, "path": list(node.path)}
    if isinstance(node, (Arithmetic, Compare, Logic)):
        return {"operator": node.operator}
    if isinstance(node, Call):
        return {"name": node.function, "nulls": FUNCTIONS[node.function].nulls}
    if isinstance(node, (ByKey, Subtree)):
        return {"entity": node.entity}
    if isinstance(node, Changed):
        return {"field": node.field}
    return _aggregate(node) if isinstance(node, Aggregate) else {}


def _aggregate(node: Aggregate) -> dict[str, Any]:
    parts = {"item": node.item, "condition": node.condition, "order": node.order}
    return {
        "name": node.name,
        "base": node.base,
        "path": list(node.path),
        "descending": node.descending,
        **{name: None if part is None else _json(part) for name, part in parts.items()},
    }
