from pathlib import Path

import pytest

from samples import workspaces
from tenon.access import Access
from tenon.actors import Actor
from tenon.errors import MetadataError
from tenon.query import Query
from tenon.workspace import Workspace
from tenon.workspace.publishing import load_demo, propose, publish

ACTOR = Actor.system("test")

VISIT = """
label: {en: Visit, zh-CN: 拜访}
plural: {en: Visits, zh-CN: 拜访}
title: subject
fields:
  subject: {type: text, required: true}
  account: {type: lookup, to: account}
  day:     {type: date, default: today()}
  cost:    {type: money}
  done:    {type: boolean}
views:
  list: {type: table, label: {en: All, zh-CN: 全部}, columns: [subject, account, day]}
grants:
  administrator: {read: all, create: true, update: all, delete: all}
"""


def change_files(folder: Path, name: str, text: str) -> None:
    path = folder / "entities" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def test_one_file_makes_an_entity_and_a_running_process_has_it_at_its_next_look(
    workspace: Workspace, trial_folder: Path
) -> None:
    other = Workspace.open(workspace.folder, workspaces.settings_of(workspace.folder), workspace.clock)
    change_files(workspace.folder, "x_visit.yaml", VISIT)
    number = publish(workspace.database, propose(workspace.database, workspace.folder), ACTOR)
    other.refresh(number)
    with other.unit(ACTOR) as unit:
        access = Access.of(other.model, ACTOR)
        saved = other.writer.create(unit, access, "x_visit", {"subject": "Hello"})
        record = other.reader.one(unit, access, "x_visit", saved.id)
    other.close()
    assert record["subject"] == "Hello"
    assert record["day"] == "2026-03-14"


def test_publishing_the_same_files_again_has_nothing_to_do(workspace: Workspace) -> None:
    assert propose(workspace.database, workspace.folder).plan.is_empty


def test_reference_and_demonstration_data_are_created_once(workspace: Workspace) -> None:
    with workspace.unit(ACTOR) as unit:
        assert load_demo(unit, workspace.current) == 0


def test_a_region_that_was_deleted_does_not_come_back(workspace: Workspace) -> None:
    access = Access.of(workspace.model, ACTOR)
    where = Query(entity="region", select=("id",), where='code == "haikou"')
    with workspace.unit(ACTOR) as unit:
        haikou = workspace.reader.list(unit, access, where).records[0]["id"]
        workspace.writer.delete(unit, access, "region", haikou, version=None)
    change_files(workspace.folder, "x_visit.yaml", VISIT)
    publish(workspace.database, propose(workspace.database, workspace.folder), ACTOR)
    workspace.reload()
    with workspace.reading(ACTOR) as unit:
        assert workspace.reader.list(unit, Access.of(workspace.model, ACTOR), where).records == []


def test_broken_files_change_nothing_and_name_their_place(workspace: Workspace) -> None:
    change_files(workspace.folder, "x_visit.yaml", VISIT.replace("type: money", "type: mony"))
    with pytest.raises(MetadataError) as refusal:
        propose(workspace.database, workspace.folder)
    (problem,) = refusal.value.problems
    assert str(problem.location).startswith("entities/x_visit.yaml:9")
    assert problem.hint is not None
    assert "money" in str(problem.hint)
    assert workspace.reload().version == 1
