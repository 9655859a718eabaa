"""The doctor looks at a workspace that does not start as well, says what is wrong with it, and repairs its ledger."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from samples import workspaces
from tenon.actors import Actor
from tenon.cli.main import tenon
from tenon.compiler import WORKSPACE, SourceFile, Sources
from tenon.database import UnitOfWork
from tenon.schema.system import SYSTEM_TABLES
from tenon.schema.versions import record_version

LEDGER = SYSTEM_TABLES["ledger"]
Doctor = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def acme(tmp_path: Path, database_url: str) -> Path:
    folder = tmp_path / "acme"
    folder.mkdir()
    settings = f"settings: {{database_url: '{database_url}'}}\n"
    (folder / "workspace.yaml").write_text("name: acme\nlabel: Acme\nmodules: [core]\n" + settings)
    call(folder, "apply", "--yes", "--reason", "first")
    return folder


@pytest.fixture
def doctor(acme: Path) -> Doctor:
    """What it finds, without what is well."""

    def look(*options: str) -> list[dict[str, Any]]:
        found = json.loads(call(acme, "--json", "doctor", *options, code=None))
        return [finding for finding in found if finding["name"] == "repair" or not finding["good"]]

    return look


def call(folder: Path, *arguments: str, code: int | None = 0) -> str:
    environment = {"LANG": "en_GB.UTF-8", "LC_ALL": "en_GB.UTF-8"}
    result = CliRunner(env=environment).invoke(tenon, ["-w", str(folder), *arguments])
    assert code is None or result.exit_code == code, result.output
    return result.output


def change(folder: Path, statement: Any) -> None:
    database = workspaces.database_of(folder)
    with database.writing() as connection:
        connection.execute(statement)
    database.close()


def lose(folder: Path, *paths: str) -> None:
    change(folder, sa.delete(LEDGER).where(LEDGER.c.path.in_(paths), LEDGER.c.kind != "index"))


def places(found: list[dict[str, Any]], name: str) -> list[str]:
    return sorted(finding["place"] for finding in found if finding["name"] == name)


def test_nothing_is_found_where_all_is_well(doctor: Doctor) -> None:
    assert doctor() == []
    assert [finding["text"] for finding in doctor("--repair")] == ["0 entered in the ledger again"]


def test_what_the_ledger_lost_is_told_and_entered_again(acme: Path, doctor: Doctor) -> None:
    lose(acme, "user.email", "department", "department.name")
    found = doctor()
    assert places(found, "ledger") == ["department", "department.name", "user.email"]
    assert "doctor --repair" in next(finding["hint"] for finding in found if finding["name"] == "published")
    assert places(doctor(), "ledger") != []
    assert places(doctor("--repair"), "repair") == ["", "department", "department.name", "user.email"]
    assert doctor() == []


def test_what_cannot_be_found_is_told_and_the_rest_is_entered(acme: Path, doctor: Doctor) -> None:
    lose(acme, "user.email", "department.name")
    change(acme, sa.update(LEDGER).where(LEDGER.c.path == "user.phone").values(column_name="email"))
    repaired = doctor("--repair")
    assert [(finding["place"], finding["good"]) for finding in repaired if finding["name"] == "repair"] == [
        ("", True),
        ("department.name", True),
        ("user.email", False),
    ]
    assert places(repaired, "ledger") == ["user.email"]


def test_a_version_that_does_not_compile_is_told_with_its_problems_and_what_runs_instead(
    acme: Path, doctor: Doctor
) -> None:
    text = (acme / "workspace.yaml").read_text()
    publish_broken(acme, text + "from_the_future: true\n")
    first, *problems = doctor()
    assert first["text"] == "version 2 does not compile; version 1 is in force"
    assert {problem["place"].partition(":")[0] for problem in problems} == {"workspace.yaml"}
    assert any("from_the_future" in problem["text"] for problem in problems)


def test_a_ledger_is_repaired_for_the_version_in_force(acme: Path, doctor: Doctor) -> None:
    publish_broken(acme, "name: acme\nfrom_the_future: true\n")
    lose(acme, "user.email")
    assert places(doctor("--repair"), "repair") == ["", "user.email"]
    assert places(doctor(), "ledger") == []


def test_a_workspace_nothing_was_published_to_is_told_what_to_run(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / "workspace.yaml").write_text("name: acme\nlabel: Acme\nmodules: [core]\n")
    for options in ((), ("--repair",)):
        assert "tenon apply" in call(folder, "doctor", *options, code=1)


def publish_broken(folder: Path, text: str) -> None:
    """As a newer program might have: a version whose sources this one does not understand."""
    database = workspaces.database_of(folder)
    with database.writing() as connection:
        unit = UnitOfWork(actor=Actor.system("test"), connection=connection, now=datetime(2026, 3, 14, tzinfo=UTC))
        broken = SourceFile(layer=WORKSPACE, path="workspace.yaml", text=text)
        record_version(unit, 2, "broken", Sources(files=(broken,)), "test")
    database.close()
