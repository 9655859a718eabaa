"""What the database converts by itself comes to the very same as looking at every value."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from factories.model_factory import entity, field, make_model
from factories.schema_bench import NOW, Bench
from tenon.clock import FixedClock
from tenon.fields import InvalidValue, TypeSettings, make_type
from tenon.ids import new_id
from tenon.model import Field
from tenon.schema import prepare
from tenon.schema.conversion_operations import ChangeType, TightenLimits

TEXTS = (
    *("0", "7", "007", "42", "-7", "+5", "1,234", "1.5", "1.0", "1e3", "3万", "１２", "١٢", "x", "4x", "x4", "-", "."),
    *("999999999999999", "1000000000000000", "99999999999999999999", "00000000000000000005", "12 34", "1_000", "4%"),
    *("9" * 13, "9" * 14, "0" * 15, "0" * 16, "5\n", "5\n6", " 5", "5 ", "", " "),
)
NUMBERS = (0, 7, -7, 10**15 - 1, 1 - 10**15)


@pytest.fixture
def bench(database_url: str, clock: FixedClock) -> Iterator[Bench]:
    made = Bench(database_url, clock)
    yield made
    made.database.close()


def entered(bench: Bench, values: Sequence[Any]) -> None:
    fixed = {"version": 1, "created_at": NOW, "changed_at": NOW}
    rows = [{"id": new_id(), "size": value, **fixed} for value in values]
    clause = sa.insert(bench.tables()["deal"]).values({name: sa.bindparam(name) for name in rows[0]})
    with bench.database.writing() as connection:
        connection.many(clause, rows)


def changed(bench: Bench, before: Field, after: Field, values: tuple[Any, ...], *, batch: int = 0) -> ChangeType:
    """Everything with a value, from the one field to the other; what does not fit becomes empty."""
    bench.publish(make_model(entity("deal", before)))
    entered(bench, values)
    made = bench.plan(make_model(entity("deal", after)))
    (step,) = (step for step in made.operations if isinstance(step, ChangeType))
    made = made.accepting({step.subject: "empty"} if step.refused else {})
    if batch:
        prepare(made, bench.database, bench.clock.now(), threshold=1, batch=batch)
    bench.apply(made)
    return step


def numbers(key: str, **options: Any) -> list[Any]:
    """What the type itself makes of the texts, a value that does not fit left out."""
    kind, found = make_type(key, options, TypeSettings()), []
    for text in TEXTS:
        try:
            found.append(kind.parse(text))
        except InvalidValue:
            continue
    return found


@pytest.mark.parametrize("batch", [0, 1, 4])
def test_texts_become_whole_numbers(bench: Bench, batch: int) -> None:
    step = changed(bench, field("size"), field("size", "integer"), TEXTS, batch=batch)
    good = numbers("integer")
    assert (step.rows, step.refused) == (len(TEXTS), len(TEXTS) - len(good))
    found = [value for value in bench.values("deal", "size") if value is not None]
    assert sorted(found) == sorted(value for value in good if value is not None)


def test_texts_become_decimals(bench: Bench) -> None:
    step = changed(bench, field("size", "long_text"), field("size", "decimal", options={"scale": 2}), TEXTS)
    good = numbers("decimal", scale=2)
    assert step.refused == len(TEXTS) - len(good)
    found = [value for value in bench.values("deal", "size") if value is not None]
    assert sorted(found) == sorted(value for value in good if value is not None)


def test_limits_are_kept(bench: Bench) -> None:
    step = changed(
        bench, field("size"), field("size", "integer", options={"min": 5, "max": 50}), ("4", "5", "50", "51")
    )
    assert step.refused == 2
    assert [value for value in bench.values("deal", "size") if value is not None] == [5, 50]


@pytest.mark.parametrize("most", [10, 15, 16, 100])
def test_whole_numbers_become_texts_as_long_as_they_fit(bench: Bench, most: int) -> None:
    step = changed(bench, field("size", "integer"), field("size", options={"max": most}), NUMBERS)
    assert step.refused == sum(len(str(number)) > most for number in NUMBERS)
    found = {value for value in bench.values("deal", "size") if value is not None}
    assert found == {str(number) for number in NUMBERS if len(str(number)) <= most}


@pytest.mark.parametrize(
    ("kind", "values", "options", "refused"),
    [
        ("text", ("a" * 5, "华" * 5, "👍" * 5, "b" * 6, "华" * 6, "👍" * 6), {"max": 5}, 3),
        ("long_text", ("x" * 9, "y" * 10, "y" * 11), {"max": 10}, 1),
        ("integer", (-3, -2, 0, 4, 5), {"min": -2, "max": 4}, 2),
        ("integer", (-3, -2, 0, 4, 5), {"max": 4}, 1),
        ("decimal", (Decimal("1.00"), Decimal("2.00")), {"min": 1.5}, 1),
    ],
)
def test_tighter_limits_are_counted(
    bench: Bench, kind: str, values: tuple[Any, ...], options: dict[str, Any], refused: int
) -> None:
    bench.publish(make_model(entity("deal", field("size", kind))))
    entered(bench, values)
    made = bench.plan(make_model(entity("deal", field("size", kind, options=options))))
    (step,) = (step for step in made.operations if isinstance(step, TightenLimits))
    assert (step.rows, step.refused, len(step.samples)) == (len(values), refused, refused)


def test_only_what_the_database_cannot_judge_is_read_one_by_one(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("size"))))
    entered(bench, ["zero", *map(str, range(1, 30))])
    made = bench.plan(make_model(entity("deal", field("size", "integer"))))
    (step,) = (step for step in made.operations if isinstance(step, ChangeType))
    assert step.move is not None
    with bench.database.reading() as connection:
        certain = step.move.certain(connection.dialect)
        assert certain is not None
        looked_at = [one.record for batch in step.move.batches(connection, certain.condition) for one in batch]
        (found,) = connection.execute(sa.text("SELECT id FROM t_deal WHERE size = 'zero'"))
    assert looked_at == [str(found[0])]


def test_what_returns_is_as_it_was_or_as_it_was_changed_since(bench: Bench) -> None:
    changed(bench, field("size"), field("size", "integer"), TEXTS)
    bench.update("deal", bench.insert("deal", size=12), size=13)
    bench.publish(make_model(entity("deal", field("size"))))
    found = [value for value in bench.values("deal", "size") if value is not None]
    assert sorted(found) == sorted([*TEXTS, "13"])
