"""In charge of the SQL target: one SQLAlchemy expression over whatever joins the source plans.

A condition has two forms. As a *truth* it is true where the language says true, and false or null elsewhere:
this is what WHERE, AND, OR and CASE need and what indexes can serve. As a *value* it is never null.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select

from tenon.expressions.catalogue import FUNCTIONS, Function
from tenon.expressions.expression import Expression
from tenon.expressions.fragments import inline, let, minus, modulo, numeric, plus, quotient, times
from tenon.expressions.nodes import (
    Aggregate,
    Arithmetic,
    ByKey,
    Call,
    Compare,
    Conditional,
    Constant,
    Items,
    Logic,
    Negate,
    Node,
    Not,
    Read,
    Readable,
    Subtree,
    Within,
)
from tenon.expressions.source import ChildSource, SqlSource
from tenon.expressions.sql_limits import NATIVE_SCALE, native_scale, require_sql

Sql = ColumnElement[Any]
_ORDER: dict[str, Callable[[Sql, Sql], Sql]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
_OPPOSITE = {"==": "!=", "!=": "=="}
_NATIVE = {"+": plus, "-": minus, "*": times}
_NAMES = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "remainder"}


def to_sql(expression: Expression, source: SqlSource) -> Sql:
    """A condition comes as a truth, fit for WHERE; raises ExpressionError when a part has no SQL form."""
    require_sql(expression)
    target = _Target(source)
    return target.truth(expression.tree) if expression.type.kind == "boolean" else target.value(expression.tree)


def to_sql_value(expression: Expression, source: SqlSource) -> Sql:
    """As `to_sql`, but a condition is never null: to be selected, sorted or grouped by."""
    require_sql(expression)
    return _Target(source).value(expression.tree)


class _Target:
    def __init__(self, source: SqlSource) -> None:
        self.source = source
        self.sqlite = source.dialect == "sqlite"
        self._values: dict[type[Node], Callable[[Any], Sql]] = {
            Constant: self._constant,
            Read: self._read,
            Negate: self._negate,
            Arithmetic: self._arithmetic,
            Conditional: self._conditional,
            Call: self._call,
            Aggregate: self._aggregate,
            ByKey: self._by_key,
        }
        self._truths: dict[type[Node], Callable[[Any, bool], Sql]] = {
            Compare: self._compare,
            Within: self._within,
            Logic: self._logic,
            Not: self._not,
            Aggregate: self._exists,
            Readable: self._readable,
        }

    # Conditions

    def truth(self, node: Node, *, negated: bool = False) -> Sql:
        """True where the condition holds (or, negated, where it does not); elsewhere false or null."""
        special = self._truths.get(type(node))
        if special is not None:
            return special(node, negated)
        if isinstance(node, Constant):
            return sa.true() if bool(node.value) is not negated else sa.false()
        plain = self.value(node)
        return plain.is_not(sa.true()) if negated else plain

    def value(self, node: Node) -> Sql:
        if type(node) in self._truths and node.type.kind == "boolean":
            return sa.func.coalesce(self.truth(node), sa.false(), type_=sa.Boolean())
        return self._values[type(node)](node)

    def _logic(self, node: Logic, negated: bool) -> Sql:
        parts = [self.truth(operand, negated=negated) for operand in node.operands]
        return sa.and_(*parts) if (node.operator == "and") is not negated else sa.or_(*parts)

    def _not(self, node: Not, negated: bool) -> Sql:
        return self.truth(node.operand, negated=not negated)

    def _compare(self, node: Compare, negated: bool) -> Sql:
        left, right = self.value(node.left), self.value(node.right)
        if node.operator in _OPPOSITE:
            operator = _OPPOSITE[node.operator] if negated else node.operator
            return self._equal(node.left, node.right, left, right, wanted=operator == "==")
        if not self.sqlite and node.left.type.kind == "text":
            left, right = sa.collate(left, "C"), sa.collate(right, "C")
        ordered = _ORDER[node.operator](left, right)
        return ordered.is_not(sa.true()) if negated else ordered

    def _equal(self, left_node: Node, right_node: Node, left: Sql, right: Sql, *, wanted: bool) -> Sql:
        """Null is a value; but where one side cannot be null, or is a bind, a form that indexes serve is chosen."""
        if not self.sqlite and {left_node.type.kind, right_node.type.kind} == {"record", "text"}:
            left, right = _written(left_node, left), _written(right_node, right)
        if _is_null(left_node) or _is_null(right_node):
            other = right if _is_null(left_node) else left
            return other.is_(None) if wanted else other.is_not(None)
        if not wanted:
            return left.is_distinct_from(right)
        if _never_null(left_node) or _never_null(right_node):
            return left == right
        if not self.sqlite and _readable_by_index(left_node, right_node):
            return sa.or_(left == right, sa.and_(left.is_(None), right.is_(None)))
        return left.is_not_distinct_from(right)

    def _within(self, node: Within, negated: bool) -> Sql:
        container = node.container
        if isinstance(container, Subtree):
            held = self._in_subtree(node.item, container)
            return held.is_not(sa.true()) if negated else held
        item = self.value(node.item)
        if isinstance(container, Items):
            held = self._in_items(node.item, item, container)
        else:
            held = self._in_list(item, self.value(container))
        return held.is_not(sa.true()) if negated else held

    def _in_subtree(self, item: Node, container: Subtree) -> Sql:
        """A path of the record is left to the source, which knows how it is best asked."""
        if isinstance(item, Read) and item.base == "record" and item.path:
            return self.source.among(item.path, self._subtree(container))
        value = self.value(item)
        return value.in_(self._subtree(container))

    def _subtree(self, container: Subtree) -> Select[Any]:
        return self.source.subtree(container.entity, self.value(container.root))

    def _in_items(self, item_node: Node, item: Sql, container: Items) -> Sql:
        elements = [(element, self.value(element)) for element in container.items]
        if not elements:
            return sa.false()
        if all(isinstance(element, Constant) and not _is_null(element) for element, _value in elements):
            return item.in_([value for _element, value in elements])
        return let(
            "item",
            item,
            lambda one: sa.or_(*(self._equal(item_node, node, one, value, wanted=True) for node, value in elements)),
        )

    def _in_list(self, item: Sql, held: Sql) -> Sql:
        if self.sqlite:
            each = sa.func.json_each(held).table_valued("value")
            return sa.exists(sa.select(sa.literal_column("1")).select_from(each).where(each.c.value == item))
        wanted = sa.func.jsonb_build_array(sa.cast(item, sa.Text()))
        return sa.and_(item.is_not(None), held.op("@>", is_comparison=True)(wanted))

    def _readable(self, node: Readable, negated: bool) -> Sql:
        held = self.source.readable(self.value(node.entity), self.value(node.identity))
        return held.is_not(sa.true()) if negated else held

    # Values

    def _constant(self, node: Constant) -> Sql:
        if not node.fixed:
            return self.source.literal(node.value, node.type)
        if node.value is None:
            return self._null(node.type.kind)
        if isinstance(node.value, bool):
            return sa.true() if node.value else sa.false()
        return inline(node.value)

    def _null(self, kind: str) -> Sql:
        """PostgreSQL wants to know of what type a null is."""
        kinds: dict[str, Any] = {
            "number": sa.Numeric(),
            "duration": sa.Numeric(),
            "text": sa.Text(),
            "boolean": sa.Boolean(),
        }
        return sa.null() if self.sqlite or kind not in kinds else sa.cast(sa.null(), kinds[kind])

    def _read(self, node: Read) -> Sql:
        if node.base == "user":
            return self.source.user(("user", *node.path))
        return self.source.column(node.path or ("id",))

    def _negate(self, node: Negate) -> Sql:
        operand = self.value(node.operand)
        return -operand if self.sqlite else -numeric(operand)

    def _arithmetic(self, node: Arithmetic) -> Sql:
        if self.sqlite and native_scale(node):
            return sa.func.round(self._native(node), sa.literal_column(str(node.type.scale)), type_=sa.Float())
        left, right = self.value(node.left), self.value(node.right)
        if self.sqlite:
            exact: Sql = getattr(sa.func, f"tenon_{_NAMES[node.operator]}")(left, right, type_=sa.Float())
            return exact
        if node.operator == "/":
            return quotient(left, right)
        if node.operator == "%":
            return modulo(left, right)
        return _NATIVE[node.operator](numeric(left), numeric(right), sa.Numeric())

    def _native(self, node: Node) -> Sql:
        """SQLite's own floats, where the number of places is known and small; rounded once at the end."""
        if not isinstance(node, Arithmetic) or not native_scale(node):
            return self.value(node)
        return _NATIVE[node.operator](self._native(node.left), self._native(node.right), sa.Float())

    def _conditional(self, node: Conditional) -> Sql:
        """A chain of conditions is one CASE."""
        cases = [(self.truth(node.condition), self.value(node.then))]
        last = node.otherwise
        while isinstance(last, Conditional):
            cases.append((self.truth(last.condition), self.value(last.then)))
            last = last.otherwise
        return sa.case(*cases, else_=self.value(last))

    def _call(self, node: Call) -> Sql:
        if node.function == "today":
            return self.source.today()
        if node.function == "now":
            return self.source.now()
        definition = FUNCTIONS[node.function]
        arguments = [self._argument(definition, argument) for argument in node.arguments]
        if definition.zoned:
            arguments.append(self.source.timezone())
        return definition.sqlite(*arguments) if self.sqlite else definition.postgresql(*arguments)

    def _argument(self, definition: Function, node: Node) -> Sql:
        value = self.value(node)
        if (
            not self.sqlite
            and node.type.kind in ("text", "choice")
            and definition.nulls == "own"
            and definition.name in _ORDERING
        ):
            return sa.collate(value, "C")
        if definition.nulls != "blank" or node.type.kind not in ("text", "choice", "null"):
            return value
        empty = sa.literal_column("''", sa.Text())
        if _never_null(node):
            return sa.cast(value, sa.Text()) if isinstance(node, Constant) and not self.sqlite else value
        return empty if _is_null(node) else sa.func.coalesce(value, empty, type_=sa.Text())

    def _by_key(self, node: ByKey) -> Sql:
        return self.source.entity_by_key(node.entity, self.value(node.key))

    # Child records

    def _children(self, node: Aggregate) -> tuple[ChildSource, "_Target"]:
        children = self.source.children(node.path)
        return children, _Target(children)

    def _exists(self, node: Aggregate, negated: bool) -> Sql:
        """`any` and `all`; other aggregates are no conditions."""
        if node.name not in ("any", "all"):
            plain = self._aggregate(node)
            return plain.is_not(sa.true()) if negated else plain
        children, target = self._children(node)
        condition = None
        if node.condition is not None:
            condition = target.truth(node.condition, negated=node.name == "all")
        rows = children.select(sa.literal_column("1"))
        found = sa.exists(rows if condition is None else rows.where(condition))
        return sa.not_(found) if (node.name == "all") is not negated else found

    def _aggregate(self, node: Aggregate) -> Sql:
        children, target = self._children(node)
        item = None if node.item is None else target.value(node.item)
        condition = None if node.condition is None else target.truth(node.condition)
        order = None if node.order is None else target.value(node.order)
        if node.name == "first":
            rows = self._first(node, children, item, order)
        else:
            rows = children.select(self._fold(node, item))
        return (rows if condition is None else rows.where(condition)).scalar_subquery()

    def _fold(self, node: Aggregate, item: Sql | None) -> Sql:
        if item is None:
            return sa.func.count()
        if node.name == "count":
            return sa.func.count(item)
        if node.name in ("min", "max"):
            ordered = sa.collate(item, "C") if not self.sqlite and node.type.kind == "text" else item
            return getattr(sa.func, node.name)(ordered, type_=item.type)  # type: ignore[no-any-return]
        total = self._sum(node, item)
        if node.name == "sum":
            return sa.func.coalesce(total, inline(0), type_=sa.Numeric())
        count = sa.func.count(item)
        return sa.func.tenon_divide(total, count) if self.sqlite else quotient(total, count)

    def _sum(self, node: Aggregate, item: Sql) -> Sql:
        if not self.sqlite:
            return sa.func.sum(numeric(item), type_=sa.Numeric())
        scale = None if node.item is None else node.item.type.scale
        if scale is None or scale > NATIVE_SCALE:
            return sa.func.tenon_sum(item)
        return sa.func.round(sa.func.sum(item), sa.literal_column(str(scale)), type_=sa.Float())

    def _first(self, node: Aggregate, children: ChildSource, item: Sql | None, order: Sql | None) -> Select[Any]:
        identity = children.column(("id",))
        rows = children.select(identity if item is None else item)
        if order is None:
            return rows.order_by(identity).limit(1)
        if not self.sqlite and node.order is not None and node.order.type.kind == "text":
            order = sa.collate(order, "C")
        directed = (sa.desc(order) if node.descending else sa.asc(order)).nulls_last()
        return rows.order_by(directed, identity).limit(1)


_ORDERING = ("least", "greatest")


def _written(node: Node, value: Sql) -> Sql:
    """An id as text, beside a text: PostgreSQL has a type of its own for ids."""
    return sa.cast(value, sa.Text()) if node.type.kind == "record" else value


def _is_null(node: Node) -> bool:
    return isinstance(node, Constant) and node.value is None


def _never_null(node: Node) -> bool:
    if isinstance(node, Constant):
        return node.value is not None
    if isinstance(node, Call):
        return node.function in ("today", "now") or (
            node.type.kind == "text" and FUNCTIONS[node.function].nulls == "blank"
        )
    return isinstance(node, Aggregate) and node.name in ("count", "sum")


def _readable_by_index(left: Node, right: Node) -> bool:
    """A column next to a bind of the actor's: PostgreSQL uses no index for IS NOT DISTINCT FROM."""
    return isinstance(left, Read) and isinstance(right, Read) and (left.base == "user" or right.base == "user")
