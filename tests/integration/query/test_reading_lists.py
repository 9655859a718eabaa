from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest

from security.reading_world import (
    DEAL_BARE,
    DEAL_BINNED,
    DEAL_HIDDEN,
    DEAL_MINE,
    MINE,
    RITA,
    SAM,
    World,
    identity,
)
from tenon.database import count_statements
from tenon.errors import BadRequest, Forbidden, NotFound, TenonError, UnknownName
from tenon.fields import Money, Reference
from tenon.query import Count, Query

LIST_COLUMNS = 1
"""Fields of a deal that list other records: each is a statement of its own, whatever the number of rows."""


def names(world: World, person: str = "rita", **query: Any) -> list[str]:
    with world.reading(person) as (unit, access):
        asked = Query(**{"entity": "deal", "select": ("name",), "sort": ("name",), **query})
        return [record["name"] for record in world.reader.list(unit, access, asked).records]


def first(world: World, person: str = "rita", **query: Any) -> dict[str, Any]:
    with world.reading(person) as (unit, access):
        return world.reader.list(unit, access, Query(**{"entity": "deal", "sort": ("name",), **query})).records[0]


def test_a_record_is_json_as_the_api_writes_it(world: World) -> None:
    record = first(world, select=("name", "account", "amount", "margin", "close_date", "created_at", "stage", "closed"))
    assert orjson.loads(orjson.dumps(record)) == {
        "id": DEAL_MINE,
        "version": 1,
        "name": "Alpha",
        "account": {"id": MINE, "title": "Acme"},
        "amount": {"amount": "10.00", "currency": "CNY"},
        "margin": "3.00",
        "close_date": "2026-03-01",
        "created_at": "2026-03-14T20:30:00Z",
        "stage": "open",
        "closed": False,
    }


def test_pages_get_the_engines_values_and_references(world: World) -> None:
    record = first(world, form="values", select=("account", "amount", "margin", "close_date", "created_at", "doubled"))
    assert record["account"] == Reference(MINE, "Acme")
    assert (record["amount"], record["doubled"]) == (Money(Decimal("10.00"), "CNY"), Money(Decimal("20.00"), "CNY"))
    assert (record["margin"], record["close_date"]) == (Decimal("3.00"), date(2026, 3, 1))
    assert record["created_at"] == datetime(2026, 3, 14, 20, 30, tzinfo=UTC)


def test_without_a_selection_every_readable_field_is_given(world: World) -> None:
    assert {"profit", "margin", "lines_total"} <= set(first(world))
    assert {"profit", "margin"}.isdisjoint(first(world, "sam"))


def test_paths_through_look_ups_give_flat_keys(world: World) -> None:
    record = first(world, select=("account.name", "account.region.name", "account.owner", "owner.manager.name"))
    assert (record["account.name"], record["account.region.name"]) == ("Acme", "Shanghai")
    assert (record["account.owner"], record["owner.manager.name"]) == ({"id": SAM, "title": "Sam"}, "Rita")


def test_a_part_of_a_value_can_be_asked_for(world: World) -> None:
    record = first(world, select=("amount.currency", "stage.label", "stage.probability"))
    assert (record["amount.currency"], record["stage.label"], record["stage.probability"]) == ("CNY", "Open", 20)


def test_a_formula_granted_by_its_name_is_computed_from_what_its_reader_may_not_see(world: World) -> None:
    assert first(world, "anna", select=("granted",))["granted"] == "30.00"
    with pytest.raises(UnknownName):
        first(world, "anna", select=("margin",))


def test_roll_ups_add_what_the_reader_may_see(world: World) -> None:
    where = f'id == "{DEAL_HIDDEN}"'
    assert first(world, where=where, select=("lines_total",))["lines_total"] == "500.00"
    assert first(world, "sam", where=where, select=("lines_total",))["lines_total"] == "0.00"


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ('stage == "won"', ["Beta"]),
        ('stage.kind == "open" and amount >= 10', ["Alpha", "Gamma"]),
        ("is_blank(account)", ["Delta"]),
        ("doubled > 30 or (closed and false)", ["Beta", "Gamma"]),
        ('account.region in region("east").subtree', ["Alpha", "Gamma"]),
        ("account.region in user.region.subtree", ["Alpha", "Gamma"]),
        ("owner == user or owner.manager == user", ["Alpha", "Gamma", "Delta"]),
        ("owner.department in user.department.subtree", ["Alpha", "Gamma", "Delta"]),
        ("count(lines) == 2 and sum(lines.price * lines.quantity) == 14", ["Alpha"]),
        ("any(lines, quantity > 5)", ["Beta"]),
        ("count(partners) == 2", ["Alpha"]),
        ("close_date > today() and close_date < today() + days(30)", ["Gamma"]),
        ('close_date == date("2026-03-09")', ["Beta"]),
        ('contains(name, "ALPH")', ["Alpha"]),
        (f'id in ["{DEAL_MINE}", "{DEAL_BARE}"]', ["Alpha", "Delta"]),
        (f'account == "{MINE.upper()}"', ["Alpha"]),
        ('account == "not an id"', []),
        ('account.id != "not an id"', ["Alpha", "Beta", "Delta", "Gamma"]),
        ("user.manager.name == null", ["Alpha", "Beta", "Delta", "Gamma"]),
        ('user.department.name == "Sales" and user.id == user', ["Alpha", "Beta", "Delta", "Gamma"]),
    ],
)
def test_filters_mean_what_they_say(world: World, where: str, expected: list[str]) -> None:
    assert sorted(names(world, where=where)) == sorted(expected)


