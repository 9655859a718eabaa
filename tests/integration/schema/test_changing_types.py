"""Another type for a field loses nothing: values are counted, converted beside the old ones, and come back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from factories.model_factory import entity, field, lookup, make_model
from factories.schema_bench import Bench
from tenon.clock import FixedClock
from tenon.errors import Conflict, InvalidInput
from tenon.fields import FieldType, Option, TypeSettings, make_type
from tenon.model import Convert, Entity, Field
from tenon.schema import Operation, Plan
from tenon.schema.conversion_operations import ChangeType
from tenon.texts import Text


@pytest.fixture
def bench(database_url: str, clock: FixedClock) -> Iterator[Bench]:
    made = Bench(database_url, clock)
    yield made
    made.database.close()


def change_of(made: Plan) -> ChangeType:
    (found,) = [operation for operation in made.operations if isinstance(operation, ChangeType)]
    return found


def deal(kind: str, *, options: dict[str, Any] | None = None, **properties: Any) -> Entity:
    return entity("deal", field("size", kind, options=options, **properties))


def choice(name: str, *keys: str, kind: str = "choice", **properties: Any) -> Field:
    options = tuple(Option(key=key, label=Text.of(key.upper())) for key in keys)
    made: FieldType = make_type(kind, {}, TypeSettings(options=options))
    return Field(name=name, entity="", type=made, label=Text.of(name.capitalize()), **properties)


def raw(bench: Bench, column: str) -> list[Any]:
    """What stands in a physical column, by id."""
    with bench.database.reading() as connection:
        return connection.execute(sa.text(f"SELECT id, {column} FROM t_deal ORDER BY id"))


def test_values_are_converted_and_the_old_column_stays(bench: Bench) -> None:
    bench.publish(make_model(deal("text")))
    for text in ("1,200", " 7 ", "", None, "3"):
        bench.insert("deal", size=text)
    before = raw(bench, "size")
    made = bench.publish(make_model(deal("integer")))
    step = change_of(made)
    assert (step.rows, step.refused, step.risk, step.subject) == (4, 0, "safe", "entities.deal.fields.size")
    assert sorted(v for v in bench.values("deal", "size") if v is not None) == [3, 7, 1200]
    assert raw(bench, "size") == before
    assert bench.problems() == []


def test_values_that_do_not_fit_are_counted_shown_and_refused(bench: Bench) -> None:
    bench.publish(make_model(deal("text")))
    for text in ("12", *(f"bad {n}" for n in range(8))):
        bench.insert("deal", size=text)
    step = change_of(bench.plan(make_model(deal("integer"))))
    assert (step.rows, step.refused, step.risk, len(step.samples)) == (9, 8, "needs_decision", 5)
    shown = step.to_json()
    assert shown["convertible"] == 1
    assert shown["samples"][0]["reason"] == {
        "en": "This must be a number. Write it like 1234.50 or 1,234.50.",
        "zh-CN": "这里必须是数字。请写成 1234.50 或 1,234.50。",
    }
    assert "SELECT" not in str(step.text)
    with pytest.raises(Conflict):
        bench.publish(make_model(deal("integer")))


def test_what_does_not_fit_becomes_empty_when_somebody_says_so_and_returns_with_the_old_type(bench: Bench) -> None:
    bench.publish(make_model(deal("text")))
    for text in ("12", "bad", " 1.0 ", "1,000"):
        bench.insert("deal", size=text)
    before = raw(bench, "size")
    bench.publish(make_model(deal("integer")), {"deal.size": "empty"})
    assert bench.values("deal", "size").count(None) == 1
    back = change_of(bench.publish(make_model(deal("text"))))
    assert back.move is not None
    assert back.move.returning
    assert raw(bench, "size") == before
    assert bench.tables().column("deal", "size").name == "size"
    assert bench.problems() == []


def test_metadata_may_say_what_becomes_of_values_that_do_not_fit(bench: Bench) -> None:
    bench.publish(make_model(deal("text")))
    bench.insert("deal", size="bad")
    made = bench.publish(make_model(deal("integer", convert=Convert(otherwise="empty"))))
    assert (change_of(made).refused, made.decisions) == (1, ())
    assert bench.values("deal", "size") == [None]


def test_values_changed_since_return_converted_and_the_others_to_the_byte(bench: Bench) -> None:
    bench.publish(make_model(deal("text")))
    kept, changed, emptied, filled, bad = (bench.insert("deal", size=t) for t in (" 1,000", "2", "3", None, "bad"))
    bench.publish(make_model(deal("integer")), {"deal.size": "empty"})
    bench.update("deal", changed, size=22)
    bench.update("deal", emptied, size=None)
    bench.update("deal", filled, size=44)
    bench.publish(make_model(deal("text")))
    assert bench.by_id("deal", "size") == {kept: " 1,000", changed: "22", emptied: None, filled: "44", bad: "bad"}
    again = change_of(bench.publish(make_model(deal("integer")), {"deal.size": "empty"}))
    assert again.move is not None
    assert again.move.returning
    assert bench.by_id("deal", "size") == {kept: 1000, changed: 22, emptied: None, filled: 44, bad: None}


def test_rounding_needs_leave_and_what_was_rounded_returns_exactly(bench: Bench) -> None:
    bench.publish(make_model(deal("decimal", options={"scale": 3})))
    bench.insert("deal", size=Decimal("1.555"))
    assert change_of(bench.plan(make_model(deal("decimal", options={"scale": 1})))).refused == 1
    bench.publish(make_model(deal("decimal", options={"scale": 1}, convert=Convert(round=True))))
    assert bench.values("deal", "size") == [Decimal("1.6")]
    bench.publish(make_model(deal("decimal", options={"scale": 3})))
    assert bench.values("deal", "size") == [Decimal("1.555")]


def test_a_rename_and_another_type_in_one_change_keep_the_values(bench: Bench) -> None:
    bench.publish(make_model(deal("text")))
    bench.insert("deal", size="7")
    made = bench.publish(make_model(entity("deal", field("people", "integer", was=("size",)))))
    assert [step.kind for step in made.operations] == ["change_type"]
    assert bench.values("deal", "people") == [7]


def test_a_rename_taken_back_keeps_the_values(bench: Bench) -> None:
    plain, renamed = (
        make_model(entity("deal", field("a"))),
        make_model(entity("chance", field("b", was=("a",)), was=("deal",))),
    )
    bench.publish(plain)
    bench.insert("deal", a="x")
    bench.publish(renamed)
    bench.publish(plain)
    assert bench.values("deal", "a") == ["x"]
    assert bench.problems() == []


def test_a_look_up_becomes_the_title_and_a_unique_title_a_look_up(bench: Bench) -> None:
    account = entity("account", field("name"))
    linked, written = (
        make_model(account, entity("deal", lookup("account", "account"))),
        make_model(account, entity("deal", field("account"))),
    )
    bench.publish(linked)
    acme, twin = bench.insert("account", name="Acme"), bench.insert("account", name="Twin")
    bench.insert("account", name="Twin")
    first, second = bench.insert("deal", account=acme), bench.insert("deal", account=twin)
    bench.publish(written)
    assert bench.by_id("deal", "account") == {first: "Acme", second: "Twin"}
    third, fourth = bench.insert("deal", account="Acme"), bench.insert("deal", account="Nobody")
    step = change_of(bench.plan(linked))
    assert {str(sample.reason) for sample in step.samples} == {"No record has this title."}
    bench.publish(linked, {"deal.account": "empty"})
    assert bench.by_id("deal", "account") == {first: acme, second: twin, third: acme, fourth: None}
    assert bench.problems() == []


def test_a_look_up_to_another_entity_finds_the_record_of_the_same_title(bench: Bench) -> None:
    a, b = entity("a", field("name")), entity("b", field("name"))
    bench.publish(make_model(a, b, entity("deal", lookup("to", "a"))))
    one, other = bench.insert("a", name="X"), bench.insert("b", name="X")
    bench.insert("deal", to=one)
    bench.publish(make_model(a, b, entity("deal", lookup("to", "b"))))
    assert bench.values("deal", "to") == [other]
    assert bench.problems() == []


def test_text_to_choice_proposes_the_values_there_are_with_their_counts(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("kind"))))
    for text in ("red", "red", "RED", "blue", "green"):
        bench.insert("deal", kind=text)
    step = change_of(bench.plan(make_model(entity("deal", choice("kind", "red", "blue")))))
    assert step.proposed[0] == ("red", 2)
    assert dict(step.proposed) == {"red": 2, "RED": 1, "blue": 1, "green": 1}
    assert (step.refused, step.risk) == (1, "needs_decision")


def test_a_choice_becomes_several_choices_and_one_again(bench: Bench) -> None:
    one, many = choice("kind", "a", "b"), choice("kind", "a", "b", kind="multi_choice")
    bench.publish(make_model(entity("deal", one)))
    bench.insert("deal", kind="a")
    bench.publish(make_model(entity("deal", many)))
    assert bench.values("deal", "kind") == [["a"]]
    bench.publish(make_model(entity("deal", one)))
    assert bench.values("deal", "kind") == ["a"]


def test_types_that_have_nothing_in_common_need_another_field(bench: Bench) -> None:
    bench.publish(make_model(deal("file")))
    bench.insert("deal", size="00000000-0000-4000-8000-000000000000")
    step = change_of(bench.plan(make_model(deal("date"))))
    assert (step.risk, step.move, step.answers()) == ("needs_decision", None, ())


def test_a_sensitive_value_is_never_shown(bench: Bench) -> None:
    bench.publish(make_model(deal("text", sensitive=True)))
    bench.insert("deal", size="secret")
    made = bench.plan(make_model(deal("integer")))
    assert "secret" not in str(made.to_json())
    bench.insert("deal", size="03/04/2026")
    assert "03/04/2026" not in str(bench.plan(make_model(deal("date"))).to_json()), "a reason may quote the value"


def test_a_decision_about_nothing_is_refused_with_what_there_is_to_decide(bench: Bench) -> None:
    bench.publish(make_model(deal("text")))
    bench.insert("deal", size="bad")
    made = bench.plan(make_model(deal("integer")))
    with pytest.raises(InvalidInput):
        made.accepting({"deal.siez": "empty"})
    with pytest.raises(InvalidInput):
        made.accepting({"deal.size": "keep"})


def test_the_largest_values_of_a_type_are_read_back_after_a_change(bench: Bench) -> None:
    bench.publish(make_model(deal("text")))
    bench.publish(make_model(deal("long_text", options={"max": 20_000})))
    bench.insert("deal", size="x" * 20_000)
    assert bench.values("deal", "size") == ["x" * 20_000]


def test_days_and_moments_follow_the_time_zone_of_the_workspace(bench: Bench) -> None:
    bench.publish(make_model(deal("date")))
    bench.insert("deal", size=date(2026, 3, 14))
    bench.publish(make_model(deal("datetime")))
    assert bench.values("deal", "size") == [datetime(2026, 3, 14, tzinfo=UTC)]


def test_thousands_of_values_return_to_the_byte(bench: Bench) -> None:
    bench.publish(make_model(deal("text")))
    table = bench.tables()["deal"]
    with bench.database.writing() as connection:
        rows = [row(n) for n in range(5_000)]
        connection.many(sa.insert(table).values({name: sa.bindparam(name) for name in rows[0]}), rows)
    before = raw(bench, "size")
    step = change_of(bench.publish(make_model(deal("integer")), {"deal.size": "empty"}))
    assert (step.rows, step.refused) == (5_000, 50)
    bench.publish(make_model(deal("text")))
    assert raw(bench, "size") == before


def row(number: int) -> dict[str, Any]:
    moment = datetime(2026, 3, 14, tzinfo=UTC)
    text = "none" if number % 100 == 0 else f" {number:,}"
    identity = f"00000000-0000-4000-8000-{number:012d}"
    return {"id": identity, "version": 1, "created_at": moment, "changed_at": moment, "size": text}


def test_every_step_names_its_subject(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("a"), field("b", unique=True), field("c")), entity("gone")))
    made = bench.plan(make_model(entity("deal", field("a", "integer"), field("d", was=("c",))), entity("new")))
    subjects = [step.subject for step in made.operations]
    assert all(subject.startswith("entities.") for subject in subjects)
    assert all(isinstance(step, Operation) and "subject" in step.to_json() for step in made.operations)
