"""In charge of what is known of an expression once it is understood."""

import pytest

from tenon.expressions import (
    DATE,
    ExpressionError,
    Scope,
    compile_expression,
    number_of,
    require_sql,
)


def test_dependencies_are_paths_through_look_ups_and_child_records(scope: Scope) -> None:
    found = compile_expression('old.amount > sum(lines.amount, quantity > 1) and account.region.name == "x"', scope)
    assert found.dependencies == {
        ("amount",),
        ("lines",),
        ("lines", "amount"),
        ("lines", "quantity"),
        ("account", "region", "name"),
    }


def test_paths_of_the_user_and_of_roots_are_kept_apart(scope: Scope) -> None:
    found = compile_expression("owner.region in user.region.subtree and request.deal.amount > 1", scope)
    assert found.dependencies == {("owner", "region")}
    assert found.user_dependencies == {("user", "region")}
    assert found.root_dependencies == {("request", "deal", "amount")}
    assert found.entities == {"region"}


def test_expressions_that_differ_in_literals_only_have_one_shape(scope: Scope) -> None:
    one = compile_expression('amount > 10 and stage in ["won", "lost"]', scope)
    other = compile_expression('amount > 99 and stage in ["open", "won"]', scope)
    assert one.shape == other.shape
    assert [literal.value for literal in other.literals] == [99, "open", "won"]


@pytest.mark.parametrize(
    "texts",
    [
        ("amount > 1", "amount >= 1"),
        ("round(amount, 1)", "round(amount, 2)"),
        ("amount == 1", "amount == null"),
        ("signed == true", "signed == false"),
        ("amount + 0.1", "amount + 0.01"),
        ("first(lines.name, by=amount)", "first(lines.name, by=-amount)"),
        ("count(lines, amount > 1)", "count(lines.amount)"),
        ("stage in ['won']", "stage in ['won', 'lost']"),
        ("close_date > '2017-01-01'", "created_at > '2017-01-01T00:00:00Z'"),
    ],
)
def test_expressions_whose_sql_differs_have_different_shapes(texts: tuple[str, str], scope: Scope) -> None:
    one, other = (compile_expression(text, scope).shape for text in texts)
    assert one != other


def test_a_number_is_rounded_to_the_scale_of_the_field_that_takes_it(scope: Scope) -> None:
    assert compile_expression("amount / 3", scope, expected=number_of(2)).type.scale == 2


def test_a_text_next_to_a_date_is_a_date(scope: Scope) -> None:
    found = compile_expression("close_date >= '2017-03-01'", scope)
    assert [literal.type for literal in found.literals] == [DATE]


@pytest.mark.parametrize("text", ["old.amount > 1", "is_new", 'changed("amount")', "request.deal == null"])
def test_what_no_database_knows_is_refused_for_sql(text: str, scope: Scope) -> None:
    with pytest.raises(ExpressionError):
        require_sql(compile_expression(text, scope))
