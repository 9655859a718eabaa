"""In charge of the way from text to an understood expression."""

from tenon.expressions.checker import Checker
from tenon.expressions.expression import Expression
from tenon.expressions.names import Dependencies
from tenon.expressions.nodes import Constant, Node, walk
from tenon.expressions.operators import fitted
from tenon.expressions.scope import Scope
from tenon.expressions.sql_limits import require_sql
from tenon.expressions.syntax import Source
from tenon.expressions.types import Former, Type


def compile_expression(text: str, scope: Scope, *, expected: Type | None = None) -> Expression:
    """Raises ExpressionError, also for what the scope wants in SQL and no database can compute.

    A number is rounded to the scale of `expected` when that has one.
    """
    source, dependencies = Source(text), Dependencies()
    tree = Checker(source, scope, dependencies).visit(source.tree)
    if expected is not None:
        tree = fitted(tree, expected)
    expression = Expression(
        text=text,
        type=tree.type,
        tree=tree,
        dependencies=frozenset(dependencies.record),
        user_dependencies=frozenset(dependencies.user),
        root_dependencies=frozenset(dependencies.roots),
        entities=frozenset(dependencies.entities),
        about=scope.record.name if scope.record is not None else None,
        roots={name: shape.name for name, shape in scope.roots.items()},
        former=_former(tree, dependencies) if scope.present is not None else (),
    )
    if scope.needs_sql:
        require_sql(expression, scope.bound)
    return expression


def _former(tree: Node, dependencies: Dependencies) -> tuple[Former, ...]:
    keys = {node.former for node in walk(tree) if isinstance(node, Constant) and node.former is not None}
    return tuple(sorted(keys | dependencies.former))
