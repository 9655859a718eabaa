"""In charge of the limits: whatever is nested however deep is either answered or refused, and soon."""

import pytest

from integration.expressions.expression_world import SCOPE, SqlWorld, python_answers
from tenon.expressions import Expression, ExpressionError, compile_expression

DEAL = {"id": "d", "account": None, "lines": []}
USER = {"id": "u1", "name": "Li", "region": None}
NESTS = {
    "(X + 1)": "amount",
    '(X + "x")': "title",
    "(1 if amount > 3 else X)": "rate",
    "round(X / 3, 2)": "amount",
    "X % X": "amount",
    "(1 if 1 < X < 5 else 2)": "amount",
    "min(X, 3)": "amount",
    "(X == X) == flag": "open",
    "(not X)": "open",
    'contains(text(X), "a")': "open",
    "text(X in [title, note])": "note",
    "text(user.name == X)": "title",
    "end_of_month(X)": "due",
    "(X + months(1))": "due",
    "date(2024, 1, day(X))": "due",
    "months_between(due, due + days(X))": "count_",
}


@pytest.mark.parametrize("depth", [2, 6, 10, 50])
@pytest.mark.parametrize("pattern", NESTS)
def test_a_nest_is_answered_alike_or_refused(
    pattern: str, depth: int, sqlite_world: SqlWorld, postgres_world: SqlWorld
) -> None:
    text = NESTS[pattern]
    for _ in range(depth):
        text = pattern.replace("X", text)
        if len(text) > 20_000:
            break
    try:
        expressions: list[Expression] = [compile_expression(text, SCOPE)]
        said = sqlite_world.answers(expressions, [DEAL], USER, "UTC")
    except ExpressionError:
        assert depth > 2
    else:
        assert said == postgres_world.answers(expressions, [DEAL], USER, "UTC")
        assert said == python_answers(expressions, [DEAL], USER, "UTC")
