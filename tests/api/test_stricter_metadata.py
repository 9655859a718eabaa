"""Stricter rules do not lock old records up, and a changed type is there at the next call."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from samples import api_calls
from samples.api_calls import Caller, World
from samples.workspaces import fixed_clock
from tenon.actors import Actor
from tenon.workspace import Workspace
from tenon.workspace.publishing import propose, publish

VISIT = """
label: Visit
fields:
  name: {type: text, required: true}
  size: {type: text}
  on: {type: date}
grants: {salesperson: {read: own, create: true, update: own}}
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = fixed_clock()
    with api_calls.build(tmp_path / "trial", f"sqlite:///{tmp_path / 'trial.sqlite'}", clock) as workspace:
        (tmp_path / "trial" / "entities").mkdir()
        change(workspace, tmp_path, VISIT)
        yield World.of(workspace, clock)


def change(workspace: Workspace, folder: Path, text: str) -> None:
    (folder / "trial" / "entities" / "x_visit.yaml").write_text(text)
    proposal = propose(workspace.database, folder / "trial")
    publish(workspace.database, proposal, Actor.system("test"), clock=fixed_clock())


def seller(world: World) -> Caller:
    """Who knows what the API promises today."""
    return Caller(world.app, world.seller.secret)


def test_a_record_with_a_gap_from_before_can_be_saved_in_its_other_fields(world: World, tmp_path: Path) -> None:
    old = seller(world).post("x_visit", {"name": "Old"}).body
    change(world.workspace, tmp_path, VISIT.replace("{type: date}", "{type: date, required: true}"))
    caller, address = seller(world), f"x_visit/{old['id']}"
    assert [record["id"] for record in caller.get("x_visit", where="is_blank(on)").body["records"]] == [old["id"]]
    changed = caller.patch(address, {"name": "Older", "version": old["version"]})
    assert (changed.status, changed.body["name"], changed.body["on"]) == (200, "Older", None), changed
    again = caller.patch(address, {"name": "Oldest", "on": None, "version": changed.body["version"]})
    assert again.status == 200, again
    filled = caller.patch(address, {"on": "2026-03-14", "version": again.body["version"]})
    assert filled.status == 200, filled
    emptied = caller.patch(address, {"on": None, "version": filled.body["version"]})
    assert emptied.status == 422, emptied
    assert caller.post("x_visit", {"name": "New"}).status == 422


def test_a_changed_type_is_there_at_the_next_call_with_its_values_and_its_history(world: World, tmp_path: Path) -> None:
    made = seller(world).post("x_visit", {"name": "A", "size": "7"}).body
    address = f"x_visit/{made['id']}"
    changed = seller(world).patch(address, {"size": " 1,200", "version": made["version"]}).body
    change(world.workspace, tmp_path, VISIT.replace("size: {type: text}", "size: {type: integer}"))
    found = seller(world).get(address).body
    assert (found["size"], found["version"]) == (1200, changed["version"])
    assert seller(world).get(f"{address}/history").status == 200
    large = seller(world).get("x_visit", where="size > 1000").body["records"]
    assert [record["size"] for record in large] == [1200]
