"""In charge of the promises of `tenon module`: what is added, put to sleep, woken, taken out and begun."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from samples import upgrades
from tenon.cli.main import tenon

Run = Callable[..., Result]
COMMENTED = "modules: [core, customers, rental]   # what we bought\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    placed = upgrades.place(tmp_path / "lender", "v1")
    path = placed / "workspace.yaml"
    path.write_text(path.read_text().replace("modules: [core, customers, rental]\n", COMMENTED))
    return placed


@pytest.fixture
def run(folder: Path) -> Run:
    def call(*arguments: str) -> Result:
        environment = {"LANG": "en_GB.UTF-8", "LC_ALL": "en_GB.UTF-8"}
        return CliRunner(env=environment).invoke(tenon, ["-w", str(folder), *arguments])

    return call


@pytest.fixture
def applied(run: Run, folder: Path) -> Path:
    result = run("apply", "--yes", "--skip-tests")
    assert result.exit_code == 0, result.output
    return folder


def states(run: Run) -> dict[str, str]:
    return {item["name"]: item["state"] for item in json.loads(run("--json", "module", "list").output)}


def test_a_module_sleeps_and_wakes_and_the_file_keeps_its_comment(applied: Path, run: Run) -> None:
    assert run("module", "disable", "rental", "--yes").exit_code == 0
    assert states(run)["rental"] == "sleeping"
    assert "enabled: false" in (applied / "workspace.yaml").read_text()
    assert run("module", "enable", "rental", "--yes").exit_code == 0
    assert states(run)["rental"] == "installed"
    text = (applied / "workspace.yaml").read_text()
    assert "modules: [core, customers, rental] " in text
    assert "# what we bought" in text
    assert "Nothing to do" in run("plan").output


def test_a_module_whose_folder_is_gone_is_taken_out_with_its_data_as_files(applied: Path, run: Run) -> None:
    shutil.rmtree(applied / "modules")
    assert states(run)["rental"] == "missing"
    target = applied / "out"
    result = run("--json", "module", "remove", "rental", "--yes", "--export", str(target))
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert {item["name"]: item["records"] for item in told["impact"]["entities"]}["rent_place"] == 3
    assert "North store" in (target / "rent_place.csv").read_text()
    assert "rental" not in states(run)
    assert run("check").exit_code == 0


def test_what_others_stand_on_stays_and_the_files_are_as_before(applied: Path, run: Run) -> None:
    before = (applied / "workspace.yaml").read_text()
    for arguments in (("remove", "customers"), ("disable", "customers"), ("remove", "core")):
        assert run("module", *arguments, "--yes").exit_code == 1
    assert "rental" in run("module", "remove", "customers", "--yes").output
    assert (applied / "workspace.yaml").read_text() == before


def test_an_unknown_module_is_named_with_what_was_meant(applied: Path, run: Run) -> None:
    result = run("module", "add", "salse")
    assert result.exit_code == 1
    assert "sales" in result.output


def test_an_upgrade_that_is_no_newer_is_refused_and_a_newer_one_is_applied(applied: Path, run: Run) -> None:
    source = upgrades.FILES
    assert run("module", "upgrade", "rental", "--from", str(source / "v1"), "--yes").exit_code == 1
    package = shutil.make_archive(str(applied / "rental"), "zip", source / "v2")
    result = run("module", "upgrade", "rental", "--from", package, "--yes", "--skip-tests")
    assert result.exit_code == 0, result.output
    versions = {item["name"]: item["version"] for item in json.loads(run("--json", "module", "list").output)}
    assert versions["rental"] == "2.0.0"


def test_an_upgrade_that_does_not_fit_leaves_the_old_version_in_place(applied: Path, run: Run, tmp_path: Path) -> None:
    broken = shutil.copytree(upgrades.FILES / "v2", tmp_path / "broken")
    (broken / "entities" / "rent_place.yaml").write_text("label: Place\nfields:\n  code: {type: txt}\n")
    result = run("module", "upgrade", "rental", "--from", str(broken), "--yes")
    assert result.exit_code == 1
    assert "rent_place.yaml:3" in result.output
    assert "version: 1.0.0" in (applied / "modules" / "rental" / "module.yaml").read_text()


def test_a_new_module_compiles_keeps_its_promises_and_installs(run: Run, folder: Path) -> None:
    assert run("module", "new", "fleet", "--label", "Fleet").exit_code == 0
    added = run("module", "add", "fleet")
    assert added.exit_code == 0, added.output
    tested = run("check", "--tests", "--only", "fleet_item")
    assert tested.exit_code == 0, tested.output
    assert "2 tests, 0 failed" in tested.output
    first = (folder / "modules" / "fleet" / "entities" / "fleet_item.yaml").read_text().splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")


def test_nothing_is_applied_while_a_test_fails(applied: Path, run: Run) -> None:
    (applied / "tests").mkdir(exist_ok=True)
    test = "tests:\n  x_never: {when: {list: rent_place}, then: {count: 99}}\n"
    (applied / "tests" / "x_own.yaml").write_text(test)
    refused = run("apply", "--yes")
    assert refused.exit_code == 1
    assert "x_own.x_never" in refused.output
    assert run("plan", "--tests").exit_code == 1
    assert run("apply", "--yes", "--skip-tests").exit_code == 0
