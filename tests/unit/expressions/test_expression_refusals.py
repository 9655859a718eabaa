"""In charge of what the language refuses, and of how it says so."""

import pytest

from tenon.errors import UnknownName
from tenon.expressions import BOOLEAN, DATE, ExpressionError, Scope, Type, choice_of, compile_expression


def refusal(text: str, scope: Scope, expected: Type | None = None) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, scope, expected=expected)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "amount.__class__",
        "(lambda: 1)()",
        "[x for x in tags]",
        "{1: 2}",
        "f'{amount}'",
        "name[0]",
        "amount ** 2",
        "amount // 2",
        "~amount",
        "b'x' == name",
        "1j",
        "1e9 > amount",
        "0x10 > amount",
        "...",
        "(amount := 1)",
        "await_(1)",
        "name.upper()",
        "sum(*lines)",
        "round(amount, digits=2)",
        "round(amount, probability)",
        "round(amount, 99)",
        "days()",
        "months(1)",
        "amount + name",
        "close_date + 1",
        "stage < 'won'",
        "signed > 1",
        "name and signed",
        "not amount",
        "owner == account",
        "owner == 3",
        "1 if amount else 2",
        "1 if signed else 'x'",
        "lines",
        "lines.amount",
        "sum(lines)",
        "sum(amount)",
        "sum(lines.name)",
        "any(lines, amount)",
        "count(lines, amount > 1, 2)",
        "sum(lines.amount, by=quantity)",
        "sum(lines.parts.weight)",
        "sum(lines.amount * probability)",
        "account.name.subtree",
        "stage in name",
        "amount in ['x']",
        "close_date == 'tomorrow'",
        "old",
        "changed(amount)",
        "'\\x00' == name",
        "'\\ud800' == name",
        "amount > 1 # and a remark",
        "region(3)",
        "",
        "   ",
        "amount >",
        "1" * 31,
        "9" * 5000,
        "(" * 300 + "1" + ")" * 300,
        "not " * 200 + "signed",
        "1" + "+1" * 400,
        "amount in [" + "1," * 4000 + "1]",
        "'" + "x" * 10_001 + "'",
    ],
)
def test_what_is_not_part_of_the_language_is_refused_with_a_place_and_a_sentence(text: str, scope: Scope) -> None:
    error = refusal(text, scope)
    assert 0 <= error.position <= max(len(text), 10_000)
    assert error.message.in_("en").endswith((".", ")"))
    assert error.message.in_("zh-CN") != error.message.in_("en")


def test_an_unknown_name_is_told_apart_and_its_nearest_neighbour_suggested(scope: Scope) -> None:
    error = refusal("account.regin == null", scope)
    assert isinstance(error, UnknownName)
    assert error.code == "unknown_name"
    assert error.position == len("account.")
    assert "region" in str(error.hint)


def test_the_position_counts_characters_not_bytes(scope: Scope) -> None:
    assert refusal('"客户😀" == name and amont > 1', scope).position == len('"客户😀" == name and ')


def test_the_position_holds_on_later_lines(scope: Scope) -> None:
    assert refusal("\n  signed and\n  amont > 1", scope).position == len("\n  signed and\n  ")


def test_names_of_the_child_are_suggested_inside_an_aggregate(scope: Scope) -> None:
    error = refusal("sum(lines.amount, quantty > 1)", scope)
    assert "quantity" in str(error.hint)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("amount = 1", "=="),
        ("signed && signed", "and"),
        ("name == “x”", "straight"),
        ("signed ? 1 : 2", "if"),
        ("first(lines.name, by: amount)", "="),
        ("lines.amount > 1", "count(lines)"),
        ("contians(name, 'x')", "contains"),
        ("'x' in name", "contains"),
    ],
)
def test_habits_of_other_languages_get_a_hint(text: str, hint: str, scope: Scope) -> None:
    assert hint in str(refusal(text, scope).hint)


def test_a_key_that_is_no_choice_is_refused_with_a_suggestion(scope: Scope) -> None:
    assert "won" in str(refusal('stage == "wonn"', scope).hint)
    assert "lost" in str(refusal('"lots" if signed else "won"', scope, choice_of(["won", "lost"])).hint)


@pytest.mark.parametrize(("text", "expected"), [("amount", BOOLEAN), ("name", DATE), ("signed", DATE)])
def test_a_result_of_the_wrong_type_is_refused(text: str, expected: Type, scope: Scope) -> None:
    refusal(text, scope, expected)


def test_old_values_are_refused_where_there_are_none(scope: Scope) -> None:
    bare = Scope(record=scope.record)
    for text in ("old.amount > 1", 'changed("amount")', "is_new", "user == null"):
        refusal(text, bare)
