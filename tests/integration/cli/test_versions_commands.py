"""The promises of the commands about versions: diff, rollback, pull, pack, promote, apply --take."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from samples import upgrades
from tenon.actors import Actor
from tenon.cli.main import tenon
from tenon.database import Database
from tenon.settings import Settings
from tenon.workspace.publishing import propose_changes, publish

Run = Callable[..., Result]
ACCOUNT = "# ours\nfields:\n  x_tax: {type: text, label: {en: Tax, zh-CN: 税号}}   # by law\n"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A call in a folder of the test, in English."""

    def call(*arguments: str, at: str = "dev", code: int = 0) -> Result:
        environment = {"LANG": "en_GB.UTF-8", "LC_ALL": "en_GB.UTF-8"}
        result = CliRunner(env=environment).invoke(tenon, ["-w", str(tmp_path / at), *arguments])
        assert result.exit_code == code, result.output
        return result

    return call


@pytest.fixture
def dev(tmp_path: Path, run: Run) -> Path:
    """A small workspace, published."""
    folder = tmp_path / "dev"
    folder.mkdir()
    (folder / "workspace.yaml").write_text("name: dev\nlabel: Dev\nmodules: [customers]\n")
    run("apply", "--yes", "--reason", "first")
    return folder


def write(folder: Path, text: str = ACCOUNT) -> None:
    (folder / "entities").mkdir(exist_ok=True)
    (folder / "entities" / "account.yaml").write_text(text)


def click_together(folder: Path, **changes: Any) -> None:
    database = Database.of(Settings.of(folder))
    patch = {path.replace("__", "."): value for path, value in changes.items()}
    publish(database, propose_changes(database, folder, patch), Actor.system("builder"), reason="clicks")
    database.close()


def test_a_second_apply_has_nothing_to_do_and_that_is_no_failure(dev: Path, run: Run) -> None:
    assert "Nothing to do" in run("apply").output
    assert len(json.loads(run("--json", "versions").output)) == 1


def test_diff_tells_things_properties_and_lines(dev: Path, run: Run) -> None:
    write(dev)
    assert "entities.account.fields.x_tax is new" in run("diff", "1", "files").output
    run("apply", "--yes")
    assert "entities.account.fields.x_tax is new" in run("diff", "1").output
    assert "+# ours" in run("diff", "1", "2", "--files").output
    assert [item["kind"] for item in json.loads(run("--json", "diff", "2", "1").output)] == ["removed"]
    run("diff", "9", code=1)
    run("diff", "x", code=2)


def test_rollback_makes_a_new_version_of_an_old_one(dev: Path, run: Run) -> None:
    write(dev)
    run("apply", "--yes")
    assert "tenon plan" in run("rollback", "1", "--yes").output
    known = json.loads(run("--json", "versions").output)
    assert [item["number"] for item in known] == [3, 2, 1]
    assert known[0]["digest"] == known[2]["digest"]
    assert "Nothing to do" in run("rollback", "1", "--yes").output
    run("rollback", "8", "--yes", code=1)


def test_explain_names_who_clicked_and_a_pull_writes_it_down(dev: Path, run: Run) -> None:
    write(dev)
    run("apply", "--yes")
    click_together(dev, entities__account__fields__x_tax__label__en="Tax number", entities__account__icon="star")
    assert "version 3" in run("explain", "account.x_tax.label.en").output
    run("pull")
    text = (dev / "entities" / "account.yaml").read_text()
    assert text.startswith("# ours\n")
    assert "label: {en: Tax number, zh-CN: 税号}} # by law" in text
    assert "entities/account.yaml:3" in run("explain", "account.x_tax.label.en").output
    assert "Nothing to do" in run("plan").output
    assert "Nothing to pull" in run("pull").output
    assert (dev / "entities" / "account.yaml").read_text() == text


def test_a_package_goes_to_a_new_folder_and_the_second_time_there_is_nothing_to_do(
    dev: Path, run: Run, tmp_path: Path
) -> None:
    write(dev)
    run("apply", "--yes")
    click_together(dev, entities__account__icon="star")
    run("promote", "--to", str(tmp_path / "prod"), "--yes")
    assert (tmp_path / "prod" / "entities" / "account.yaml").read_text() == ACCOUNT
    one, two = tmp_path / "one.tenon", tmp_path / "two.tenon"
    run("pack", "--to", str(one))
    run("promote", "--to", str(two))
    assert one.read_bytes() == two.read_bytes()
    assert "Nothing to do" in run("promote", "--from", str(one), "--yes", at="prod").output
    assert "Nothing to do" in run("apply", at="prod").output
    digests = [json.loads(run("--json", "versions", at=at).output)[0]["digest"] for at in ("dev", "prod")]
    assert digests[0] == digests[1]


def test_a_later_change_is_promoted_with_its_files_and_the_target_keeps_its_settings(
    dev: Path, run: Run, tmp_path: Path
) -> None:
    prod = tmp_path / "prod"
    run("promote", "--to", str(prod), "--yes")
    settings = "settings: {upload_limit: 7000000}\n"
    (prod / "workspace.yaml").write_text((prod / "workspace.yaml").read_text() + settings)
    write(dev)
    run("apply", "--yes")
    run("promote", "--to", str(prod), "--yes")
    assert (prod / "entities" / "account.yaml").read_text() == ACCOUNT
    assert "7000000" in run("explain", "setting", at="prod").output
    assert "Nothing to do" in run("plan", at="prod").output


def test_promotion_stops_before_edits_that_were_not_applied_in_the_target(dev: Path, run: Run, tmp_path: Path) -> None:
    run("promote", "--to", str(tmp_path / "prod"), "--yes")
    write(tmp_path / "prod")
    assert "not applied" in run("promote", "--to", str(tmp_path / "prod"), "--yes", code=1).output


def test_promotion_into_a_folder_of_something_else_is_refused(dev: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("Dear Ann")
    run("promote", "--to", str(tmp_path / "other"), "--yes", code=1)
    run("promote", "--to", str(dev), "--yes", code=1)


def test_an_upgrade_tells_what_it_means_for_the_companys_own_and_a_decision_is_carried_out(
    run: Run, tmp_path: Path
) -> None:
    folder = upgrades.place(tmp_path / "dev", "v1")
    run("apply", "--yes")
    upgrades.place(folder, "v2")
    told = run("plan").output
    assert "entities.rent_item.fields.name.max: was 80, now 100; yours: 60" in told
    assert "entities.rent_item.fields.slogan" in told
    run("apply", "--yes", "--take", "entities.rent_item.fields.name.max")
    assert "100" in run("explain", "rent_item.name.max").output
    assert "max: 60" not in (folder / "entities" / "rent_item.yaml").read_text()
    assert "Nothing to do" in run("plan").output
