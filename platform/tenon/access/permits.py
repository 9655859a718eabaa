"""In charge of adding permits up: True is every record, False none, an expression those for which it holds."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from tenon.expressions import BOOLEAN, Expression, Logic, Not
from tenon.model import Permit


def any_of(permits: Iterable[Permit]) -> Permit:
    """What is allowed when one of `permits` allows it."""
    return _together("or", permits, decided_by=True)


def all_of(permits: Iterable[Permit]) -> Permit:
    """What is allowed when every one of `permits` allows it."""
    return _together("and", permits, decided_by=False)


def not_of(condition: Expression) -> Expression:
    """What is allowed when `condition` does not hold."""
    return replace(condition, text=f"not ({condition.text})", tree=Not(type=BOOLEAN, operand=condition.tree))


def _together(operator: Literal["and", "or"], permits: Iterable[Permit], *, decided_by: bool) -> Permit:
    conditions: dict[str, Expression] = {}
    for permit in permits:
        if isinstance(permit, Expression):
            conditions.setdefault(permit.text, permit)
        elif permit is decided_by:
            return decided_by
    if not conditions:
        return not decided_by
    return _joined(operator, list(conditions.values()))


def _joined(operator: Literal["and", "or"], parts: list[Expression]) -> Expression:
    if len(parts) == 1:
        return parts[0]
    return Expression(
        text=f" {operator} ".join(f"({part.text})" for part in parts),
        type=BOOLEAN,
        tree=Logic(type=BOOLEAN, operator=operator, operands=tuple(part.tree for part in parts)),
        dependencies=frozenset().union(*(part.dependencies for part in parts)),
        user_dependencies=frozenset().union(*(part.user_dependencies for part in parts)),
        root_dependencies=frozenset().union(*(part.root_dependencies for part in parts)),
        entities=frozenset().union(*(part.entities for part in parts)),
    )
