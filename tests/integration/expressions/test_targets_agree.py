"""In charge of the definition of the language: what one engine says, all say."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from integration.expressions.expression_world import (
    SCOPE,
    NodeWorld,
    SqlWorld,
    agree,
    python_answers,
)
from integration.expressions.typed_expressions import DEALS, EXPRESSIONS, USERS, ZONES
from tenon.expressions import Expression, ExpressionError, compile_expression


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(texts=st.lists(EXPRESSIONS, min_size=1, max_size=6), deals=DEALS, user=USERS, zone=st.sampled_from(ZONES))
def test_python_sqlite_postgresql_and_javascript_agree(
    sqlite_world: SqlWorld, postgres_world: SqlWorld, node_world: NodeWorld, texts, deals, user, zone
) -> None:
    expressions = list(compiled(texts))
    assume(expressions)
    said = python_answers(expressions, deals, user, zone)
    engines = {"sqlite": sqlite_world, "postgresql": postgres_world, "javascript": node_world}
    for name, engine in engines.items():
        digits = 12 if name == "sqlite" else None
        for row, other in zip(said, engine.answers(expressions, deals, user, zone), strict=True):
            for expression, here, there in zip(expressions, row, other, strict=True):
                assert agree(expression.type.kind, here, there, digits=digits), (
                    f"{expression.text}: python {here!r}, {name} {there!r}"
                )


def compiled(texts: Iterable[str]) -> Iterator[Expression]:
    """Without the few that the language refuses, such as a date made of a choice."""
    for text in texts:
        with suppress(ExpressionError):
            yield compile_expression(text, SCOPE)
