"""What `tenon pool` and `tenon user leave` promise: a look changes nothing, and what is done is what was shown."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from samples.commands import Run
from samples.pool_world import Pond, open_pond
from tenon.cli.main import tenon
from tenon.clock import FixedClock

LONG_AGO = datetime(2020, 1, 6, 1, 0, tzinfo=UTC)
FILES = {
    "pools/open_sea.yaml": """
label: {en: Open sea, zh-CN: 公海}
entity: x_client
where: not signed
release_reasons: x_why
recycle: {no_followup: 30d, at: "02:00", last_followup: last_contact}
""",
}


@pytest.fixture(scope="module")
def pond(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pond]:
    folder = tmp_path_factory.mktemp("pond") / "pond"
    opened = open_pond(folder, f"sqlite:///{folder / 'pond.sqlite'}", FixedClock(LONG_AGO), FILES)
    yield opened
    opened.workspace.close()


@pytest.fixture
def call(pond: Pond) -> Run:
    folder: Path = pond.workspace.folder
    env = {"LC_ALL": "en_GB.UTF-8", "TENON_DATABASE_URL": f"sqlite:///{folder / 'pond.sqlite'}"}

    def run(*arguments: str, given: str = "") -> Result:
        return CliRunner(env=env).invoke(tenon, ["-w", str(folder), *arguments], input=given)

    return run


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_look_at_tonight_changes_nothing_and_a_run_does_what_it_showed(pond: Pond, call: Run) -> None:
    pond.client("idle", "sam", last_contact="2020-01-06")
    pond.client("signed", "sam", last_contact="2020-01-06", signed=True)
    shown = told(call("--json", "pool", "tonight", "open_sea"))
    assert [(one["title"], one["action"], one["reason"]) for one in shown["records"]] == [
        ("idle", "recycle", "no_followup")
    ]
    assert told(call("--json", "pool", "run", "open_sea")) == {"pool": "open_sea", "queued": False}
    assert pond.owner("idle") == "sam"
    assert told(call("--json", "pool", "run", "open_sea", "--yes", "--work"))["done"]
    assert (pond.owner("idle"), pond.owner("signed")) == (None, "sam")
    (listed,) = told(call("--json", "pool", "list"))
    assert (listed["name"], listed["label"], listed["next"] is not None) == ("open_sea", "Open sea", True)
    assert "goes back" not in call("pool", "tonight", "open_sea").stdout


def test_records_are_handed_out_and_moved_back(pond: Pond, call: Run) -> None:
    record = pond.client("loose")
    assert told(call("--json", "pool", "assign", "open_sea", record, "--to", "sam@pond.example"))["person"]
    assert pond.owner("loose") == "sam"
    refused = call("pool", "release", "open_sea", record)
    assert refused.exit_code == 1
    assert "One of: wrong, no_need" in refused.stderr
    told(call("--json", "pool", "release", "open_sea", record, "--reason", "wrong", "--note", "wrong number"))
    assert pond.owner("loose") is None
    (event, _given) = pond.find("pool_event", f'record_id == "{record}"', sort=("-at", "-id"))
    assert (event["kind"], event["reason"], event["note"]) == ("released", "wrong", "wrong number")


def test_a_pool_nobody_knows_is_refused_with_the_nearest(call: Run) -> None:
    refused = call("pool", "tonight", "open_see")
    assert refused.exit_code == 1
    assert "open_sea" in refused.stderr


def test_leaving_is_shown_first_and_then_done_as_shown(pond: Pond, call: Run) -> None:
    pond.client("hers", "sue")
    plan = ("user", "leave", "sue@pond.example", "--to", "sam@pond.example", "--other", "department.head=-")
    shown = told(call("--json", *plan))
    (owned,) = [one for one in shown["holdings"] if one["key"] == "x_client.owner"]
    assert (owned["count"], owned["to"], shown["queued"]) == (1, "sam@pond.example", False)
    assert pond.owner("hers") == "sue"
    assert told(call("--json", *plan, "--yes", "--work"))["done"]
    assert pond.owner("hers") == "sam"
    assert pond.read("user", pond.ids["sue"], "active")["active"] is False


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--yes",), "--to"),
        (("--to", "sam@pond.example", "--other", "nonsense"), "HOLDING=EMAIL"),
        (("--to", "sally@pond.example", "--yes"), "sally@pond.example"),
    ],
)
def test_what_is_missing_for_leaving_is_named(call: Run, options: tuple[str, ...], words: str) -> None:
    refused = call("user", "leave", "sam@pond.example", *options)
    assert refused.exit_code == 1
    assert words in refused.stderr
