import json
import pkgutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from samples.commands import PASSWORD, Run
from tenon.cli import commands
from tenon.cli.main import tenon


@pytest.mark.parametrize("name", [info.name.rstrip("_") for info in pkgutil.iter_modules(commands.__path__)])
def test_every_command_has_help_with_an_example(name: str) -> None:
    result = CliRunner().invoke(tenon, [name, "--help"])
    assert result.exit_code == 0
    assert "Example:" in result.output


def test_a_new_workspace_is_ready_and_a_second_init_says_so(acme: Path, run: Run) -> None:
    assert run("check").exit_code == 0
    assert "Nothing to do" in run("plan").output
    again = run("init", str(acme), "--admin-email", "ann@example.com", "--admin-password-stdin", given=PASSWORD)
    assert again.exit_code == 1
    assert "tenon user password" in again.output


def test_a_change_of_a_file_is_planned_applied_and_listed(acme: Path, run: Run) -> None:
    (acme / "entities").mkdir()
    (acme / "entities" / "account.yaml").write_text("fields:\n  x_tax_number: {type: text, label: Tax number}\n")
    assert "Tax number" in run("plan").output
    assert run("apply", "--yes", "--reason", "taxes").exit_code == 0
    versions = json.loads(run("--json", "versions").output)
    assert [(item["number"], item["reason"]) for item in versions] == [(2, "taxes"), (1, "init")]
    assert run("doctor").exit_code == 0


def test_explain_names_layer_file_and_line(acme: Path, run: Run) -> None:
    (acme / "entities").mkdir()
    (acme / "entities" / "account.yaml").write_text("label: {en: Client}\n")
    output = run("--json", "explain", "entities.account.label.en").output
    first, below = json.loads(output)
    assert (first["value"], first["layer"], first["location"]) == ("Client", "workspace", "entities/account.yaml:1:13")
    assert below["value"] == "Customer"
    assert below["location"].startswith("modules/customers/entities/account.yaml:")


def test_explain_access_gives_reasons(acme: Path, run: Run) -> None:
    result = run("explain", "access", "--user", "li.na@example.com", "--entity", "opportunity")
    assert result.exit_code == 0
    assert "salesperson" in result.output


def test_what_is_exported_can_be_imported_again(acme: Path, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "competitors.csv"
    assert run("export", "-e", "competitor", "--select", "name,website", "--out", str(file)).exit_code == 0
    rows = len(file.read_text().splitlines()) - 1
    result = run("--json", "import", str(file), "-e", "competitor", "--match", "name")
    assert json.loads(result.output)["unchanged"] == rows > 0


def test_a_refusal_is_a_sentence_with_exit_code_one_and_a_wrong_call_exits_two(acme: Path, run: Run) -> None:
    refused = run("export", "-e", "oportunity")
    assert refused.exit_code == 1
    assert "opportunity" in refused.output
    assert "Traceback" not in refused.output
    assert run("export").exit_code == 2


def test_a_folder_that_is_no_workspace_yet_says_what_to_run(run: Run, tmp_path: Path) -> None:
    result = run("user", "list")
    assert result.exit_code == 1
    assert "tenon init" in result.output
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "workspace.yaml").write_text("name: acme\nlabel: Acme\nmodules: [core]\n")
    result = run("user", "list")
    assert result.exit_code == 1
    assert "tenon apply" in result.output


def test_people_and_tokens_are_managed_from_the_command_line(acme: Path, run: Run) -> None:
    added = run("user", "add", "bob@example.com", "--role", "viewer", "--password-stdin", given=PASSWORD)
    assert added.exit_code == 0, added.output
    token = json.loads(run("--json", "token", "create", "bob@example.com", "--name", "t", "--scope", "*:read").output)
    assert token["token"].startswith("tenon_")
    assert run("token", "revoke", token["id"]).exit_code == 0
    assert run("user", "disable", "bob@example.com").exit_code == 0
    assert run("user", "role", "ann@example.com", "viwer").exit_code == 1


def test_explain_tells_each_part_of_what_many_layers_have_written(acme: Path, run: Run) -> None:
    (acme / "entities").mkdir(exist_ok=True)
    (acme / "entities" / "account.yaml").write_text("label: {en: Client}\n")
    found = json.loads(run("--json", "explain", "account.label").output)
    told = [(item["part"], item["value"], item["layer"]) for item in found]
    assert told[:2] == [("en", "Client", "workspace"), ("en", "Customer", "customers")]
    assert ("zh-CN", "客户", "customers") in told
