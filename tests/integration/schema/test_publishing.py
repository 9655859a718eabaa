"""A plan says what it will do, does it whole or not at all, and is good for the version it was made for alone."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from factories.model_factory import entity, field, lookup, make_model, sorted_view
from factories.schema_bench import NOW, SOURCES, Bench
from tenon.clock import FixedClock
from tenon.database import IntegrityFailure
from tenon.errors import Conflict
from tenon.ids import new_id
from tenon.model import Unique
from tenon.schema import (
    SYSTEM_TABLES,
    BrokenPromise,
    Ledger,
    Plan,
    install,
    published,
    published_number,
    versions,
)


@pytest.fixture
def bench(database_url: str, clock: FixedClock) -> Iterator[Bench]:
    made = Bench(database_url, clock)
    yield made
    made.database.close()


def kinds(made: Plan) -> list[str]:
    return [operation.kind for operation in made.operations]


ACCOUNT = entity("account", field("name"), field("code", unique=True), lookup("parent", "account"))


def test_a_first_plan_makes_everything_and_the_second_finds_nothing_to_do(bench: Bench) -> None:
    model = make_model(ACCOUNT, entity("deal", lookup("account", "account"), field("amount", "money")))
    made = bench.publish(model)
    assert kinds(made).count("create_table") == 3
    assert bench.problems() == []
    again = bench.plan(model)
    assert again.is_empty
    assert again.operations == ()
    assert bench.apply(again) == 1
    with bench.database.reading() as connection:
        assert published_number(connection) == 1


def test_making_a_plan_changes_nothing(bench: Bench) -> None:
    bench.plan(make_model(ACCOUNT))
    assert bench.shape() == []


def test_a_published_version_gives_back_its_sources(bench: Bench) -> None:
    made = bench.publish(make_model(ACCOUNT))
    with bench.database.reading() as connection:
        found = published(connection)
        listed = versions(connection)
    assert found is not None
    assert (found.number, found.digest, found.sources) == (1, made.model.digest, SOURCES)
    assert [(v.number, v.at, v.author, v.reason) for v in listed] == [(1, NOW, "system", "because")]


def test_a_database_nothing_was_published_to_says_so(bench: Bench) -> None:
    with bench.database.reading() as connection:
        assert published(connection) is None
        assert versions(connection) == []


def test_a_change_of_words_alone_is_a_version_without_steps(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("name"))))
    made = bench.publish(make_model(entity("deal", field("name", options={"max": 50}))))
    assert (made.operations, made.is_empty) == ((), False)
    with bench.database.reading() as connection:
        assert published_number(connection) == 2


def test_tables_that_point_at_each_other_are_made_in_one_plan(bench: Bench) -> None:
    bench.publish(make_model(entity("a", lookup("b", "b")), entity("b", lookup("a", "a"))))
    assert bench.problems() == []
    first = bench.insert("b")
    bench.insert("a", b=first)
    with pytest.raises(IntegrityFailure) as failure:
        bench.insert("a", b=new_id())
    assert failure.value.kind == "reference"


def test_a_new_field_leaves_the_records_as_they_are(bench: Bench) -> None:
    bench.publish(make_model(ACCOUNT))
    bench.insert("account", name="Acme")
    deal = entity("deal", field("name"))
    grown = entity("account", *own(ACCOUNT), field("size", "integer", required=True), lookup("deal", "deal"))
    made = bench.publish(make_model(grown, deal))
    assert sorted(kinds(made)) == ["add_field", "add_field", "add_index", "add_index", "create_table"]
    assert "1 existing records have no value" in str(next(o for o in made.operations if o.kind == "add_field").text)
    assert bench.values("account", "name") == ["Acme"]
    assert bench.values("account", "size") == [None]
    assert bench.problems() == []
    with pytest.raises(IntegrityFailure):
        bench.insert("account", deal=new_id())


def test_a_renamed_field_keeps_its_values(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("name"))))
    bench.insert("deal", name="Bridge")
    made = bench.publish(make_model(entity("deal", field("title", was=("name",)))))
    assert kinds(made) == ["rename_field"]
    assert bench.values("deal", "title") == ["Bridge"]
    assert bench.problems() == []


def test_a_renamed_entity_keeps_its_records(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("name"), field("note"))))
    bench.insert("deal", name="Bridge", note="x")
    made = bench.publish(make_model(entity("chance", field("name"), was=("deal",))))
    assert kinds(made) == ["rename_entity", "retire_field"]
    assert bench.values("chance", "name") == ["Bridge"]


def test_what_is_retired_says_how_much_it_held_and_comes_back_with_it(bench: Bench) -> None:
    full = make_model(entity("deal", field("name"), field("amount", "money"), lookup("parent", "deal")))
    bench.publish(full)
    bench.insert("deal", name="Bridge", amount=5, **{"amount.currency": "CNY"})
    gone = bench.publish(make_model(entity("deal", field("name"))))
    assert kinds(gone) == ["retire_field", "retire_field", "remove_index"]
    assert [(o.rows, o.risk) for o in gone.operations[:2]] == [(1, "removes"), (0, "removes")]
    assert "Amount" in str(gone.operations[0].text)
    back = bench.publish(full)
    assert kinds(back) == ["restore_field", "restore_field", "add_index"]
    assert bench.values("deal", "amount.currency") == ["CNY"]
    assert bench.problems() == []


def test_a_retired_entity_keeps_its_records_and_comes_back_with_them(bench: Bench) -> None:
    full = make_model(entity("deal", field("name", unique=True)))
    bench.publish(full)
    bench.insert("deal", name="Bridge")
    gone = bench.publish(make_model())
    assert [(o.kind, o.rows, o.risk) for o in gone.operations] == [("retire_entity", 1, "removes")]
    assert bench.problems() == []
    assert kinds(bench.publish(full)) == ["restore_entity"]
    assert bench.values("deal", "name") == ["Bridge"]


def test_another_type_for_an_empty_field_is_a_fresh_column(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("size"))))
    made = bench.publish(make_model(entity("deal", field("size", "integer"))))
    assert kinds(made) == ["replace_field"]
    bench.insert("deal", size=7)
    assert bench.values("deal", "size") == [7]


def test_another_type_for_a_field_with_values_needs_a_decision_and_is_not_applied(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("size"))))
    bench.insert("deal", size="seven")
    made = bench.plan(make_model(entity("deal", field("size", "integer"))))
    (step,) = made.decisions
    assert (step.kind, step.rows) == ("change_type", 1)
    with pytest.raises(Conflict) as refusal:
        bench.apply(made)
    assert [detail.code for detail in refusal.value.details] == ["change_type"]
    assert bench.values("deal", "size") == ["seven"]


def test_what_occurs_twice_does_not_become_unique_by_itself(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("code"))))
    for code in ("a", "a", "b", None, None):
        bench.insert("deal", code=code)
    made = bench.plan(make_model(entity("deal", field("code", unique=True))))
    (step,) = made.decisions
    assert step.kind == "add_unique"
    assert "1 values occur more than once" in str(step.text)


def test_uniqueness_holds_among_the_living_and_names_the_field(bench: Bench) -> None:
    deal = entity(
        "deal", field("code", unique=True), field("a"), field("b"), uniques=(Unique(name="pair", fields=("a", "b")),)
    )
    bench.publish(make_model(deal))
    bench.insert("deal", code="x", deleted_at=NOW)
    bench.insert("deal", code="x", a="1", b="1")
    bench.insert("deal", a="1")
    with pytest.raises(IntegrityFailure) as failure:
        bench.insert("deal", code="x")
    assert bench.tables().broken_promise(failure.value) == BrokenPromise("deal", ("code",))
    with pytest.raises(IntegrityFailure) as failure:
        bench.insert("deal", a="1", b="1")
    assert bench.tables().broken_promise(failure.value) == BrokenPromise("deal", ("a", "b"))


def test_what_need_not_be_unique_any_more_may_occur_twice(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("code", unique=True))))
    bench.insert("deal", code="x")
    made = bench.publish(make_model(entity("deal", field("code"))))
    assert kinds(made) == ["remove_index"]
    bench.insert("deal", code="x")
    assert bench.values("deal", "code") == ["x", "x"]


def test_a_plan_made_before_somebody_else_published_is_refused(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("name"))))
    mine = bench.plan(make_model(entity("deal", field("name"), field("mine"))))
    bench.publish(make_model(entity("deal", field("name"), field("theirs"))))
    before = bench.shape()
    with pytest.raises(Conflict, match="moved on to version 2"):
        bench.apply(mine)
    assert bench.shape() == before


def test_equal_plans_have_equal_seals_and_any_difference_shows(bench: Bench) -> None:
    model = make_model(entity("deal", field("name")))
    assert bench.plan(model).seal == bench.plan(model).seal
    assert bench.plan(model).seal != bench.plan(make_model(entity("deal", field("title")))).seal
    before = bench.plan(model).seal
    bench.publish(make_model())
    assert bench.plan(model).seal != before


def test_every_step_speaks_both_languages_and_json(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("a", unique=True), field("b"), field("c")), entity("gone")))
    bench.insert("deal", b="x")
    made = bench.plan(
        make_model(entity("deal", field("a"), field("b", "integer"), field("d", was=("c",)), field("e")), entity("new"))
    )
    assert set(kinds(made)) == {
        "remove_index", "change_type", "rename_field", "add_field", "create_table", "add_index", "retire_entity",
    }  # fmt: skip
    for step in made.to_json()["operations"]:
        assert "{" not in step["text"]["en"] + step["text"]["zh-CN"]
        assert step["text"]["en"] != step["text"]["zh-CN"]


class Interrupted(Exception):
    """Stands for a crash between two statements."""


def interrupted(bench: Bench, made: Plan, survived: int) -> bool:
    """Apply, and fail after so many statements; whether that came before the end."""
    left = [survived]

    def stop_at_last(*_anything: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Interrupted

    sa.event.listen(bench.database.engine, "after_cursor_execute", stop_at_last)
    try:
        bench.apply(made)
    except Interrupted:
        return True
    finally:
        sa.event.remove(bench.database.engine, "after_cursor_execute", stop_at_last)
    return False


def test_a_failure_after_any_statement_leaves_everything_as_it_was(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("name"))))
    bench.insert("deal", name="Bridge")
    before = (bench.shape(), bench.ledger())
    grown = entity("deal", field("name"), field("size", "integer", unique=True), lookup("account", "account"))
    made = bench.plan(make_model(grown, ACCOUNT, entity("line", lookup("deal", "deal"))))
    survived = 0
    while interrupted(bench, made, survived):
        assert (bench.shape(), bench.ledger()) == before
        with bench.database.reading() as connection:
            assert published_number(connection) == 1
        survived += 1
    assert survived > 10
    assert bench.values("deal", "name") == ["Bridge"]
    assert bench.problems() == []


def test_two_processes_that_apply_at_once_make_one_version_and_one_refusal(bench: Bench, database_url: str) -> None:
    bench.publish(make_model(entity("deal", field("name"))))
    other = Bench(database_url, bench.clock)
    other.model = bench.model
    plans = [
        (bench, bench.plan(make_model(entity("deal", field("name"), field("a"))))),
        (other, other.plan(make_model(entity("deal", field("name"), field("b"))))),
    ]
    outcomes: list[str] = []

    def run(which: Bench, made: Plan) -> None:
        try:
            outcomes.append(str(which.apply(made)))
        except Conflict:
            outcomes.append("refused")

    together([lambda w=which, m=made: run(w, m) for which, made in plans])
    assert sorted(outcomes) == ["2", "refused"]
    other.database.close()


def test_readers_go_on_reading_while_a_field_and_an_entity_are_added(bench: Bench, database_url: str) -> None:
    bench.publish(make_model(entity("deal", field("name"))))
    bench.insert("deal", name="Bridge")
    reader = Bench(database_url, bench.clock)
    reader.model = bench.model
    tables = reader.tables()
    statement = sa.select(tables.column("deal", "name"))
    stop, failures, reads = threading.Event(), [], [0]

    def read() -> None:
        while not stop.is_set():
            try:
                with reader.database.reading() as connection:
                    assert connection.execute(statement) == [("Bridge",)]
                reads[0] += 1
            except Exception as error:
                failures.append(error)
                return

    def change() -> None:
        try:
            for number in range(1, 6):
                fields = [field(f"f{n}", unique=True) for n in range(number)]
                bench.publish(make_model(entity("deal", field("name"), *fields), entity(f"e{number}")))
        finally:
            stop.set()

    together([read, change])
    assert failures == []
    assert reads[0] > 0
    reader.database.close()


def test_an_entity_of_500_fields_works(bench: Bench) -> None:
    wide = entity("wide", *(field(f"f{n}", ("text", "integer", "date", "decimal")[n % 4]) for n in range(500)))
    bench.publish(make_model(wide))
    bench.insert("wide", f0="a", f1=1, f499=2)
    assert bench.problems() == []
    assert bench.values("wide", "f0") == ["a"]


def test_more_columns_than_a_table_can_have_need_a_decision(bench: Bench) -> None:
    made = bench.plan(make_model(entity("vast", *(field(f"f{n}", "integer") for n in range(1600)))))
    assert [step.kind for step in made.decisions] == ["too_wide"]


def test_every_field_type_can_be_stored_and_shows_no_drift(bench: Bench) -> None:
    plain = ["boolean", "date", "datetime", "decimal", "email", "integer", "long_text", "money", "percent", "phone",
             "rich_text", "tags", "text", "url", "user"]  # fmt: skip
    fields = [field(f"a_{kind}", kind) for kind in plain]
    bench.publish(
        make_model(entity("all", *fields, views=(sorted_view("list", *(f"a_{k}" for k in ("date", "money"))),)))
    )
    assert bench.problems() == []


def test_drift_finds_what_was_changed_behind_our_back(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("name", unique=True), field("size", "integer"))))
    with bench.database.writing() as connection:
        (index,) = [e.column for e in Ledger.load(connection).entries if e.kind == "index" and "name" in e.type]
        connection.execute(sa.text(f"DROP INDEX {index}"))
        connection.execute(sa.text("ALTER TABLE t_deal DROP COLUMN size"))
        connection.execute(sa.text("ALTER TABLE t_deal ADD COLUMN extra TEXT"))
        connection.execute(sa.text("CREATE TABLE t_stray (id integer)"))
    assert sorted(bench.problems()) == [
        "missing_column t_deal.size",
        "missing_index t_deal",
        "unknown_column t_deal.extra",
        "unknown_table t_stray",
    ]


def test_drift_finds_a_table_that_is_gone_and_a_column_of_another_type(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("name")), entity("line", field("size", "integer"))))
    with bench.database.writing() as connection:
        connection.execute(sa.text("DROP TABLE t_deal"))
        connection.execute(sa.text("ALTER TABLE t_line DROP COLUMN size"))
        connection.execute(sa.text("ALTER TABLE t_line ADD COLUMN size TEXT"))
    assert sorted(bench.problems()) == ["missing_table t_deal", "other_type t_line.size"]


def test_installing_again_adds_what_a_newer_release_brought(bench: Bench) -> None:
    with bench.database.writing() as connection:
        install(connection)
    complete = bench.shape()
    with bench.database.writing() as connection:
        connection.execute(sa.text("DROP TABLE tenon_counter"))
        connection.execute(sa.text("ALTER TABLE tenon_outbox DROP COLUMN error"))
        connection.execute(sa.text("DROP INDEX tenon_session_by_user_id"))
    with bench.database.writing() as connection:
        install(connection)
    assert [(table, sorted(columns), indexes) for table, columns, indexes in bench.shape()] == [
        (table, sorted(columns), indexes) for table, columns, indexes in complete
    ]


def test_json_columns_give_back_what_was_put_in(bench: Bench) -> None:
    changes = {"名称": [None, 'a"b'], "list": [1, 2.5, True, {"deep": []}]}
    history = SYSTEM_TABLES["history"]
    with bench.database.writing() as connection:
        install(connection)
        connection.write(sa.insert(history).values(id=new_id(), changes=changes))
        connection.write(sa.insert(history).values(id=new_id(), changes=None))
    with bench.database.reading() as connection:
        found = [value for (value,) in connection.execute(sa.select(history.c.changes).order_by(history.c.id))]
    assert found == [changes, None]


def own(of: Any) -> list[Any]:
    return [item for item in of.fields.values() if not item.system]


def together(work: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
