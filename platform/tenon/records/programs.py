"""In charge of expressions made ready to run: each compiled once per model version."""

from collections.abc import Callable
from typing import Any

from tenon.expressions import Context, Expression, to_python

Program = Callable[[Context], Any]


class Programs:
    """Expressions of the model and of permits live as long as the model, so their identity is a sound key."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Expression, Program]] = {}

    def __getitem__(self, expression: Expression) -> Program:
        found = self._made.get(id(expression))
        if found is None:
            found = self._made[id(expression)] = (expression, to_python(expression))
        return found[1]
