"""In charge of the promise that an entity may have five hundred fields, on both databases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.database import Database
from tenon.query import Query
from tenon.settings import Settings
from tenon.workspace import Workspace
from tenon.workspace.publishing import propose, publish

ACTOR = Actor.system("test")
WORKSPACE = "name: wide\nlabel: {en: Wide, zh-CN: 宽表}\nmodules: [core]\n"
TYPES = [
    ("text", "text, max: 200", "Grüße"),
    ("number", "integer", 7),
    ("share", "decimal, scale: 3", "1.250"),
    ("money", "money", {"amount": "12.50", "currency": "CNY"}),
    ("yes", "boolean", True),
    ("day", "date", "2026-03-14"),
    ("at", "datetime", "2026-03-14T09:00:00Z"),
    ("choice", "choice, options: {a: {}, b: {}}", "a"),
    ("mail", "email", "ann@example.com"),
    ("notes", "long_text", "many words"),
]
COUNT = 500


def field(number: int) -> tuple[str, str, Any]:
    """Name, description and a value of the field with this number."""
    name, kind, value = TYPES[number % len(TYPES)]
    return f"{name}_{number}", f"{{type: {kind}, label: {{en: F{number}, zh-CN: 字段{number}}}}}", value


def entity(count: int) -> str:
    fields = "\n".join(f"  {name}: {described}" for name, described, _value in map(field, range(count)))
    return f"label: {{en: Wide, zh-CN: 宽表}}\ntitle: text_0\nowned: false\nfields:\n{fields}\n"


@pytest.fixture
def wide(database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Workspace]:
    folder = tmp_path / "wide"
    (folder / "entities").mkdir(parents=True)
    (folder / "workspace.yaml").write_text(WORKSPACE)
    (folder / "entities" / "x_wide.yaml").write_text(entity(COUNT))
    database = Database.open(database_url)
    publish(database, propose(database, folder), ACTOR, clock=clock)
    database.close()
    opened = Workspace.open(folder, Settings.of(folder, {"TENON_DATABASE_URL": database_url}), clock)
    yield opened
    opened.close()


def test_five_hundred_fields_are_saved_listed_filtered_and_changed(wide: Workspace) -> None:
    values = {name: value for name, _described, value in map(field, range(COUNT))}
    access = Access.of(wide.model, ACTOR)
    with wide.unit(ACTOR) as unit:
        saved = wide.writer.create(unit, access, "x_wide", values)
        wide.writer.change(unit, access, "x_wide", saved.id, {"number_491": 8}, version=saved.version)
        asked = Query(entity="x_wide", where="number_491 == 8 and money_493 > 12", sort=("-day_495",))
        (found,) = wide.reader.list(unit, access, asked).records
        whole = wide.reader.one(unit, access, "x_wide", saved.id)
    assert found["id"] == saved.id
    expected = values | {"number_491": 8}
    assert {name: whole[name] for name in expected} == expected


def test_more_fields_are_added_to_them(wide: Workspace) -> None:
    path = wide.folder / "entities" / "x_wide.yaml"
    path.write_text(entity(COUNT + len(TYPES)))
    proposal = propose(wide.database, wide.folder)
    assert len([step for step in proposal.plan.operations if step.kind == "add_field"]) == len(TYPES)
    wide.refresh(publish(wide.database, proposal, ACTOR))
    with wide.unit(ACTOR) as unit:
        saved = wide.writer.create(unit, Access.of(wide.model, ACTOR), "x_wide", {"number_501": 1})
        assert wide.reader.one(unit, Access.of(wide.model, ACTOR), "x_wide", saved.id)["number_501"] == 1
