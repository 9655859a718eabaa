"""In charge of the meanings that the property test cannot state: exact answers for known questions."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from tenon.expressions import Context, Scope, compile_expression, number_of, to_python

NOW = datetime(2024, 2, 29, 23, 30, tzinfo=UTC)


class Money(NamedTuple):
    amount: Decimal
    currency: str


class Trees:
    def subtree(self, entity: str, root: str) -> frozenset[str]:
        return frozenset({"r1": ("r1", "r2")}.get(root, ()))

    def find(self, entity: str, key: str) -> str | None:
        return {"east": "r1"}.get(key)


def value(text: str, scope: Scope, record: dict[str, Any] | None = None, **around: Any) -> Any:
    context = Context(record=record or {}, today=date(2024, 3, 1), now=NOW, trees=Trees(), **around)
    return to_python(compile_expression(text, scope))(context)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount + 1", None),
        ("amount == null", True),
        ("amount != 1", True),
        ("amount < 1", False),
        ("not amount < 1", True),
        ("signed or not signed", True),
        ("name + 'x'", "x"),
        ("len(name)", Decimal(0)),
        ("1 / 0", None),
        ("1 % 0", None),
        ("-7 % 3", Decimal(2)),
        ("0.1 + 0.2 == 0.3", True),
        ("10 / 3", Decimal("3.3333333333")),
        ("sum(lines.amount)", Decimal(0)),
        ("max(lines.amount)", None),
        ("all(lines, amount > 1)", True),
        ("account.region.name", None),
        ("account.region in region('east').subtree", False),
        ("1 < 2 < 3", True),
    ],
)
def test_nulls_and_zeros_have_a_meaning_and_never_fail(text: str, expected: Any, scope: Scope) -> None:
    assert value(text, scope) == expected


def test_what_changed_is_known_from_the_old_values(scope: Scope) -> None:
    record, old = {"amount": Decimal(2), "name": "a"}, {"amount": Decimal(1), "name": "a"}
    assert value('changed("amount") and not changed("name") and old.amount < amount', scope, record, old=old)
    assert value('is_new and changed("amount")', scope, record, is_new=True)


def test_look_ups_may_be_records_or_ids_or_flat_paths(scope: Scope) -> None:
    user = {"id": "u1", "region": "r1"}
    for owner in ("u1", {"id": "u1"}):
        assert value("owner == user", scope, {"owner": owner}, user=user)
    assert value("account.name", scope, {"account": "a1", "account.name": "Li"}) == "Li"
    assert value("account.region in user.region.subtree", scope, {"account": {"id": "a", "region": "r2"}}, user=user)


def test_a_facet_of_a_choice_is_read_by_its_path(scope: Scope) -> None:
    assert value("stage.probability", scope, {"stage": "won", "stage.probability": 100}) == 100


def test_money_counts_as_its_amount(scope: Scope) -> None:
    assert value("amount * 2", scope, {"amount": Money(Decimal("1.50"), "CNY")}) == Decimal(3)


def test_a_date_is_taken_of_an_instant_in_the_viewers_zone(scope: Scope) -> None:
    record = {"created_at": NOW}
    assert value("date(created_at)", scope, record, timezone="Asia/Shanghai") == date(2024, 3, 1)
    assert value("created_at < today()", scope, record, timezone="UTC") is True
    assert value("created_at < today()", scope, record, timezone="Asia/Shanghai") is False


def test_the_first_child_is_the_one_asked_for(scope: Scope) -> None:
    lines = [
        {"id": str(at), "name": name, "amount": amount}
        for at, (name, amount) in enumerate([("a", 1), ("b", 3), ("c", None)])
    ]
    assert value("first(lines.name, by=-amount)", scope, {"lines": lines}) == "b"
    assert value("first(lines.name, amount > 9)", scope, {"lines": lines}) is None


def test_rounding_is_half_even_to_the_declared_scale(scope: Scope) -> None:
    rounded = to_python(compile_expression("amount / 8", scope, expected=number_of(2)))
    for amount, expected in (("1", "0.12"), ("3", "0.38"), ("-1", "-0.12")):
        assert rounded(Context(record={"amount": Decimal(amount)}, today=date(2024, 1, 1), now=NOW)) == Decimal(
            expected
        )
