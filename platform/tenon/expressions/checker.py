"""In charge of understanding: a Python syntax tree becomes a typed tree, or a refusal that says where and why.

Only the node types listed in `Checker._visits` exist; everything else is refused.
"""

import ast
from collections.abc import Callable
from typing import Any, Literal

from tenon.expressions import operators
from tenon.expressions.aggregates import AGGREGATES, Aggregates
from tenon.expressions.calls import Calls
from tenon.expressions.catalogue import FUNCTIONS
from tenon.expressions.nodes import (
    ArithmeticOperator,
    CompareOperator,
    Conditional,
    Constant,
    Items,
    Logic,
    Node,
    Not,
    Within,
)
from tenon.expressions.operators import as_date, constant, matched, misfit, said_as
from tenon.expressions.types import BOOLEAN, NULL, TEXT, common, list_of, number_of
from tenon.texts import say

_ARITHMETIC: dict[type[ast.operator], ArithmeticOperator] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Mod: "%",
}
_COMPARE: dict[type[ast.cmpop], CompareOperator] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "==",
    ast.IsNot: "!=",
}


class Checker(Calls, Aggregates):
    """The whole walk: constants and operators here, names, calls and aggregates in its parts."""

    def __init__(self, *where: Any, **inside: Any) -> None:
        super().__init__(*where, **inside)
        self._visits: dict[type[ast.expr], Callable[[Any], Node]] = {
            ast.Constant: self._constant,
            ast.Name: self._path,
            ast.Attribute: self._attribute,
            ast.BinOp: self._arithmetic,
            ast.UnaryOp: self._unary,
            ast.BoolOp: self._logic,
            ast.Compare: self._compare,
            ast.IfExp: self._conditional,
            ast.Call: self._call,
        }

    def visit(self, node: ast.expr) -> Node:
        self.source.spend(node)
        visit = self._visits.get(type(node))
        if visit is None:
            raise self._refuse(node, "This is not part of the expression language.", "表达式语言不支持这种写法。")
        return visit(node)

    def _constant(self, node: ast.Constant) -> Node:
        at, value = self.source.position(node), node.value
        if value is None or isinstance(value, bool):
            return constant(value, NULL if value is None else BOOLEAN, at, fixed=True)
        if isinstance(value, (int, float)):
            number = self.source.number(node)
            return constant(number, number_of(max(0, -int(number.as_tuple().exponent))), at)
        if isinstance(value, str) and node.kind is None:
            if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
                raise self._refuse(node, "The text holds a character that cannot be kept.", "文本中有无法保存的字符。")
            return constant(value, TEXT, at)
        raise self._refuse(node, "This kind of constant cannot be used.", "不支持这种常量。")

    def _arithmetic(self, node: ast.BinOp) -> Node:
        operator, at = _ARITHMETIC.get(type(node.op)), self.source.position(node)
        if operator is None:
            raise self._refuse(node, "This operator is not part of the language.", "不支持这个运算符。")
        left = self.visit(node.left)
        unit = _calendar_unit(node.right)
        if unit is not None and operator in ("+", "-"):
            return self._move_by_months(left, unit, operator, at)
        return operators.arithmetic(operator, left, self.visit(node.right), at)

    def _unary(self, node: ast.UnaryOp) -> Node:
        at, operand = self.source.position(node), self.visit(node.operand)
        if isinstance(node.op, ast.Not):
            return Not(type=BOOLEAN, position=at, operand=self._condition(operand))
        if isinstance(node.op, ast.USub):
            if isinstance(operand, Constant) and operand.type.kind == "number" and not operand.fixed:
                return constant(-operand.value, operand.type, at)
            return operators.negate(operand, at)
        raise self._refuse(node, "This operator is not part of the language.", "不支持这个运算符。")

    def _logic(self, node: ast.BoolOp) -> Node:
        operands = tuple(self._condition(self.visit(value)) for value in node.values)
        operator: Literal["and", "or"] = "and" if isinstance(node.op, ast.And) else "or"
        return Logic(type=BOOLEAN, position=self.source.position(node), operator=operator, operands=operands)

    def _compare(self, node: ast.Compare) -> Node:
        at, left_node, parts = self.source.position(node), node.left, list[Node]()
        for operator, right_node in zip(node.ops, node.comparators, strict=True):
            parts.append(self._one_comparison(operator, left_node, right_node, at))
            left_node = right_node
        if len(parts) == 1:
            return parts[0]
        return Logic(type=BOOLEAN, position=at, operator="and", operands=tuple(parts))

    def _one_comparison(self, operator: ast.cmpop, left: ast.expr, right: ast.expr, at: int) -> Node:
        if isinstance(operator, (ast.In, ast.NotIn)):
            within = self._within(self.visit(left), right, at)
            return within if isinstance(operator, ast.In) else Not(type=BOOLEAN, position=at, operand=within)
        return operators.compare(_COMPARE[type(operator)], self.visit(left), self.visit(right), at)

    def _within(self, item: Node, container: ast.expr, at: int) -> Node:
        if isinstance(container, (ast.List, ast.Tuple)):
            return self._in_items(item, [self.visit(element) for element in container.elts], at)
        held = self.visit(container)
        if held.type.kind != "list" or held.type.item is None:
            hint = say("Use contains(text, part).", "请用 contains(文本, 部分)。") if held.type.kind == "text" else None
            raise misfit("in", item.type, held.type, at, hint)
        item = said_as(item, held.type.item)
        if not operators.comparable(item.type, held.type.item):
            raise misfit("in", item.type, held.type, at)
        return Within(type=BOOLEAN, position=at, item=item, container=held)

    def _in_items(self, item: Node, elements: list[Node], at: int) -> Node:
        if any(matched(item, element)[1].type.kind == "date" for element in elements):
            item = as_date(item)
        fitted = [matched(item, element)[1] for element in elements]
        if isinstance(item, Constant) and fitted:
            item = matched(item, fitted[0])[0]
        for element in fitted:
            if not operators.comparable(item.type, element.type):
                raise misfit("in", item.type, element.type, element.position)
        items = Items(type=list_of(item.type), position=at, items=tuple(fitted))
        return Within(type=BOOLEAN, position=at, item=item, container=items)

    def _conditional(self, node: ast.IfExp) -> Node:
        condition = self._condition(self.visit(node.test))
        then, otherwise = self.visit(node.body), self.visit(node.orelse)
        kind = common(then.type, otherwise.type)
        if kind is None or kind.kind == "list":
            raise misfit("if … else", then.type, otherwise.type, self.source.position(node))
        return Conditional(
            type=kind, position=self.source.position(node), condition=condition, then=then, otherwise=otherwise
        )

    def _call(self, node: ast.Call) -> Node:
        if not isinstance(node.func, ast.Name):
            raise self._refuse(node, "Only functions can be called.", "只能调用函数。")
        name = node.func.id
        if name in AGGREGATES:
            relation = self._relation(node.args[0]) if node.args else None
            if relation is not None:
                return self._aggregate(name, node, *relation)
            name = {"min": "least", "max": "greatest"}.get(name, name)
        if name == "changed" and self.scope.has_old:
            return self._changed(node)
        definition = None if name.startswith("_") else FUNCTIONS.get(name)
        if definition is not None:
            return self._function(definition, node)
        if name in self.scope.entities:
            return self._by_key(self.scope.entities[name], node)
        raise self._unknown_function(name, node)


def _calendar_unit(node: ast.expr) -> ast.Call | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("months", "years"):
        return node
    return None
