"""In charge of filters made of rows: field, operator, value; written as an expression and read back from one.

The address holds the expression alone. What these rows can say is shown as rows again, whoever wrote it;
anything else stays text for the expert's box.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from tenon.access import Access
from tenon.errors import Detail, InvalidInput
from tenon.fields import Display, FieldType, InvalidValue, Operator, TypeSettings, make_type
from tenon.texts import say
from tenon.web.controls import input_text
from tenon.web.entities import Place, place_of

Join = Literal["and", "or"]
MOST_ROWS = 30


@dataclass(frozen=True, kw_only=True)
class Condition:
    """`values` are texts as forms hold them: ids, keys, dates, numbers."""

    name: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Group:
    join: Join = "and"
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rows:
    join: Join = "and"
    groups: tuple[Group, ...] = field(default=())

    def __iter__(self) -> Iterator[Condition]:
        return (condition for group in self.groups for condition in group.conditions)


def operator_of(kind: FieldType, name: str) -> Operator:
    """The one of that name, else the type's first."""
    return next((found for found in kind.operators if found.name == name), kind.operators[0])


def operand_type(kind: FieldType, operator: Operator) -> FieldType:
    """What is asked for: a value of the field's type, a number of days, or the day of an instant."""
    if operator.takes == "count":
        return make_type("integer", {"min": 0, "max": 40_000}, TypeSettings())
    if operator.template.startswith("date("):
        return make_type("date", {}, TypeSettings())
    return kind


# Writing


def write_rows(rows: Rows, access: Access, entity: str) -> str:
    """The expression; "" for no rows. Raises InvalidInput with paths such as `0.2`: group, condition."""
    problems: list[Detail] = []
    groups = []
    for place, group in enumerate(rows.groups):
        parts = [
            _written(condition, access, entity, f"{place}.{index}", problems)
            for index, condition in enumerate(group.conditions)
        ]
        groups.append(_joined(group.join, parts))
    if problems:
        raise InvalidInput(say("The filter is not complete.", "筛选条件不完整。"), details=problems)
    return _joined(rows.join, [group for group in groups if group])


def _written(condition: Condition, access: Access, entity: str, path: str, problems: list[Detail]) -> str:
    place = place_of(access, entity, condition.name)
    if place is None:
        message = say("Choose a field.", "请选择字段。")
        problems.append(Detail(path=path, code="unknown_name", message=message))
        return ""
    operator = operator_of(place.type, condition.operator)
    try:
        return operator.write(place.name, _literals(condition, operand_type(place.type, operator), operator, access))
    except InvalidValue as refusal:
        problems.append(Detail(path=path, code=refusal.code, message=refusal.message, hint=refusal.hint))
    except ValueError:
        message = say("Give a value to compare with.", "请填写用于比较的值。")
        problems.append(Detail(path=path, code="required", message=message))
    return ""


def _literals(condition: Condition, kind: FieldType, operator: Operator, access: Access) -> list[str]:
    """Raises InvalidValue, or ValueError when a value is missing."""
    if operator.takes == "none":
        return []
    wanted = {"one": 1, "count": 1, "two": 2}.get(operator.takes)
    texts = [text for text in condition.values if text.strip()][:wanted]
    values = [_value(kind, text, access.actor.timezone) for text in texts]
    if len(values) != (wanted or len(values)) or not values or None in values:
        raise ValueError("a value is missing")
    return [kind.literal(value) for value in values]


def _value(kind: FieldType, text: str, timezone: str) -> Any:
    """A look-up of any record that was read back from an expression is known by its id alone."""
    known = kind.parse_constant(text, timezone) if kind.entities is not None else None
    return kind.parse_local(text, timezone) if known is None else known


def _joined(join: Join, parts: list[str]) -> str:
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return parts[0] if parts else ""
    return f" {join} ".join(f"({part})" if " and " in part or " or " in part else part for part in parts)


# Reading


def read_rows(text: str, access: Access, entity: str) -> Rows | None:
    """None when rows cannot say it. Assumes nothing about whether the expression is right."""
    if not text.strip():
        return Rows()
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    rows = _rows(tree, access, entity)
    return rows if rows is not None and len(list(rows)) <= MOST_ROWS else None


