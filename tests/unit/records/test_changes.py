"""In charge of what is written down of a change."""

from datetime import date
from decimal import Decimal

import orjson

from samples.records_world import model
from tenon.fields import Money
from tenon.records.recording import changes_of

DEAL = model().entities["deal"]


def test_changes_are_ready_for_json_with_old_and_new() -> None:
    old = {"amount": Money(Decimal("1.00"), "CNY"), "close_date": None, "account": "a"}
    new = {"amount": None, "close_date": date(2026, 5, 1), "account": "b"}
    changes = changes_of(DEAL, old, new, ["amount", "close_date", "account"])
    assert changes == {
        "amount": [{"amount": "1.00", "currency": "CNY"}, None],
        "close_date": [None, "2026-05-01"],
        "account": ["a", "b"],
    }
    assert orjson.loads(orjson.dumps(changes)) == changes


def test_bookkeeping_is_no_change() -> None:
    assert changes_of(DEAL, {"version": 1}, {"version": 2}, ["version", "changed_at"]) == {}


def test_sensitive_values_are_masked_but_emptiness_is_not() -> None:
    account = model().entities["account"]
    assert changes_of(account, {"secret": None}, {"secret": "x"}, ["secret"]) == {"secret": [None, "•••"]}
    assert changes_of(account, {"secret": "x"}, {"secret": None}, ["secret"]) == {"secret": ["•••", None]}