def test_today_is_the_date_where_the_reader_is(fresh_world: World) -> None:
    fresh_world.change("deal", DEAL_MINE, close_date=date(2026, 3, 15))
    assert names(fresh_world, where="close_date == today()") == ["Alpha"]
    assert names(fresh_world, "anna", where="close_date == today()") == []


def test_scopes_add_up_in_trees_and_end_with_the_person(world: World) -> None:
    def accounts(person: str) -> list[str]:
        return [name[:4] for name in names(world, person, entity="account")]

    assert accounts("rita") == ["Acme", "Bolt", "Coil"]
    assert accounts("sam") == ["Acme"]
    assert accounts("olga") == ["Bolt"]
    with pytest.raises(UnknownName):
        accounts("nobody")


def test_who_has_no_region_or_department_is_nobodys_neighbour(fresh_world: World) -> None:
    """Null equals null in expressions, and must not in scopes."""
    fresh_world.insert("account", {"id": identity(300), "name": "No region"})
    fresh_world.insert("deal", {"id": identity(301), "name": "No owner"})
    assert (names(fresh_world, "nick", entity="account"), names(fresh_world, "nick")) == ([], [])
    assert [name[:4] for name in names(fresh_world, "nora", entity="account")] == ["Bolt"]
    assert names(fresh_world, "nora") == ["Beta"]


def test_the_system_reads_everything_that_lives(world: World) -> None:
    assert names(world, "system") == ["Alpha", "Beta", "Delta", "Gamma"]


def test_blank_values_come_last_and_first_when_descending(world: World) -> None:
    assert names(world, sort=("amount",)) == ["Alpha", "Beta", "Gamma", "Delta"]
    assert names(world, sort=("-amount",)) == ["Delta", "Gamma", "Beta", "Alpha"]


def test_a_look_up_sorts_by_its_title(world: World) -> None:
    assert names(world, sort=("-owner", "name")) == ["Alpha", "Delta", "Gamma", "Beta"]
    assert names(world, sort=("account",)) == ["Alpha", "Beta", "Gamma", "Delta"]


def test_the_recycle_bin_is_for_those_who_may_delete(world: World) -> None:
    assert [name[:4] for name in names(world, deleted=True)] == ["Gone"]
    assert names(world, "sam", deleted=True) == []
    with pytest.raises(Forbidden):
        names(world, "anna", deleted=True)
    with world.reading("rita") as (unit, access):
        assert world.reader.one(unit, access, "deal", DEAL_BINNED, deleted=True)["id"] == DEAL_BINNED
        with pytest.raises(NotFound):
            world.reader.one(unit, access, "deal", DEAL_BINNED)


def test_a_list_can_be_kept_to_what_may_be_changed(world: World) -> None:
    assert names(world, "sam", may="update") == ["Alpha", "Delta"]
    with pytest.raises(Forbidden):
        names(world, "sam", may="export")


def test_rights_on_a_record_name_what_may_be_done_and_which_fields_changed(world: World) -> None:
    with world.reading("sam") as (unit, access):
        mine = world.reader.may(unit, access, "deal", DEAL_MINE)
        theirs = world.reader.may(unit, access, "deal", DEAL_HIDDEN)
    assert mine.operations == {"read", "update", "delete"}
    assert {"name", "note"} <= mine.fields
    assert {"margin", "profit", "version", "id"}.isdisjoint(mine.fields)
    assert (theirs.operations, theirs.fields) == ({"read"}, frozenset())


def test_counts_are_capped_or_exact(world: World) -> None:
    with world.reading("rita") as (unit, access):
        query = Query(entity="deal")
        assert world.reader.count(unit, access, query) == Count(4)
        assert world.reader.count(unit, access, query, cap=3) == Count(3, capped=True)
        assert world.reader.count(unit, access, query, cap=4) == Count(4)
        assert world.reader.list(unit, access, Query(entity="deal", limit=1, count=True)).count == Count(4)