def _rows(tree: ast.expr, access: Access, entity: str) -> Rows | None:
    single = _condition(tree, access, entity)
    if single is not None:
        return Rows(groups=(Group(conditions=(single,)),))
    if not isinstance(tree, ast.BoolOp):
        return None
    loose: list[Condition] = []
    groups: list[Group] = []
    for value in _paired(tree, access, entity):
        condition = _condition(value, access, entity)
        group = _group(value, access, entity) if condition is None else None
        if condition is not None:
            loose.append(condition)
        elif group is not None:
            groups.append(group)
        else:
            return None
    join = _join(tree)
    own = (Group(join=join, conditions=tuple(loose)),) if loose else ()
    return Rows(join=join if groups else "and", groups=(*own, *groups))


def _group(tree: ast.expr, access: Access, entity: str) -> Group | None:
    if not isinstance(tree, ast.BoolOp):
        return None
    conditions = [_condition(value, access, entity) for value in _paired(tree, access, entity)]
    known = tuple(found for found in conditions if found is not None)
    return Group(join=_join(tree), conditions=known) if len(known) == len(conditions) else None


def _paired(tree: ast.BoolOp, access: Access, entity: str) -> list[ast.expr]:
    """The operands; two neighbours that together are one condition (from … to …) as one."""
    if not isinstance(tree.op, ast.And):
        return tree.values
    found: list[ast.expr] = []
    for value in tree.values:
        both = ast.BoolOp(op=ast.And(), values=[found[-1], value]) if found else None
        if both is not None and _condition(both, access, entity) is not None:
            found[-1] = both
        else:
            found.append(value)
    return found


def _join(tree: ast.BoolOp) -> Join:
    return "and" if isinstance(tree.op, ast.And) else "or"


def _condition(tree: ast.expr, access: Access, entity: str) -> Condition | None:
    for written, place in _mentioned(tree, access, entity):
        for operator in place.type.operators:
            holes: dict[str, ast.expr] = {}
            if _same(_pattern(operator.template, written), tree, holes):
                values = _values(holes, place, operator, access)
                if values is not None:
                    return Condition(name=place.name, operator=operator.name, values=values)
    return None


def _mentioned(tree: ast.expr, access: Access, entity: str) -> list[tuple[str, Place]]:
    """The fields in an expression, each as it is written there."""
    names = dict.fromkeys(name for node in ast.walk(tree) if (name := _dotted(node)))
    found = ((name, place_of(access, entity, name)) for name in names)
    return [(name, place) for name, place in found if place is not None]


def _dotted(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return None if before is None else f"{before}.{node.attr}"
    return None


@lru_cache(maxsize=2000)
def _pattern(template: str, name: str) -> ast.expr:
    holes = {hole: f"hole_{hole}" for hole in ("value", "upper", "values")}
    return ast.parse(template.format(field=name, count="hole_value", **holes), mode="eval").body


def _same(pattern: object, node: object, holes: dict[str, ast.expr]) -> bool:
    """Whether `node` is the pattern with its holes filled."""
    if isinstance(pattern, ast.Name) and pattern.id.startswith("hole_") and isinstance(node, ast.expr):
        holes[pattern.id] = node
        return True
    if type(pattern) is not type(node):
        return False
    if isinstance(pattern, ast.AST):
        names = [name for name in pattern._fields if name not in ("ctx", "kind")]
        return all(_same(getattr(pattern, name), getattr(node, name), holes) for name in names)
    if isinstance(pattern, list) and isinstance(node, list):
        return len(pattern) == len(node) and all(_same(*pair, holes) for pair in zip(pattern, node, strict=True))
    return pattern == node


def _values(holes: Mapping[str, ast.expr], place: Place, operator: Operator, access: Access) -> tuple[str, ...] | None:
    nodes: list[ast.expr] = [holes[name] for name in ("hole_value", "hole_upper") if name in holes]
    if "hole_values" in holes:
        many = holes["hole_values"]
        if not isinstance(many, ast.List):
            return None
        nodes = many.elts
    kind = operand_type(place.type, operator)
    texts = [_text(node, kind, access.actor.timezone) for node in nodes]
    return None if None in texts else tuple(text for text in texts if text is not None)


def _text(node: ast.expr, kind: FieldType, timezone: str) -> str | None:
    """A constant as the form would hold it; None when it is none, or none of this type."""
    raw = _constant(node)
    if raw is None:
        return None
    try:
        value = kind.parse_constant(raw, timezone)
    except InvalidValue:
        return None
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else None
    return input_text(value, Display(timezone=timezone)) or None


def _constant(node: ast.expr) -> str | None:
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str | int | float)
        and not isinstance(node.value, bool)
    ):
        return str(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _constant(node.operand)
        return None if inner is None else f"-{inner}"
    if isinstance(node, ast.Call) and _dotted(node.func) == "date" and len(node.args) == 1:
        return _constant(node.args[0])
    return None
