"""`tenon uses` and what `tenon plan` says of the things it touches."""

import json
from pathlib import Path

from samples.commands import Run

FIELDS = "fields:\n  x_tax: {type: text}\n  x_empty: {type: text}\n  x_shown: {type: text}\n"
VIEW = "views: {list: {type: table, columns: [name, x_shown]}}\n"


def test_uses_of_a_field_and_how_filled_it_is(acme: Path, run: Run) -> None:
    found = json.loads(run("--json", "uses", "opportunity.amount").output)
    assert found["of"] == "entities.opportunity.fields.amount"
    assert {"view", "form", "rule", "formula", "rollup", "stage"} <= {use["kind"] for use in found["uses"]}
    assert all(use["location"] for use in found["uses"])
    assert found["filled"]["rows"] >= found["filled"]["filled"] > 0
    assert found["filled"]["last"]
    shown = run("uses", "opportunity.amount").output
    assert "Filled in" in shown
    wrong = run("uses", "opportunity.amuont")
    assert wrong.exit_code == 1
    assert "opportunity.amount" in wrong.output


def test_import_mappings_of_the_folder_count(acme: Path, run: Run) -> None:
    (acme / "import").mkdir()
    mapping = "entity: account\nfields:\n  name: company\n  level: {constant: valid}\n"
    (acme / "import" / "accounts.yaml").write_text(mapping)
    found = json.loads(run("--json", "uses", "account.name").output)
    assert [use["location"] for use in found["uses"] if use["kind"] == "import"] == ["import/accounts.yaml:3"]


def test_unused_names_the_fields_that_nothing_uses_and_no_record_fills(acme: Path, run: Run) -> None:
    (acme / "entities").mkdir()
    text = "label: Case\nowned: true\nfields:\n  name: {type: text}\n"
    text += "".join(f"  f{number}: {{type: text}}\n" for number in range(40))
    text += "  empty_one: {type: text}\n  empty_two: {type: date}\n  filled: {type: text}\n"
    text += "".join(f"  spare{number}: {{type: text}}\n" for number in range(25))
    text += "views: {list: {type: table, columns: [name, " + ", ".join(f"f{number}" for number in range(20)) + "]}}\n"
    text += "forms: {main: {sections: {all: {fields: [name, " + ", ".join(f"f{n}" for n in range(20, 40)) + "]}}}}\n"
    (acme / "entities" / "x_case.yaml").write_text(text)
    (acme / "rows.csv").write_text("name,filled\nOne,yes\n")
    assert run("apply", "--yes").exit_code == 0
    assert run("import", str(acme / "rows.csv"), "--entity", "x_case").exit_code == 0
    found = json.loads(run("--json", "uses", "--unused").output)
    unused = ["empty_one", "empty_two", *(f"spare{number}" for number in range(25))]
    assert [item["field"] for item in found if item["entity"] == "x_case"] == unused


def test_a_plan_says_what_uses_a_thing_and_what_callers_notice(acme: Path, run: Run) -> None:
    folder = acme / "entities"
    folder.mkdir()
    (folder / "account.yaml").write_text(FIELDS + VIEW)
    assert run("apply", "--yes").exit_code == 0
    (folder / "account.yaml").write_text(
        "fields:\n  x_tax: {type: text, max: 50}\nviews: {list: {type: table, columns: [name]}}\n"
    )
    shown = run("plan").output
    assert "Takes away" in shown
    assert "used by 1 view" in shown
    assert "account.x_shown" in shown
    assert "Callers of the API" in shown
    found = json.loads(run("--json", "plan").output)
    (retired,) = [item for item in found["operations"] if item["kind"] == "retire_field" and item["field"] == "x_shown"]
    assert [use["path"] for use in retired["uses"]] == ["entities.account.views.list"]
    assert {(item["kind"], item["name"]) for item in found["api"]} >= {
        ("gone", "account.x_shown"),
        ("gone", "account.x_empty"),
    }
    assert found["upgrade"] is not None
