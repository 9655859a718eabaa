"""In charge of the changes of type people expect: what converts, what does not, the counts, on every database.

All of them are one plan, so that the databases are asked once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from factories.model_factory import entity, field, make_model
from factories.schema_bench import Bench
from tenon.clock import FixedClock
from tenon.fields import Option, TypeSettings, make_type
from tenon.model import Convert, Field
from tenon.schema.conversion_operations import ChangeType
from tenon.texts import say

OPTIONS = (
    Option(key="yes", label=say("Yes", "是")),
    Option(key="no", label=say("No", "否")),
    Option(key="open", label=say("Open", "未定")),
)
TITLES = ("Acme", "Bolt", "Twin", "Twin", "A; B")
MONEY = {"currency": "CNY"}


@dataclass(frozen=True)
class Change:
    """Values of the old type → what they become; REFUSED for those that do not fit."""

    old: str
    new: str
    values: tuple[tuple[Any, Any], ...]
    round: bool = False
    shows: str = ""
    """Part of what is said about the first value that does not fit."""


REFUSED = object()
CHANGES = {
    "day": Change("text", "date", (
        ("2026-03-14", date(2026, 3, 14)), ("2026/3/4", date(2026, 3, 4)), ("2026年3月4日", date(2026, 3, 4)),
        ("", None), ("03/04/2026", REFUSED), ("soon", REFUSED),
    ), shows="Write the year first: 2026-03-14"),
    "moment": Change("text", "datetime", (
        ("2026-03-14 10:30", datetime(2026, 3, 14, 10, 30, tzinfo=UTC)), ("14:00", REFUSED),
    )),
    "mail": Change("text", "email", (("A@Example.com", "a@example.com"), ("nobody", REFUSED)), shows="name@example"),
    "phone": Change("text", "phone", (("138 0000 0000", "+8613800000000"), ("call me", REFUSED))),
    "site": Change("text", "url", (("example.com", "https://example.com"), ("not a site", REFUSED))),
    "exact": Change("integer", "decimal", ((7, Decimal("7.00")), (-3, Decimal("-3.00")))),
    "whole": Change("decimal", "integer", ((Decimal("7.00"), 7), (Decimal("7.50"), REFUSED)), shows="decimal places"),
    "rounded": Change("decimal", "integer", ((Decimal("7.00"), 7), (Decimal("7.60"), 8)), round=True),
    "several": Change("choice", "multi_choice", (("yes", ["yes"]), ("open", ["open"]))),
    "chosen": Change("boolean", "choice", ((True, "yes"), (False, "no"))),
    "certain": Change("choice", "boolean", (("yes", True), ("no", False), ("open", REFUSED)), shows="neither yes nor"),
    "from_day": Change("date", "datetime", ((date(2026, 3, 14), datetime(2026, 3, 14, tzinfo=UTC)),)),
    "hour": Change("datetime", "time", ((datetime(2026, 3, 14, 9, 30, tzinfo=UTC), "09:30"),)),
    "long": Change("text", "long_text", (("x" * 200, "x" * 200), ("", ""))),
    "short": Change("long_text", "text", (("a line", "a line"), ("y" * 300, REFUSED))),
    "listed": Change("text", "multi_lookup", (
        ("Acme", ["Acme"]), ("Acme; Bolt", ["Acme", "Bolt"]), ("A; B", ["A; B"]), ("Twin", REFUSED),
        ("Acme; Nobody", REFUSED),
    ), shows="records have this title"),
    "joined": Change("multi_lookup", "text", ((["Acme", "Bolt"], "Acme; Bolt"), (["Acme"], "Acme"))),
    "widened": Change("lookup", "multi_lookup", (("Acme", ["Acme"]),)),
    "narrowed": Change("multi_lookup", "lookup", ((["Acme"], "Acme"), (["Acme", "Bolt"], REFUSED))),
}  # fmt: skip
LINKED = ("lookup", "multi_lookup")


@pytest.fixture
def bench(database_url: str, clock: FixedClock) -> Iterator[Bench]:
    made = Bench(database_url, clock)
    yield made
    made.database.close()


def test_what_converts_is_kept_and_what_does_not_is_counted_and_named(bench: Bench) -> None:
    title, before, after = entity("account", field("name")), fields("old"), fields("new")
    bench.publish(make_model(title, entity("deal", *before)))
    ids = {name: bench.insert("account", name=name) for name in TITLES}
    rows: dict[str, list[tuple[str, Any]]] = {}
    for name, change in CHANGES.items():
        for value, expected in change.values:
            record = bench.insert("deal", **{name: linked(change.old, value, ids)})
            rows.setdefault(name, []).append((record, expected))
    planned = bench.plan(make_model(title, entity("deal", *after)))
    steps = {step.subject.rpartition(".")[2]: step for step in planned.operations if isinstance(step, ChangeType)}
    for name, change in CHANGES.items():
        if name == "long":
            assert name not in steps, "a long text takes every text as it is"
            continue
        refused = sum(expected is REFUSED for _value, expected in change.values)
        filled = sum(value not in ("", None) or change.old == "text" for value, _expected in change.values)
        assert (steps[name].refused, steps[name].rows) == (refused, filled), name
        assert steps[name].risk == ("needs_decision" if refused else "safe"), name
        assert change.shows in " ".join(said(sample) for sample in steps[name].samples), name
    bench.apply(planned.accepting({step.subject: "empty" for step in planned.decisions}))
    for name, expectations in rows.items():
        found, kind = bench.by_id("deal", name), CHANGES[name].new
        for record, expected in expectations:
            assert found[record] == (None if expected is REFUSED else linked(kind, expected, ids)), (name, expected)
    assert bench.problems() == []


def fields(which: str) -> list[Field]:
    return [one(name, getattr(change, which), change) for name, change in CHANGES.items()]


def one(name: str, kind: str, change: Change) -> Field:
    options = {"to": "account"} if kind in LINKED else {}
    settings = TypeSettings(options=OPTIONS if "choice" in kind else (), country="CN", currency="CNY")
    made = field(name, "text", convert=Convert(round=change.round))
    return Field(name=name, entity="", type=make_type(kind, options, settings), label=made.label, convert=made.convert)


def linked(kind: str, value: Any, ids: dict[str, str]) -> Any:
    """Titles stand for the records that have them."""
    if kind == "lookup":
        return ids[value]
    if kind == "multi_lookup":
        return [ids[title] for title in value]
    return value


def said(sample: Any) -> str:
    return f"{sample.value} {sample.reason}"
