"""In charge of aggregates: what is counted or added up over the child records of one record."""

import ast
from collections.abc import Iterator
from typing import cast

from tenon.expressions.names import Found, chain, words
from tenon.expressions.nodes import Aggregate, AggregateName, Node, Path
from tenon.expressions.refusals import ExpressionError
from tenon.expressions.scope import Scope
from tenon.expressions.types import BOOLEAN, INTEGER, NULL, Type, is_child_list, list_of, number_of
from tenon.expressions.walker import Walker
from tenon.texts import Text, say

AGGREGATES: dict[AggregateName, Text] = {
    "sum": say("sum(lines.amount, condition): all values together; 0 when there are none.", "求和；没有记录时为 0。"),
    "count": say(
        "count(lines, condition): how many records; count(lines.amount): how many values.", "记录数或非空值个数。"
    ),
    "min": say("min(lines.amount, condition): the smallest value; null when there is none.", "最小值；没有则为空。"),
    "max": say("max(lines.amount, condition): the largest value; null when there is none.", "最大值；没有则为空。"),
    "avg": say("avg(lines.amount, condition): the average of the values that are not null.", "非空值的平均值。"),
    "any": say("any(lines, condition): whether at least one record meets it.", "是否至少有一条记录满足条件。"),
    "all": say(
        "all(lines, condition): whether no record fails it; true when there are none.",
        "是否所有记录都满足条件；没有记录时为真。",
    ),
    "first": say(
        "first(lines.name, condition, by=amount): the value of the first record in that order; by=-amount turns it.",
        "按给定顺序取第一条记录的值；by=-amount 表示倒序。",
    ),
    "each": say(
        "each(lines.owner, condition): the people of all records, each once; where people are chosen.",
        "所有记录中的人员，去除重复；仅用于选择人员之处。",
    ),
}
"""What each does, for the reference and the editor."""


class Aggregates(Walker):
    """The part of a walk that goes into child records."""

    def _relation(self, node: ast.expr) -> tuple[str, Found, Path] | None:
        """The base, the relationship and its words, when the first path that leads to child records does."""
        for nodes in _paths(node):
            base, found = self._resolve(nodes)
            if is_child_list(found.type):
                names = words(nodes)
                return base, found, names[: len(names) - len(found.rest)]
        return None

    def _aggregate(self, name: AggregateName, node: ast.Call, base: str, found: Found, spoken: Path) -> Node:
        child = found.type.item or NULL
        inner = Scope(
            record=child.record,
            user=self.scope.user,
            needs_sql=self.scope.needs_sql,
            roots=self.scope.roots,
            entities=self.scope.entities,
            people=self.scope.people,
            present=self.scope.present,
        )
        start, before = self.prefix if base in ("record", "old") else (base, ())
        prefix = (start, (*before, *found.path))
        self.dependencies.add(*prefix)
        of_item = type(self)(self.source, inner, self.dependencies, prefix=prefix, inside=spoken)
        of_child = type(self)(self.source, inner, self.dependencies, prefix=prefix)
        whole = words(chain(node.args[0]) or ()) == spoken
        item = None if whole else of_item.visit(node.args[0])
        condition, order, descending = self._aggregate_rest(name, node, of_child)
        if name in ("any", "all") and item is not None and condition is None:
            condition, item = self._condition(item), None
        kind = self._aggregate_type(name, node, item, condition, child)
        at = self.source.position(node)
        return Aggregate(
            type=kind,
            position=at,
            name=name,
            base=base,
            path=found.path,
            item=item,
            condition=condition,
            order=order,
            descending=descending,
        )

    def _aggregate_rest(
        self, name: AggregateName, node: ast.Call, of_child: Walker
    ) -> tuple[Node | None, Node | None, bool]:
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        by, where = named.pop("by", None), named.pop("where", None)
        if (
            named
            or len(node.args) > 2
            or (by is not None and name != "first")
            or (where is not None and len(node.args) > 1)
        ):
            raise self._refuse(
                node,
                "Write {name}(records.field, condition){by}.",
                "请写 {name}(记录.字段, 条件){by}。",
                name=name,
                by=", by=…" if name == "first" else "",
            )
        test = node.args[1] if len(node.args) > 1 else where
        condition = None if test is None else of_child._condition(of_child.visit(test))
        descending = isinstance(by, ast.UnaryOp) and isinstance(by.op, ast.USub)
        if descending:
            by = cast(ast.UnaryOp, by).operand
        order = None if by is None else of_child.visit(by)
        if order is not None and order.type.kind not in ("number", "text", "date", "datetime", "duration"):
            raise ExpressionError(say("Records cannot be ordered by this.", "不能按此排序。"), position=order.position)
        return condition, order, descending

    def _aggregate_type(
        self, name: AggregateName, node: ast.Call, item: Node | None, condition: Node | None, child: Type
    ) -> Type:
        if name == "count":
            return INTEGER
        if name in ("any", "all"):
            if item is not None or (name == "all" and condition is None):
                raise self._refuse(node, "Write {name}(records, condition).", "请写 {name}(记录, 条件)。", name=name)
            return BOOLEAN
        if name == "first" and item is not None and item.type.kind == "opaque":
            raise self._refuse(node, "Only is_blank() can read this field.", "此字段只能用于 is_blank()。")
        if name == "first":
            return child if item is None else item.type
        if name == "each":
            return self._people_of(node, item)
        kinds = ("number",) if name in ("sum", "avg") else ("number", "text", "date", "datetime", "duration")
        if item is None or item.type.kind not in kinds:
            raise self._refuse(
                node,
                "{name}() needs one of: {kinds}.",
                "{name}() 需要以下类型之一：{kinds}。",
                name=name,
                kinds=", ".join(kinds),
            )
        return number_of(10) if name == "avg" else item.type

    def _people_of(self, node: ast.Call, item: Node | None) -> Type:
        users = self.scope.people
        if users is None:
            raise self._refuse(node, "each() chooses people; not here.", "each() 用于选择人员，此处不可用。")
        if item is None or item.type.record is None or item.type.record.name != users.name:
            raise self._refuse(
                node, "each() needs a person: each(lines.owner).", "each() 需要人员，例如 each(lines.owner)。"
            )
        return list_of(item.type)


def _paths(node: ast.AST) -> Iterator[list[ast.expr]]:
    """The dotted paths below a node, in reading order, those inside further aggregates left out."""
    nodes = chain(node) if isinstance(node, (ast.Name, ast.Attribute)) else None
    if nodes is not None:
        if words(nodes) not in (("true",), ("false",), ("null",), ("is_new",)):
            yield nodes
        return
    if isinstance(node, ast.Call):
        inner = isinstance(node.func, ast.Name) and node.func.id in AGGREGATES
        for argument in () if inner else node.args:
            yield from _paths(argument)
        return
    for child in ast.iter_child_nodes(node):
        yield from _paths(child)
