"""What `tenon figures` promises: the numbers of the API, and a table that spreadsheets read."""

import json
from pathlib import Path

from samples.commands import Run


def test_figures_are_told_to_people_programs_and_spreadsheets(acme: Path, run: Run) -> None:
    told = json.loads(run("--json", "figures", "opportunity", "--group", "owner").stdout)
    assert told["pipeline"] == "sales"
    first = told["stages"][0]
    assert first["reached"] > 0
    assert first["reached"] == sum(group["stages"][0]["reached"] for group in told["groups"])
    assert "Engaging" in run("figures", "opportunity").stdout
    lines = run("figures", "opportunity", "--csv").stdout.splitlines()
    assert lines[1].startswith(f"Prospecting,{first['reached']},")


def test_what_is_wrong_is_named(acme: Path, run: Run) -> None:
    refused = run("figures", "opportunity", "--since", "soon")
    assert refused.exit_code == 1
    assert "soon" in refused.stderr
    assert run("figures", "user").exit_code == 1
