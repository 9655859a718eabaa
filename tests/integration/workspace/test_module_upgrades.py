"""In charge of the promises about moving to a newer version of a module: the company's own changes, and its records."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from samples import upgrades
from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.compiler import explain
from tenon.database import Database
from tenon.errors import Conflict
from tenon.model import Model
from tenon.query import Query
from tenon.settings import Settings
from tenon.workspace import Workspace
from tenon.workspace.proposals import Proposal, propose, propose_version
from tenon.workspace.publishing import publish
from tenon.workspace.trials import run_trials

ACTOR = Actor.system("test")
CLOCK = FixedClock(datetime(2026, 3, 14, 9, tzinfo=UTC))


@dataclass
class Lender:
    """The company with its module, on one database."""

    folder: Path
    database: Database
    settings: Settings
    ids: dict[str, str] = field(default_factory=dict)

    def publish(self, version: str) -> int:
        upgrades.place(self.folder, version)
        return self.apply(self.proposal())

    def proposal(self) -> Proposal:
        return propose(self.database, self.folder)

    def apply(self, proposal: Proposal) -> int:
        return publish(self.database, proposal, ACTOR, clock=CLOCK)

    def open(self) -> Workspace:
        return Workspace.open(self.folder, self.settings, CLOCK)

    def records(self, entity: str, *names: str) -> list[dict[str, Any]]:
        with self.open() as workspace, workspace.reading(ACTOR) as unit:
            access = workspace.access(ACTOR)
            query = Query(entity=entity, select=("id", *names), limit=500, sort=(names[0],))
            return workspace.reader.list(unit, access, query).records

    def create(self, entity: str, **values: Any) -> str:
        with self.open() as workspace, workspace.unit(ACTOR) as unit:
            return workspace.writer.create(unit, workspace.access(ACTOR), entity, values).id

    def change(self, entity: str, record_id: str, **values: Any) -> None:
        with self.open() as workspace, workspace.unit(ACTOR) as unit:
            access = Access.of(workspace.model, ACTOR)
            workspace.writer.change(unit, access, entity, record_id, values, version=None)


@pytest.fixture
def lender(tmp_path: Path, database_url: str) -> Iterator[Lender]:
    """Under version 1, with a drill, a saw, and a place whose city the company corrected; on both databases."""
    folder = upgrades.place(tmp_path / "lender", "v1")
    settings = Settings.of(folder, {"TENON_DATABASE_URL": database_url})
    database = Database.open(database_url)
    company = Lender(folder, database, settings)
    company.publish("v1")
    owner = company.create("user", name="Olga", email="olga@example.com")
    common = {"owner": owner}
    company.create(
        "rent_item", name="Drill", code="D1", daily=20, colour="red", serial="77", condition="fair", **common
    )
    company.create("rent_item", name="Saw", code="S1", condition="poor", **common)
    west = next(place for place in company.records("rent_place", "code") if place["code"] == "west")
    company.change("rent_place", west["id"], city="Xian")
    yield company
    database.close()


def values_of(model: Model, paths: dict[str, Any]) -> dict[str, Any]:
    return {path: explain(model, path).value for path in paths}


def test_every_override_is_effective_before_and_after_the_upgrade(lender: Lender) -> None:
    assert values_of(lender.open().model, upgrades.KEPT) == upgrades.KEPT
    lender.publish("v2")
    model = lender.open().model
    everything = upgrades.KEPT | upgrades.FOLLOWED
    assert values_of(model, everything) == everything
    assert {explain(model, path).layer for path in everything} == {"workspace"}
    entity = model.entities["rent_item"]
    assert (str(entity.label), entity.icon, entity.search) == ("Machine", "tool", (("name",), ("code",), ("serial",)))
    assert str(entity.fields["shade"].label) == "Paint"
    assert [column.path for column in entity.views["list"].columns] == [
        ("code",), ("name",), ("daily",), ("condition",), ("x_bought",)
    ]  # fmt: skip
    assert str(entity.rules["rate_not_negative"].message) == "No gifts."
    assert model.roles["rent_clerk"].grants["rent_item"].scopes["update"] == "none"


def test_what_the_vendor_changed_under_an_override_is_still_told(lender: Lender) -> None:
    lender.publish("v2")
    model = lender.open().model
    below = {path: explain(model, path).overrides[-1].value for path in upgrades.CONTESTED}
    assert below == {path: new for path, (_old, new) in upgrades.CONTESTED.items()}


def test_the_plan_counts_the_records_that_steps_and_data_will_touch(lender: Lender) -> None:
    upgrades.place(lender.folder, "v2")
    operations = {item.subject: item for item in lender.proposal().plan.operations}
    steps = {path: item.rows for path, item in operations.items() if path.startswith("modules.rental.upgrades")}
    assert steps == {
        "modules.rental.upgrades.1.5.0.name_the_nameless": 0,
        "modules.rental.upgrades.2.0.0.ask_a_deposit": 1,
        "modules.rental.upgrades.2.0.0.one_more_place": 1,
    }
    data = operations["data.rent_place"].to_json() if operations["data.rent_place"].kind == "bring_data" else {}
    assert data["rows"] == 2
    assert "1 values you changed stay yours" in data["text"]["en"]


def test_records_move_along_with_the_upgrade(lender: Lender) -> None:
    lender.publish("v2")
    items = lender.records("rent_item", "name", "shade", "serial", "condition", "deposit")
    assert [(r["name"], r["shade"], r["serial"], r["condition"]) for r in items] == [
        ("Drill", "red", 77, "used"),
        ("Saw", None, None, "worn"),
    ]
    assert [r["deposit"] for r in items] == ["200.00", None]


def test_reference_data_follows_the_vendor_and_never_overwrites_the_company(lender: Lender) -> None:
    lender.publish("v2")
    places = {
        place["code"]: (place["name"], place["city"]) for place in lender.records("rent_place", "code", "name", "city")
    }
    assert places == {
        "north": ("Northern store", "Harbin"),
        "south": ("South store", "Sanya"),
        "west": ("West store", "Xian"),
        "east": ("East store", "Ningbo"),
        "lost": ("Lost and found", None),
    }
    assert lender.proposal().plan.is_empty


def test_a_step_is_taken_once_even_after_going_back_and_forward_again(lender: Lender) -> None:
    lender.publish("v2")
    drill, saw = (record["id"] for record in lender.records("rent_item", "name"))
    lender.change("rent_item", drill, deposit=5, condition="new")
    lender.change("rent_item", saw, condition="new")
    lender.apply(propose_version(lender.database, 1))
    again = propose_version(lender.database, 2)
    assert [item.kind for item in again.plan.operations if item.kind == "upgrade_records"] == []
    lender.apply(again)
    assert lender.records("rent_item", "name", "deposit")[0]["deposit"] == "5.00"


def test_a_record_that_refuses_a_step_is_named_and_nothing_of_the_upgrade_remains(lender: Lender) -> None:
    upgrades.place(lender.folder, "v2")
    manifest = lender.folder / "modules" / "rental" / "module.yaml"
    manifest.write_text(manifest.read_text().replace("daily * 10", "0 - daily"))
    with pytest.raises(Conflict, match=r"A deposit of ten days.*Drill.*must not be negative"):
        lender.apply(lender.proposal())
    workspace = lender.open()
    assert workspace.current.version == 1
    assert [r["colour"] for r in lender.records("rent_item", "name", "colour")] == ["red", None]
    assert {place["code"] for place in lender.records("rent_place", "code")} == {"north", "south", "west"}


def test_a_module_that_slept_through_an_upgrade_takes_its_steps_when_it_wakes(lender: Lender) -> None:
    wanted = lender.folder / "workspace.yaml"
    awake = wanted.read_text()
    wanted.write_text(awake.replace("rental]", "rental: {enabled: false}]"))
    lender.publish("v1")
    assert "rent_item" not in lender.open().model.entities
    lender.publish("v2")
    wanted.write_text(awake)
    lender.publish("v2")
    assert lender.records("rent_item", "name", "deposit")[0]["deposit"] == "200.00"


def test_a_deleted_place_stays_deleted_when_the_vendor_changes_it(lender: Lender) -> None:
    north = next(place for place in lender.records("rent_place", "code") if place["code"] == "north")
    with lender.open() as workspace, workspace.unit(ACTOR) as unit:
        workspace.writer.delete(unit, workspace.access(ACTOR), "rent_place", north["id"], version=None)
    lender.publish("v2")
    assert "north" not in {place["code"] for place in lender.records("rent_place", "code")}
    assert lender.proposal().plan.is_empty


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_the_modules_own_tests_hold_for_the_company_too(tmp_path: Path, version: str) -> None:
    folder = upgrades.place(tmp_path / "lender", version)
    database = Database.open(f"sqlite:///{tmp_path / 'x.sqlite'}")
    proposal = propose(database, folder)
    results = list(run_trials(proposal.sources, proposal.model))
    assert [result.path for result in results if result.failures] == []
    assert {result.suite for result in results} >= {"people", "rental"}
    database.close()


def test_removing_one_line_of_a_companys_file_removes_exactly_that_effect(lender: Lender) -> None:
    lender.publish("v2")
    path = lender.folder / "entities" / "rent_item.yaml"
    path.write_text(path.read_text().replace("icon: tool\n", ""))
    lender.publish("v2")
    model = lender.open().model
    rest = {key: value for key, value in upgrades.KEPT.items() if key != "entities.rent_item.icon"}
    assert values_of(model, rest) == rest
    assert model.entities["rent_item"].icon != "tool"


def test_the_company_files_are_never_written_by_an_upgrade(lender: Lender, tmp_path: Path) -> None:
    shutil.copytree(lender.folder / "entities", tmp_path / "before")
    lender.publish("v2")
    for path in (tmp_path / "before").iterdir():
        assert (lender.folder / "entities" / path.name).read_bytes() == path.read_bytes()
