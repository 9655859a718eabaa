"""In charge of the promise of pages: no record twice, none skipped, whatever others write meanwhile."""

import base64
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from security.reading_world import DEAL_MINE, NOW, World, identity
from tenon.errors import BadRequest
from tenon.query import Query

PRICES = (None, Decimal(1), Decimal("2.37"))


def walk(world: World, **query: Any) -> Iterator[list[str]]:
    """Ids page by page."""
    after = None
    while True:
        with world.reading("rita") as (unit, access):
            page = world.reader.list(unit, access, Query(entity="line", after=after, **query))
        yield [record["id"] for record in page.records]
        after = page.next
        if after is None:
            return


def test_ten_thousand_records_of_three_values_come_once_each_while_others_are_added(fresh_world: World) -> None:
    table = fresh_world.tables["line"]
    rows = [
        {"id": identity(100_000 + n), "version": 1, "product": f"P{n % 3}", "created_at": None, "changed_at": None}
        for n in range(10_000)
    ]
    with fresh_world.database.writing() as connection:
        complete = [{**row, "created_at": NOW, "changed_at": NOW} for row in rows]
        names = {table.c[key]: sa.bindparam(key) for key in complete[0]}
        connection.many(sa.insert(table).values(names), complete)
    seen: list[str] = []
    for number, page in enumerate(walk(fresh_world, select=("id",), sort=("product",), limit=7)):
        seen += page
        if number % 200 == 0:
            fresh_world.insert(
                "line",
                {"id": identity(number), "product": "P0"},
                {"id": identity(500_000 + number), "product": "P2"},
            )
    known = [row["id"] for row in rows]
    assert len(seen) == len(set(seen))
    assert set(known) <= set(seen)


@pytest.fixture(scope="module")
def many_lines(world: World) -> World:
    world.insert(
        "line",
        *(
            {"id": identity(600 + n), "product": f"P{n % 2}", "price": PRICES[n % 3], "quantity": [None, 3][n % 2]}
            for n in range(12)
        ),
    )
    return world


@pytest.mark.parametrize(
    "sort",
    [
        (),
        ("-id",),
        ("product",),
        ("-product",),
        ("price", "product"),
        ("-price", "product"),
        ("quantity", "-price"),
        ("deal", "-quantity"),
        ("deal.name", "deal.account.name", "price"),
        ("-deal.close_date", "product"),
        ("deal.doubled", "-deal.closed"),
        ("-deal.noted",),
        ("-deal.lines_total", "quantity"),
        ("created_at", "-deal.created_at"),
        ("deal.stage.probability",),
    ],
)
def test_pages_of_every_order_join_to_the_whole_list(many_lines: World, sort: tuple[str, ...]) -> None:
    whole = next(walk(many_lines, sort=sort))
    assert [record for page in walk(many_lines, sort=sort, limit=2) for record in page] == whole
    backwards = tuple(name[1:] if name.startswith("-") else f"-{name}" for name in sort or ("id",))
    assert [record for page in walk(many_lines, sort=backwards, limit=4) for record in page] == whole[::-1]


def cursor(world: World, **query: Any) -> str:
    with world.reading("rita") as (unit, access):
        found = world.reader.list(unit, access, Query(entity="deal", limit=1, **query)).next
    assert found is not None
    return found


def broken(good: str) -> dict[str, str]:
    padded = base64.urlsafe_b64decode(good + "=" * (-len(good) % 4))
    mark, *values = orjson.loads(padded)

    def written(value: Any) -> str:
        return base64.urlsafe_b64encode(orjson.dumps(value)).rstrip(b"=").decode()

    return {
        "empty": "",
        "no base64": "%%%",
        "no ascii": "é",
        "no json": base64.urlsafe_b64encode(b"{").decode(),
        "no list": written({"a": 1}),
        "another mark": written(["0" * 18, *values]),
        "too few": written([mark, *values[:-1]]),
        "too many": written([mark, *values, 1]),
        "no id": written([mark, *values[:-1], None]),
        "another type": written([mark, *[["d", "2020-01-01"]] * len(values)]),
        "a nested list": written([mark, *[[["n", "1"]]] * len(values)]),
        "no number": written([mark, ["n", "x"], *values[1:]]),
        "an endless number": written([mark, ["n", "Infinity"], *values[1:]]),
        "a vast number": written([mark, ["n", "1e999999"], *values[1:]]),
        "an object": written([mark, {"x": 1}, *values[1:]]),
        "a long one": "A" * 50_000,
        "sql": "' or 1=1 --",
        "a NUL": written([mark, values[0], "a\x00"]),
    }


@pytest.mark.parametrize("how", list(broken(base64.urlsafe_b64encode(b'["m",1,"x"]').decode())))
def test_a_cursor_that_was_not_given_is_refused(world: World, how: str) -> None:
    wrong = broken(cursor(world, sort=("amount",)))[how]
    with world.reading("rita") as (unit, access), pytest.raises(BadRequest) as refusal:
        world.reader.list(unit, access, Query(entity="deal", limit=1, sort=("amount",), after=wrong))
    assert refusal.value.details[0].path == "after"


@pytest.mark.parametrize("other", [{"sort": ("name",)}, {"sort": ("amount",), "where": "closed"}])
def test_a_cursor_belongs_to_its_query(world: World, other: dict[str, Any]) -> None:
    given = cursor(world, sort=("amount",))
    with world.reading("rita") as (unit, access), pytest.raises(BadRequest):
        world.reader.list(unit, access, Query(entity="deal", limit=1, after=given, **other))


def test_related_records_come_in_pages(fresh_world: World) -> None:
    fresh_world.insert(
        "line", *({"id": identity(700 + n), "product": "More", "deal": DEAL_MINE, "quantity": n % 2} for n in range(5))
    )
    found: list[str] = []
    after = None
    with fresh_world.reading("rita") as (unit, access):
        while True:
            query = Query(entity="line", sort=("quantity",), limit=2, after=after)
            page = fresh_world.reader.related(unit, access, "deal", DEAL_MINE, "lines", query)
            found += [record["id"] for record in page.records]
            after = page.next
            if after is None:
                break
    assert len(found) == len(set(found)) == 7
