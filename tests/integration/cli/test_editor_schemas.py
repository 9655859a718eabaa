"""Editors are told what this program understands: applying and upgrading refresh the schemas of a workspace."""

from pathlib import Path

import pytest

from samples.commands import Run
from tenon.compiler.editors import FOLDER, editor_schemas, refresh_schemas, text_of


def aged(folder: Path) -> Path:
    """As a release before left it: one schema says something else, one is missing, one is of a kind no more."""
    home = folder / FOLDER
    (home / "entity.schema.json").write_text("{}\n")
    (home / "role.schema.json").unlink()
    (home / "gone.schema.json").write_text("{}\n")
    (home / "notes.txt").write_text("mine\n")
    return home


def is_of_today(home: Path) -> bool:
    found = {path.name: path.read_text() for path in home.glob("*.schema.json")}
    return found == {name: text_of(schema) for name, schema in editor_schemas().items()}


def test_applying_refreshes_the_schemas(acme: Path, run: Run) -> None:
    home = aged(acme)
    assert run("apply", "--yes", "--skip-tests").exit_code == 0  # nothing to publish
    assert is_of_today(home)
    assert (home / "notes.txt").read_text() == "mine\n"
    (home / "entity.schema.json").write_text("{}\n")
    (acme / "entities").mkdir()
    (acme / "entities" / "x_visit.yaml").write_text("label: Visit\nfields: {name: {type: text}}\n")
    assert run("apply", "--yes", "--skip-tests").exit_code == 0
    assert is_of_today(home)


def test_changing_modules_refreshes_the_schemas(acme: Path, run: Run) -> None:
    home = aged(acme)
    result = run("module", "disable", "sales", "--yes")
    assert result.exit_code == 0, result.output
    assert is_of_today(home)


@pytest.mark.parametrize("kept", [True, False])
def test_modules_in_the_workspace_are_refreshed_and_nobody_gets_what_he_threw_away(tmp_path: Path, kept: bool) -> None:
    module = tmp_path / "modules" / "x_small"
    (module / FOLDER if kept else module).mkdir(parents=True)
    touched = refresh_schemas(tmp_path)
    assert {path.parent for path in touched} == ({module / FOLDER} if kept else set())
    assert not (tmp_path / FOLDER).exists()
    assert refresh_schemas(tmp_path) == []
