from decimal import Decimal
from typing import Any

import pytest

from security.reading_world import MINE, OLGA, RITA, SAM, World, identity
from tenon.database import count_statements
from tenon.errors import BadRequest, TooLarge, UnknownName
from tenon.fields import Money, Reference
from tenon.query import MOST_GROUPS, Aggregate


def ask(world: World, person: str = "rita", **request: Any) -> list[dict[str, Any]]:
    with world.reading(person) as (unit, access):
        return world.reader.aggregate(unit, access, Aggregate(**{"entity": "deal", **request}))


def test_groups_carry_the_names_as_written(world: World) -> None:
    measures = ("count()", "sum(amount)", "avg(margin)", "min(close_date)", "max(amount * 2)")
    assert ask(world, group=("stage",), measures=measures) == [
        {
            "stage": "open",
            "count()": 3,
            "sum(amount)": {"amount": "40.00", "currency": "CNY"},
            "avg(margin)": "5.00",
            "min(close_date)": "2026-03-01",
            "max(amount * 2)": "60",
        },
        {
            "stage": "won",
            "count()": 1,
            "sum(amount)": {"amount": "20.00", "currency": "CNY"},
            "avg(margin)": "5.00",
            "min(close_date)": "2026-03-09",
            "max(amount * 2)": "40",
        },
    ]


def test_without_groups_there_is_one_answer(world: World) -> None:
    asked = ask(world, measures=("count()", "sum(amount)", "count(account)", "count_distinct(stage)"))
    assert asked == [
        {
            "count()": 4,
            "sum(amount)": {"amount": "60.00", "currency": "CNY"},
            "count(account)": 3,
            "count_distinct(stage)": 2,
        }
    ]
    assert ask(world, where="false", measures=("count()", "sum(amount)")) == [{"count()": 0, "sum(amount)": None}]


def test_groups_by_look_ups_paths_and_expressions(world: World) -> None:
    assert ask(world, group=("owner",), sort=("owner",)) == [
        {"owner": {"id": OLGA, "title": "Olga"}, "count()": 1},
        {"owner": {"id": RITA, "title": "Rita"}, "count()": 1},
        {"owner": {"id": SAM, "title": "Sam"}, "count()": 2},
    ]
    assert ask(world, group=("account.region.name", "closed")) == [
        {"account.region.name": name, "closed": False, "count()": 1} for name in ("East", "Shanghai", "West", None)
    ]
    assert ask(world, group=("month(close_date)", "amount > 15"), where="not is_blank(amount)") == [
        {"month(close_date)": "2026-03", "amount > 15": False, "count()": 1},
        {"month(close_date)": "2026-03", "amount > 15": True, "count()": 1},
        {"month(close_date)": "2026-04", "amount > 15": True, "count()": 1},
    ]
    assert ask(world, group=("start_of_month(close_date)",), where='name == "Gamma"') == [
        {"start_of_month(close_date)": "2026-04-01", "count()": 1}
    ]


def test_groups_come_in_the_order_asked_for(world: World) -> None:
    def owners(**request: Any) -> list[str]:
        return [group["owner.name"] for group in ask(world, group=("owner.name",), **request)]

    measures = ("sum(amount)", "count()")
    assert owners() == ["Olga", "Rita", "Sam"]
    assert owners(measures=measures, sort=("-sum(amount)",)) == ["Rita", "Olga", "Sam"]
    assert owners(measures=measures, sort=("-count()", "-owner.name"), limit=2) == ["Sam", "Rita"]


def test_sums_add_up_to_what_the_list_shows(world: World) -> None:
    assert ask(world, "sam", group=("owner",), measures=("sum(lines_total)", "count(note)")) == [
        {"owner": {"id": OLGA, "title": "Olga"}, "sum(lines_total)": "0.00", "count(note)": 0},
        {"owner": {"id": RITA, "title": "Rita"}, "sum(lines_total)": "0.00", "count(note)": 0},
        {"owner": {"id": SAM, "title": "Sam"}, "sum(lines_total)": "10.00", "count(note)": 1},
    ]


def test_pages_get_values(world: World) -> None:
    asked = ask(
        world, group=("account",), measures=("sum(doubled)", "sum(amount)"), form="values", where='name == "Alpha"'
    )
    money = {"sum(doubled)": Money(Decimal("20.00"), "CNY"), "sum(amount)": Money(Decimal("10.00"), "CNY")}
    assert asked == [{"account": Reference(MINE, "Acme"), **money}]


def test_moneys_of_different_currencies_are_never_added(fresh_world: World) -> None:
    dollars = {"amount": Decimal(5), "amount.currency": "USD"}
    fresh_world.insert("deal", {"id": identity(900), "name": "Dollars", "stage": "open", **dollars})
    with pytest.raises(BadRequest) as refusal:
        ask(fresh_world, measures=("sum(amount)",))
    assert "amount.currency" in str(refusal.value.hint)
    assert ask(fresh_world, group=("amount.currency",), measures=("sum(amount)",), where="not is_blank(amount)") == [
        {"amount.currency": "CNY", "sum(amount)": {"amount": "60.00", "currency": "CNY"}},
        {"amount.currency": "USD", "sum(amount)": {"amount": "5.00", "currency": "USD"}},
    ]


def test_an_aggregate_is_one_statement(world: World) -> None:
    with count_statements(world.database) as counter:
        ask(world, group=("owner", "account.region"), measures=("sum(lines_total)", "count()"), where="amount > 1")
    assert counter.count == 1


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"group": ("stag",)}, UnknownName),
        ({"measures": ("sum(amont)",)}, UnknownName),
        ({"measures": ("total(amount)",)}, UnknownName),
        ({"measures": ("sum",)}, UnknownName),
        ({"group": ("stage",), "sort": ("name",)}, UnknownName),
        ({"measures": ("sum()",)}, BadRequest),
        ({"measures": ("sum(name)",)}, BadRequest),
        ({"measures": ("avg(close_date)",)}, BadRequest),
        ({"measures": ("sum(amount",)}, BadRequest),
        ({"measures": ("sum(amount); drop table",)}, BadRequest),
        ({"measures": ()}, BadRequest),
        ({"group": ("id",)}, BadRequest),
        ({"group": ("lines",)}, BadRequest),
        ({"limit": 0}, BadRequest),
        ({"limit": MOST_GROUPS + 1}, BadRequest),
    ],
)
def test_what_cannot_be_measured_is_refused(world: World, request_: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        ask(world, **request_)


def test_more_groups_than_can_be_shown_are_refused_not_cut(fresh_world: World) -> None:
    rows = [{"id": identity(2000 + n), "name": f"Deal {n}", "stage": "open"} for n in range(MOST_GROUPS + 1)]
    fresh_world.insert("deal", *rows)
    with pytest.raises(TooLarge):
        ask(fresh_world, group=("name",))
    assert len(ask(fresh_world, group=("name",), limit=3)) == 3
