"""In charge of saying what is wrong with an expression, where, and what was probably meant."""

from collections.abc import Iterable
from typing import ClassVar

from tenon.errors import BadRequest, UnknownName
from tenon.suggestions import did_you_mean
from tenon.texts import Text, say


class ExpressionError(BadRequest):
    """An expression that cannot be understood. `position` counts characters of the text from 0."""

    code: ClassVar[str] = "bad_expression"

    def __init__(self, message: Text, *, position: int = 0, hint: Text | None = None) -> None:
        super().__init__(message, hint=hint, extra={"position": position})
        self.position = position


class UnknownExpressionName(ExpressionError, UnknownName):
    """A name that the scope does not know; the hint names only what the scope does know."""

    code: ClassVar[str] = "unknown_name"


def unknown_name(name: str, known: Iterable[str], position: int, *, of: str | None = None) -> UnknownExpressionName:
    """`of` is the entity in which the name was looked for."""
    if of is None:
        message = say("There is no “{name}” here.", "这里没有“{name}”。", name=name)
    else:
        message = say("“{of}” has no “{name}”.", "“{of}”没有“{name}”。", name=name, of=of)
    return UnknownExpressionName(message, position=position, hint=did_you_mean(name, known))