@pytest.mark.parametrize("rows", [1, 4])
def test_a_list_is_one_statement_and_one_for_each_list_of_records(world: World, rows: int) -> None:
    known = world.model.entities["deal"].fields
    with world.reading("sam") as (unit, access), count_statements(world.database) as counter:
        readable = access.readable_fields("deal")
        names = tuple(
            name for name in readable if known[name].entities is None
        )  # those cost as their entities are many
        asked = Query(entity="deal", select=names, limit=rows)
        world.reader.list(unit, access, replace(asked, sort=("account.region.name", "owner")))
        assert counter.count == 1 + LIST_COLUMNS
        world.reader.list(unit, access, replace(asked, count=True))
        assert counter.count == 3 + 2 * LIST_COLUMNS
        world.reader.one(unit, access, "deal", DEAL_MINE, names)
        assert counter.count == 4 + 3 * LIST_COLUMNS


def test_only_what_is_asked_is_read(world: World) -> None:
    with world.reading("rita") as (unit, access), count_statements(world.database) as counter:
        world.reader.list(unit, access, Query(entity="deal", select=("name",)))
    for other in ("margin", "amount", "note", "t_account", "t_user", "t_line", "JOIN"):
        assert other not in counter.texts[0]


def test_people_with_the_same_roles_share_their_statements(world: World) -> None:
    texts = []
    for person in ("sam", "olga"):
        with world.reading(person) as (unit, access), count_statements(world.database) as counter:
            world.reader.list(unit, access, Query(entity="account", where='name == "x"'))
            world.reader.list(unit, access, Query(entity="account", where='name == "other"'))
        texts += counter.texts
    assert len(set(texts)) == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"select": ("nam",)},
        {"select": ("account.nam",)},
        {"select": ("name.x",)},
        {"select": ("",)},
        {"select": ("account..name",)},
        {"select": ("lines",)},
        {"sort": ("nam",)},
        {"sort": ("--name",)},
        {"where": "nam == 1"},
        {"entity": "deals"},
    ],
)
def test_an_unknown_name_is_refused(world: World, asked: dict[str, Any]) -> None:
    with pytest.raises(UnknownName):
        names(world, **asked)


@pytest.mark.parametrize(
    "asked",
    [
        {"where": "name"},
        {"where": "name =="},
        {"where": "1 +"},
        {"where": '"' + "\\x00" + '" == name'},
        {"where": 'contains(name, "\\ud800")'},
        {"where": "amount > " + "9" * 5000},
        {"where": "(" * 300 + "true" + ")" * 300},
        {"where": "name == 'a' or " * 2000 + "true"},
        {"where": "__import__('os')"},
        {"where": "name.__class__ == 1"},
        {"limit": 0},
        {"limit": 501},
        {"limit": -1},
        {"sort": ("name",) * 9},
        {"sort": ("account.codes",)},
    ],
)
def test_what_cannot_be_read_is_a_bad_request(world: World, asked: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        names(world, **asked)


HOSTILE = (
    "' or 1=1 --",
    '"; drop table t_deal; --',
    "%",
    "_",
    "\\",
    "<script>",
    "{0}%s%(x)s:x",
    "=1+1",
    "\u202eabc",
    "😀",
    "x" * 100_000,
)


def test_a_hostile_text_is_a_text(fresh_world: World) -> None:
    rows = [{"id": identity(100 + n), "name": f"a{text}b", "owner": RITA} for n, text in enumerate(HOSTILE)]
    fresh_world.insert("account", *rows)
    for text in HOSTILE:
        literal = orjson.dumps(text).decode()
        holding = sorted(f"a{other}b" for other in HOSTILE if text in other)
        if len(text) < 1000:
            assert names(fresh_world, entity="account", where=f"contains(name, {literal})") == holding
        with fresh_world.reading("rita") as (unit, access):
            found = fresh_world.reader.options(unit, access, "account", text)
            assert f"a{text}b" in [option["title"] for option in found]
            hits = fresh_world.reader.search(unit, access, text)
            assert sorted(hit["title"] for hit in hits) == sorted(option["title"] for option in found)
            with pytest.raises(NotFound):
                fresh_world.reader.one(unit, access, "deal", text)


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_a_text_no_database_keeps_is_refused(world: World, text: str) -> None:
    with world.reading("rita") as (unit, access):
        for ask in (world.reader.search, lambda u, a, t: world.reader.options(u, a, "account", t)):
            with pytest.raises(TenonError):
                ask(unit, access, text)
