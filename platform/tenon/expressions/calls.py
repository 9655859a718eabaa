"""In charge of calls of functions: which one is meant, and whether its arguments fit."""

import ast
from dataclasses import replace

import tenon.expressions.functions  # noqa: F401  (fills the catalogue)
from tenon.expressions import operators
from tenon.expressions.aggregates import AGGREGATES
from tenon.expressions.catalogue import FUNCTIONS, Function, Parameter
from tenon.expressions.names import needs_aggregate
from tenon.expressions.nodes import ByKey, Call, Changed, Constant, Node
from tenon.expressions.operators import as_date, constant, said_as
from tenon.expressions.refusals import ExpressionError, unknown_name
from tenon.expressions.types import BOOLEAN, INTEGER, RecordShape, Type, is_child_list, list_of, record_of
from tenon.expressions.walker import Walker
from tenon.texts import say


class Calls(Walker):
    """The part of a walk that understands functions, `changed("x")`, records by key, and calendar units."""

    def _unknown_function(self, name: str, node: ast.Call) -> ExpressionError:
        if name in AGGREGATES:
            return self._refuse(
                node,
                "{name}() needs related records, like {name}(lines).",
                "{name}() 需要下级记录，例如 {name}(lines)。",
                name=name,
            )
        known = [known for known in FUNCTIONS if not known.startswith("_")]
        return unknown_name(name, [*known, *AGGREGATES, *self.scope.entities], self.source.position(node))

    def _function(self, definition: Function, node: ast.Call) -> Node:
        at, name = self.source.position(node), definition.name
        if node.keywords:
            node = self._by_place(definition, node)
        if definition.people and self.scope.people is None:
            raise self._refuse(
                node,
                "{name}() can only be used where people are chosen: in approvals, automations, pools, assignments.",
                "{name}() 只能用于选择人员之处：审批、自动化、公海和分配规则。",
                name=name,
            )
        parameters = self._parameters(definition, node)
        arguments = tuple(
            self._argument(parameter, value, name) for parameter, value in zip(parameters, node.args, strict=True)
        )
        if name in ("months", "years"):
            raise self._refuse(node, "{name}() can only be added to a date.", "{name}() 只能与日期相加减。", name=name)
        meant = definition.overload(arguments)
        definition = definition if meant == name else FUNCTIONS[meant]
        kind = definition.result(arguments)
        if kind is None:
            raise self._refuse(
                node, "The arguments of {name}() do not fit together.", "{name}() 的各参数不匹配。", name=name
            )
        if self.scope.needs_sql and not definition.has_sql:
            raise self._refuse(node, "{name}() cannot be used in a filter.", "{name}() 不能用于筛选。", name=name)
        if definition.people and self.scope.people is not None:
            person = record_of(self.scope.people)
            kind = person if definition.people == "one" else list_of(person)
        return Call(type=kind, position=at, function=meant, arguments=arguments)

    def _by_place(self, definition: Function, node: ast.Call) -> ast.Call:
        """The call with its named arguments where they belong; null stands for those left out between them."""
        names = [parameter.name for parameter in definition.parameters]
        given = {str(keyword.arg): keyword for keyword in node.keywords}
        for name, keyword in given.items():
            if not definition.named:
                raise self._refuse(
                    node, "{name}() takes no named arguments.", "{name}() 不接受具名参数。", name=definition.name
                )
            if name not in names[len(node.args) :]:
                raise unknown_name(name, names[max(1, len(node.args)) :], self.source.position(keyword.value))
        last = max((names.index(name) for name in given), default=0)
        values = [*node.args]
        for name in names[len(node.args) : last + 1]:
            nothing = ast.copy_location(ast.Constant(None), node)
            values.append(given[name].value if name in given else nothing)
        return ast.copy_location(ast.Call(node.func, values, []), node)

    def _parameters(self, definition: Function, node: ast.Call) -> list[Parameter]:
        """One for each argument; raises when there are too few or too many."""
        parameters = list(definition.parameters)
        given = len(node.args)
        if parameters and parameters[-1].many:
            parameters += [parameters[-1]] * (given - len(parameters))
        least = sum(not parameter.optional for parameter in definition.parameters)
        if not least <= given <= len(parameters):
            shown = ", ".join(
                f"{p.name}…" if p.many else f"[{p.name}]" if p.optional else p.name for p in definition.parameters
            )
            error = self._refuse(
                node,
                "{name}() was given {given} argument(s).",
                "{name}() 收到 {given} 个参数。",
                name=definition.name,
                given=str(given),
            )
            error.hint = say("Write {name}({shown}).", "请写 {name}({shown})。", name=definition.name, shown=shown)
            raise error
        return parameters[:given]

    def _argument(self, parameter: Parameter, value: ast.expr, name: str) -> Node:
        node = self.visit(value)
        if parameter.kinds == ("date",):
            node = as_date(said_as(node, Type("date")))
        elif parameter.kinds == ("datetime",):
            node = said_as(node, Type("datetime"))
        if parameter.kinds and node.type.kind not in parameter.kinds and node.type.kind != "null":
            raise ExpressionError(
                say(
                    "{name}() needs {kinds} here, not {kind}.",
                    "{name}() 这里需要 {kinds}，而不是 {kind}。",
                    name=name,
                    kinds=" / ".join(parameter.kinds),
                    kind=str(node.type),
                ),
                position=node.position,
            )
        if not parameter.kinds and node.type.kind == "list" and name != "is_blank":
            raise self._refuse(value, "A list cannot be used here.", "这里不能使用列表。")
        if not parameter.kinds and node.type.kind == "opaque" and name != "is_blank":
            raise self._refuse(value, "Only is_blank() can read this field.", "此字段只能用于 is_blank()。")
        if parameter.fixed:
            return self._fixed(node, value)
        return node

    def _fixed(self, node: Node, value: ast.expr) -> Node:
        if not isinstance(node, Constant) or node.type.kind != "number" or node.type.scale:
            raise self._refuse(value, "Write a whole number here.", "这里请写一个整数。")
        return replace(node, value=int(node.value), fixed=True)

    def _changed(self, node: ast.Call) -> Node:
        field = node.args[0] if len(node.args) == 1 and not node.keywords else None
        if not isinstance(field, ast.Constant) or not isinstance(field.value, str) or self.scope.record is None:
            raise self._refuse(node, 'Write changed("name of a field").', '请写 changed("字段名")。')
        kind = self.scope.record.attribute(field.value)
        if kind is None:
            raise unknown_name(field.value, self.scope.record.attributes(), self.source.position(field) + 1)
        if is_child_list(kind):
            raise needs_aggregate(field.value, self.source.position(field))
        self._note("record", (field.value,))
        return Changed(type=BOOLEAN, position=self.source.position(node), field=field.value)

    def _by_key(self, shape: RecordShape, node: ast.Call) -> Node:
        if len(node.args) != 1 or node.keywords:
            raise self._refuse(node, 'Write {name}("key").', '请写 {name}("键")。', name=shape.name)
        key = self.visit(node.args[0])
        if key.type.kind not in ("text", "choice"):
            raise self._refuse(node.args[0], "The key of a record is a text.", "记录的键是文本。")
        self.dependencies.entities.add(shape.name)
        return ByKey(type=Type("record", record=shape), position=self.source.position(node), entity=shape.name, key=key)

    def _move_by_months(self, left: Node, unit: ast.Call, operator: str, at: int) -> Node:
        if len(unit.args) != 1 or unit.keywords or left.type.kind not in ("date", "datetime"):
            raise self._refuse(unit, "Months and years can only be added to a date.", "月和年只能与日期相加减。")
        count = self.visit(unit.args[0])
        if count.type.kind not in ("number", "null"):
            raise self._refuse(unit.args[0], "A number is needed here.", "这里需要数字。")
        name = "_move_date_by_months" if left.type.kind == "date" else "_move_moment_by_months"
        if unit.func.id == "years":  # type: ignore[attr-defined]
            count = operators.arithmetic("*", count, constant(12, INTEGER, at, fixed=True), at)
        count = operators.negate(count, at) if operator == "-" else count
        return Call(type=left.type, position=at, function=name, arguments=(left, count))
