"""Reference data with secrets is applied from the command line, and by the tests of modules, which run on a copy."""

from pathlib import Path

from samples.commands import Run
from tenon.access import Access
from tenon.actors import Actor
from tenon.query import Query
from tenon.workspace import Workspace

FILES = {
    "entities/x_bank.yaml": "label: Bank\nfields: {name: {type: text}, pin: {type: encrypted, sensitive: true}}\n",
    "data/x_bank.yaml": 'key: name\nrows: [{name: First, pin: "1234"}]\n',
    "tests/x_bank.yaml": """
tests:
  a_bank_has_a_name:
    when: {create: x_bank, values: {name: Second, pin: "5678"}}
    then: {values: {name: Second}}
""",
}


def test_data_with_secrets_is_applied(acme: Path, run: Run) -> None:
    for name, text in FILES.items():
        (acme / name).parent.mkdir(exist_ok=True)
        (acme / name).write_text(text)
    result = run("apply", "--yes")
    assert result.exit_code == 0, result.output
    system = Actor.system("test")
    with Workspace.open(acme) as workspace, workspace.unit(system) as unit:
        access = Access.of(workspace.model, system)
        (record,) = workspace.reader.list(unit, access, Query(entity="x_bank", select=("id",))).records
        assert workspace.reader.reveal(unit, access, "x_bank", str(record["id"]), "pin") == "1234"
