"""In charge of who is found: managers, heads, members and holders, with few statements, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from samples.pool_world import Pond, open_pond
from tenon.clock import FixedClock
from tenon.database import count_statements
from tenon.expressions import Context, compile_expression
from tenon.model import EntityShape, scope_of
from tenon.process.people import People


@pytest.fixture
def pond(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Pond]:
    opened = open_pond(tmp_path / "pond", database_url, clock)
    yield opened
    opened.workspace.close()


def names(pond: Pond, ids: tuple[str, ...]) -> list[str]:
    known = {identity: name for name, identity in pond.ids.items()}
    return [known[each] for each in ids]


def test_people_are_found_as_they_are_today(pond: Pond) -> None:
    people, ids = People(pond.reader), pond.ids
    with pond.unit() as unit:
        directory = people.of(unit)
        assert names(pond, directory.managers(ids["lena"])) == ["sam", "chloe", "boss"]
        assert directory.managers(ids["boss"]) == ()
        assert directory.department("sales") == ids["sales"]
        assert directory.department("nothing") is None
        assert directory.head(ids["team"]) == ids["chloe"]
        assert directory.head(ids["head_office"]) == ids["boss"]
        assert names(pond, directory.members(ids["sales"])) == ["chloe", "sam", "sue", "sol", "lena"]
        assert set(names(pond, directory.holders("x_seller", None, None))) == {"sam", "sue", "sol"}
        assert set(names(pond, directory.holders("x_seller", ids["shanghai"], None))) == {"sam", "sue"}
        assert names(pond, directory.holders("x_chief", ids["shanghai"], None)) == ["chloe"]
        assert names(pond, directory.holders("x_seller", None, ids["sales"])) == ["sol"]
        assert directory.holders("x_seller", ids["east"], None) == ()
        assert directory.holders("no_such_role", None, None) == ()
        assert directory.managers(None) == directory.members(None) == ()
        assert directory.head(None) is None


def test_those_who_left_are_not_asked_and_the_chain_goes_on_above_them(pond: Pond) -> None:
    people, ids = People(pond.reader), pond.ids
    pond.change("user", ids["chloe"], active=False)
    pond.change("user", ids["sue"], active=False)
    with pond.unit() as unit:
        directory = people.of(unit)
        assert names(pond, directory.managers(ids["sam"])) == ["boss"]
        assert directory.head(ids["team"]) == ids["boss"]
        assert "sue" not in names(pond, directory.members(ids["team"]))
        assert set(names(pond, directory.holders("x_seller", None, None))) == {"sam", "sol"}
        assert names(pond, people.present(unit, [ids["sue"], ids["sol"], ids["sam"]])) == ["sol", "sam"]


def test_a_circle_of_managers_ends(pond: Pond) -> None:
    pond.change("user", pond.ids["boss"], manager=pond.ids["sam"])
    with pond.unit() as unit:
        found = People(pond.reader).of(unit).managers(pond.ids["lena"])
    assert names(pond, found) == ["sam", "chloe", "boss"]


def test_roles_hold_from_their_first_day_to_their_last(pond: Pond, clock: FixedClock) -> None:
    pond.create(
        "role_assignment", person=pond.ids["lena"], role="x_seller", valid_from="2026-04-01", valid_to="2026-04-30"
    )
    found = []
    for days in (0, 18, 30):
        clock.advance(days=days)
        with pond.unit() as unit:
            found.append(pond.ids["lena"] in People(pond.reader).of(unit).holders("x_seller", None, None))
    assert found == [False, True, False]


def test_a_chain_longer_than_one_statement_is_followed_to_its_end(pond: Pond) -> None:
    last = pond.ids["boss"]
    chain = []
    for number in range(12):
        chain.append(last)
        last = pond.create("user", name=f"P{number}", email=f"p{number}@pond.example", manager=last)
    with pond.unit() as unit, count_statements(pond.workspace.database) as counted:
        assert People(pond.reader).of(unit).managers(last) == tuple(reversed(chain))
    assert counted.count == 3


def test_few_statements_and_none_when_asked_again(pond: Pond) -> None:
    people, ids = People(pond.reader), pond.ids
    with pond.unit() as unit, count_statements(pond.workspace.database) as counted:
        for _again in range(3):
            directory = people.of(unit)
            directory.managers(ids["lena"])
            directory.head(directory.department("team"))
            directory.members(ids["sales"])
            directory.holders("x_seller", ids["shanghai"], ids["team"])
            people.present(unit, [ids["sam"], ids["sue"]])
    assert counted.count <= 9


def test_who_is_resolved_each_once_and_those_who_left_come_last(pond: Pond, clock: FixedClock) -> None:
    model, ids = pond.workspace.model, pond.ids
    pond.change("user", ids["sam"], active=False)
    scope = replace(scope_of(model.entities, "x_client"), people=EntityShape(model.entities, "user"))
    who = tuple(compile_expression(text, scope) for text in ("owner", 'role("x_seller")', "manager(owner)"))
    context = Context(record={"owner": {"id": ids["sam"]}}, today=clock.now().date(), now=clock.now())
    with pond.unit() as unit:
        found = People(pond.reader).resolve(unit, who, context)
    assert names(pond, found) == ["sue", "sol", "chloe", "sam"]
