"""In charge of the promises about values that are more than text: the greatest ones come back, secrets stay secrets."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from samples import every_type
from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.errors import BadRequest, InvalidInput, TenonError, Unavailable
from tenon.exchange.csv_export import csv_lines
from tenon.query import Query
from tenon.workspace import Workspace

SECRET = "6222 0212 3456 7890"
SYSTEM = Actor.system("test")
VISIT = "x_visit"


@pytest.fixture
def workspace(database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Workspace]:
    workspace = every_type.build(tmp_path / "trial", database_url, clock)
    yield workspace
    workspace.close()


def access(workspace: Workspace) -> Access:
    return Access.of(workspace.model, SYSTEM)


def create(workspace: Workspace, **values: Any) -> str:
    with workspace.unit(SYSTEM) as unit:
        file = {"size": 1, "storage_key": "x", "record_entity": VISIT}
        photo, paper = (
            workspace.writer.create(unit, access(workspace), "file", {**file, "name": name, "mime_type": kind}).id
            for name, kind in (("a.png", "image/png"), ("b.txt", "text/plain"))
        )
        whole = {"name": "One", "photo": photo, "paper": paper, "signed": "Ann", **values}
        return workspace.writer.create(unit, access(workspace), VISIT, whole).id


def change(workspace: Workspace, identity: str, **values: Any) -> None:
    with workspace.unit(SYSTEM) as unit:
        workspace.writer.change(unit, access(workspace), VISIT, identity, values, version=None)


def read(workspace: Workspace, identity: str, *names: str) -> dict[str, Any]:
    with workspace.reading(SYSTEM) as unit:
        found = workspace.reader.one(unit, access(workspace), VISIT, identity, names)
    return {name: found[name] for name in names}


def listed(workspace: Workspace, where: str) -> list[Any]:
    with workspace.reading(SYSTEM) as unit:
        query = Query(entity=VISIT, select=("name",), where=where, sort=("name",))
        return [found["name"] for found in workspace.reader.list(unit, access(workspace), query).records]


def reveal(workspace: Workspace, identity: str, name: str = "bank") -> str | None:
    with workspace.reading(SYSTEM) as unit:
        return workspace.reader.reveal(unit, access(workspace), VISIT, identity, name)


def everything_stored(workspace: Workspace) -> str:
    tables = sa.MetaData()
    with workspace.database.engine.connect() as connection:
        tables.reflect(connection)
        return "\n".join(
            str(tuple(row)) for table in tables.tables.values() for row in connection.execute(table.select())
        )


GREATEST = {
    "begins": "23:59:59",
    "effort": "P3650000D",
    "place": {"lat": "-90.000000", "lon": "180.000000"},
    "settings": {"n": 2**53 - 1, "text": "重" * 20_000},
    "stars": 5,
    "paint": "#ffffff",
    "land": "ZW",
    "speech": "zh-Hant",
    "coin": "ZMW",
    "code": "x" * 500,
    "todo": [{"text": "项" * 300, "done": True}] * 50,
}


@pytest.mark.parametrize("name", GREATEST)
def test_the_greatest_value_comes_back_as_it_was(workspace: Workspace, name: str) -> None:
    identity = create(workspace, **{name: GREATEST[name]})
    assert read(workspace, identity, name)[name] == GREATEST[name]


def test_long_parts_of_an_address_come_back(workspace: Workspace) -> None:
    parts = dict.fromkeys(("province", "city", "district"), "省" * 100)
    sent = {"country": "DE", **parts, "street": "路" * 300, "postcode": "1" * 20}
    found = read(workspace, create(workspace, address=sent), "address")["address"]
    assert {name: found[name] for name in sent} == sent


def test_a_long_signature_and_a_long_secret_come_back(workspace: Workspace) -> None:
    strokes = [[600, 200] * 3000, [0, 0] * 3000]
    identity = create(workspace, signed={"strokes": strokes}, bank="密" * 500)
    assert read(workspace, identity, "signed")["signed"]["strokes"] == strokes
    assert reveal(workspace, identity) == "密" * 500


def test_expressions_and_filters_read_parts_of_values(workspace: Workspace) -> None:
    create(
        workspace,
        name="A",
        address="上海市徐汇区漕溪路1号",
        effort="90m",
        place="31.2, 121.4",
        todo="[x] a\n[ ] b\n[ ] c",
    )
    identity = create(workspace, name="B", address="广东省深圳市", effort="PT3H", begins="17:30", bank=SECRET)
    wheres = {
        'address.city == "上海市"': ["A"],
        'contains(address, "深圳")': ["B"],
        "effort > hours(2)": ["B"],
        "effort * 2 == seconds(10800)": ["A"],
        'begins >= "17:00"': ["B"],
        "place.lat > 30 and place.lon < 122": ["A"],
        "todo.total - todo.done == 2": ["A"],
        "not is_blank(bank)": ["B"],
        "is_blank(todo)": ["B"],
        'town == "深圳市"': ["B"],
        "twice == hours(6)": ["B"],
        'land == "CN"': ["A", "B"],
    }
    assert {where: listed(workspace, where) for where in wheres} == wheres
    assert read(workspace, identity, "twice", "town") == {"twice": "PT6H", "town": "深圳市"}


def test_a_formula_over_parts_is_the_same_after_reading_and_in_rules(workspace: Workspace) -> None:
    identity = create(workspace, place="12.5, 7", todo=["a", "b"])
    assert read(workspace, identity, "north", "left_over") == {"north": "12.5000", "left_over": 2}


@pytest.mark.parametrize(
    "where", ['bank == "x"', 'contains(bank, "6")', "bank > settings", "coalesce(bank, bank) == null", "bank in [1]"]
)
def test_a_secret_cannot_be_filtered_by(workspace: Workspace, where: str) -> None:
    with pytest.raises(TenonError):
        listed(workspace, where)


@pytest.mark.parametrize("sort", ["bank", "-settings", "todo", "signed"])
def test_a_secret_and_a_document_cannot_be_sorted_by(workspace: Workspace, sort: str) -> None:
    with workspace.reading(SYSTEM) as unit, pytest.raises(BadRequest):
        workspace.reader.list(unit, access(workspace), Query(entity=VISIT, select=("name",), sort=(sort,)))


def test_a_secret_is_nowhere_in_clear(workspace: Workspace) -> None:
    """Not in a table, the history, the outbox, a list or an export."""
    identity = create(workspace, bank=SECRET)
    change(workspace, identity, bank=SECRET + " 1", name="Two")
    assert SECRET not in everything_stored(workspace)
    assert read(workspace, identity, "bank")["bank"] == {"set": True}
    with workspace.reading(SYSTEM) as unit:
        history = workspace.reader.history(unit, access(workspace), VISIT, identity, 10)
        lines = list(csv_lines(unit, access(workspace), workspace.reader, Query(entity=VISIT)))
    assert "bank" in history[0].changes
    assert SECRET not in str(history) + "".join(lines)
    assert reveal(workspace, identity) == SECRET + " 1"


def test_a_secret_is_sealed_anew_each_time_and_opens_only_in_its_record(workspace: Workspace) -> None:
    first, second = create(workspace, bank=SECRET), create(workspace, bank=SECRET)
    tables = workspace.tables
    column, own = tables.column(VISIT, "bank"), tables.column(VISIT, "id")
    with workspace.database.engine.begin() as connection:
        sealed = {row[0]: row[1] for row in connection.execute(sa.select(own, column))}
        assert sealed[first] != sealed[second]
        assert sealed[first].startswith("1:k1:")
        connection.execute(sa.update(tables[VISIT]).where(own == second).values({column: sealed[first]}))
    assert reveal(workspace, first) == SECRET
    with pytest.raises(Unavailable):
        reveal(workspace, second)


def test_a_secret_that_is_not_sent_stays_and_dots_are_no_secret(workspace: Workspace) -> None:
    identity = create(workspace, bank=SECRET)
    change(workspace, identity, name="Two")
    for placeholder in ({"set": True}, "••••••"):
        with pytest.raises(InvalidInput):
            change(workspace, identity, bank=placeholder)
    assert reveal(workspace, identity) == SECRET
    change(workspace, identity, bank=None)
    assert reveal(workspace, identity) is None


def test_only_secrets_are_revealed(workspace: Workspace) -> None:
    identity = create(workspace)
    with pytest.raises(BadRequest):
        reveal(workspace, identity, "name")


def test_who_signed_and_when_is_ours_to_say(workspace: Workspace, clock: FixedClock) -> None:
    forged = {"typed": "Ann", "by": "0190a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b", "name": "Bob", "at": "2001-01-01T00:00:00Z"}
    identity = create(workspace, signed=forged)
    signed = read(workspace, identity, "signed", "signed.at")
    assert signed["signed"]["by"] is None
    assert signed["signed"]["name"] == SYSTEM.name
    assert signed["signed"]["at"] == signed["signed.at"] == clock.now().isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)
    change(workspace, identity, signed=signed["signed"], name="Two")
    assert read(workspace, identity, "signed")["signed"] == signed["signed"]
    change(workspace, identity, signed={"strokes": [[1, 1, 2, 2]]})
    assert read(workspace, identity, "signed")["signed"]["at"] != signed["signed"]["at"]


def test_a_picture_field_takes_pictures_only(workspace: Workspace) -> None:
    identity = create(workspace)
    paper = read(workspace, identity, "paper")["paper"]["id"]
    with pytest.raises(InvalidInput, match="cannot be this record"):
        change(workspace, identity, photo=paper)


def test_lengths_keep_their_meaning_on_the_way(workspace: Workspace) -> None:
    identity = create(workspace, effort=timedelta(hours=1, minutes=30))
    with workspace.reading(SYSTEM) as unit:
        found = workspace.reader.one(unit, access(workspace), VISIT, identity, ("effort", "twice"), form="values")
    assert (found["effort"], found["twice"]) == (timedelta(minutes=90), timedelta(hours=3))
