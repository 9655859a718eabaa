"""In charge of what no database can compute: functions without SQL, old values, what is nested too deeply."""

from tenon.expressions.catalogue import FUNCTIONS
from tenon.expressions.expression import Expression
from tenon.expressions.nodes import (
    Aggregate,
    Arithmetic,
    Call,
    Changed,
    Conditional,
    Constant,
    IsNew,
    Items,
    Logic,
    Node,
    Not,
    Read,
    walk,
)
from tenon.expressions.refusals import ExpressionError
from tenon.texts import say

NATIVE_SCALE = 6
"""Up to so many places SQLite's own rounding repairs what floats did to a sum or product."""
_MOST_DEPTH = 12
"""SQLite's parser has a stack of 100 symbols and SQLAlchemy's compiler recurses; neither may fail in a request."""
_NATIVE = ("+", "-", "*")


def require_sql(expression: Expression, bound: frozenset[str] = frozenset()) -> None:
    """Raises ExpressionError at the first part that no database can compute, or when calls are nested too deeply.

    `bound` are roots whose values whoever plans the query binds.
    """
    if _depth(expression.tree) > _MOST_DEPTH:
        raise ExpressionError(
            say("Functions are nested too deeply for a database.", "函数嵌套太深，数据库无法计算。"),
            hint=say("Split it into several formula fields.", "请拆成多个公式字段。"),
        )
    for node in walk(expression.tree):
        name = None if _is_bound(node, bound) else _without_sql(node)
        if name is not None:
            raise ExpressionError(
                say("“{name}” cannot be used in a filter or in SQL.", "“{name}”不能用于筛选或 SQL。", name=name),
                position=node.position,
            )


def _depth(node: Node) -> int:
    """How deep the SQL is nested; chains (a + b + c, … else … else …) are written flat."""
    flat = _flat(node)
    below = max((_depth(child) - (_flat(child) == flat != "") for child in node.children()), default=0)
    return below + (not isinstance(node, (Constant, Read, Logic, Not, Items)))


def _flat(node: Node) -> str:
    if isinstance(node, Conditional):
        return "if"
    if isinstance(node, Arithmetic):
        return "number" if native_scale(node) else ""
    return "text" if isinstance(node, Call) and node.function == "concat" else ""


def native_scale(node: Arithmetic) -> bool:
    """Whether the database's own arithmetic is exact enough."""
    return node.operator in _NATIVE and node.type.scale is not None and node.type.scale <= NATIVE_SCALE


def _is_bound(node: Node, roots: frozenset[str]) -> bool:
    return isinstance(node, Read) and node.base.removeprefix("root:") in roots


def _without_sql(node: Node) -> str | None:
    if isinstance(node, Changed):
        return "changed"
    if isinstance(node, IsNew):
        return "is_new"
    if isinstance(node, (Read, Aggregate)) and node.base not in ("record", "user"):
        return node.base.removeprefix("root:")
    if isinstance(node, Aggregate) and node.base == "user":
        return "user." + ".".join(node.path)
    if isinstance(node, Aggregate) and node.name == "each":
        return "each"
    return node.function if isinstance(node, Call) and not FUNCTIONS[node.function].has_sql else None
