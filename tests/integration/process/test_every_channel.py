"""Pages, bulk changes, imports, the API and automations are heard alike, and meet the same demands of a stage."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from samples.automation_world import Works, open_works
from samples.workspaces import csrf_token, give_password, sign_in
from tenon.application import application
from tenon.clock import FixedClock
from tenon.exchange import Importer, ImportResult, read_mapping
from tenon.exchange.importing.mapping import FileForm
from tenon.exchange.importing.rows import open_rows
from tenon.workspace import tokens

FILES = {
    "entities/x_deal/pipelines.yaml": """
main:
  label: {en: Deals, zh-CN: 交易}
  stages:
    open: {kind: open, label: {en: Open, zh-CN: 进行中}}
    won: {kind: won, require: [amount], label: {en: Won, zh-CN: 赢单}}
""",
    "entities/x_deal/views.yaml": """
list: {type: table, label: {en: Deals, zh-CN: 交易}, columns: [name, amount, stage]}
board: {type: kanban, label: {en: Board, zh-CN: 看板}, by: stage, card: [amount]}
""",
    "automations/heard.yaml": """
on: {updated: {entity: x_line, fields: [quantity]}}
run_as: system
do: {note: {set: {checked: "true"}}}
""",
    "automations/flow.yaml": """
on: {updated: {entity: x_deal, fields: [score]}}
do: {all: {update: {of: lines, set: {quantity: record.score}}}}
""",
}
COUNT = 50


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    folder = tmp_path_factory.mktemp("channels")
    clock = FixedClock(datetime(2026, 3, 13, 1, 0, tzinfo=UTC))
    opened = open_works(folder, f"sqlite:///{folder / 'works.sqlite'}", clock, FILES)
    give_password(opened.workspace, "ada@example.com")
    yield opened
    opened.workspace.close()


class Doors:
    """Ways in for Ada."""

    def __init__(self, works: Works, folder: Path) -> None:
        self.works, self.folder = works, folder
        self.client: FlaskClient = application(works.workspace).test_client()
        sign_in(self.client, "ada@example.com")
        self.token = csrf_token(self.client, "/-/settings")
        now = works.clock.now()
        scopes = {"*": frozenset({"read", "create", "update"})}
        with works.workspace.database.writing() as connection:
            _id, secret = tokens.create_token(connection, works.ids["ada"], "t", scopes, now, now + timedelta(days=1))
        self.headers = {"Authorization": f"Bearer {secret}"}

    def page(self, address: str, **fields: Any) -> Any:
        return self.client.post(address, data={"csrf_token": self.token, **fields}, headers={"HX-Request": "true"})

    def api(self, method: str, address: str, body: Any) -> Any:
        headers = {**self.headers, "If-Match": "*"}
        return self.client.open(f"/api/v1/{address}", method=method, json=body, headers=headers)

    def load(self, entity: str, *columns: str, rows: list[list[str]]) -> ImportResult:
        """A file of values by column, found again by name."""
        works, file = self.works, self.folder / "rows.csv"
        with file.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows([["name", *columns], *rows])
        fields = {name: name for name in ("name", *columns)}
        mapping = {"entity": entity, "match": ["name"], "fields": fields}
        with open_rows(file, FileForm("utf-8")) as lines:
            read = read_mapping(mapping, works.workspace.model, lines.headings)
            unit = lambda: works.workspace.unit(works.actor("ada"))  # noqa: E731
            return Importer(read, works.workspace.reader, works.workspace.writer, unit, "UTC").run(lines.lines)


@pytest.fixture
def doors(works: Works, tmp_path: Path) -> Doors:
    return Doors(works, tmp_path)


def test_fifty_changes_are_fifty_events_whichever_way_they_come(works: Works, doors: Doors) -> None:
    """P62."""
    deal = works.create("x_deal", "ada", name="Many")
    rows = [{"name": f"L{number}", "deal": deal, "quantity": 0} for number in range(COUNT)]
    access = works.access("ada")
    with works.unit("ada") as unit:
        lines = [
            str(one.saved.id) for one in works.workspace.writer.create_many(unit, access, "x_line", rows) if one.saved
        ]
    works.go()
    heard: Counter[str] = Counter()
    for number, channel in enumerate(("page", "bulk", "api", "import", "flow"), 1):
        change(doors, channel, deal, lines, number)
        works.go()
        runs = works.find("automation_run", 'automation == "automation:heard"')
        told = Counter(run["record_id"] for run in runs) - heard
        assert told == Counter(lines), channel
        heard += told
        assert {line["quantity"] for line in works.find("x_line")} == {number}, channel


def change(doors: Doors, channel: str, deal: str, lines: list[str], value: int) -> None:
    if channel == "page":
        for line in lines:
            answer = doors.page(f"/x_line/{line}/-/field/quantity", quantity=str(value))
            assert answer.status_code < 400, answer.text
    elif channel == "bulk":
        answer = doors.page("/x_line/-/bulk/change", id=lines, field="quantity", quantity=str(value))
        assert answer.status_code < 400, answer.text
    elif channel == "api":
        operations = [{"do": "change", "entity": "x_line", "id": line, "values": {"quantity": value}} for line in lines]
        answer = doors.api("POST", "batch", {"operations": operations})
        assert {outcome["status"] for outcome in answer.json["outcomes"]} == {200}
    elif channel == "import":
        result = doors.load("x_line", "quantity", rows=[[f"L{number}", str(value)] for number in range(COUNT)])
        assert result.changed == COUNT
    else:
        doors.works.change("x_deal", deal, "ada", score=value)


def test_what_a_stage_demands_is_told_alike_at_every_door(works: Works, doors: Doors) -> None:
    """P72: dragging, the stage bar, the API and imports name the missing field; forms and bulk have no stage."""
    for page in ("/x_deal/new", "/x_deal/-/bulk/change"):
        assert 'name="stage"' not in doors.client.get(page).text
    deal = works.create("x_deal", "ada", name="Demands")
    record = f"/x_deal/{deal}"
    wanted = {"id": deal, "entity": "x_deal", "do": "change", "values": {"stage": "won"}}
    answers = {
        "lane": doors.page(f"{record}/lane", lane="won", version="1"),
        "drag or stage bar": doors.page(f"{record}/stage", stage="won", version="1"),
        "api": doors.api("PATCH", f"x_deal/{deal}", {"stage": "won"}),
        "api move": doors.api("POST", f"x_deal/{deal}/actions/stage", {"stage": "won"}),
        "api batch": doors.api("POST", "batch", {"operations": [wanted]}),
    }
    for door, answer in answers.items():
        assert "Amount" in answer.text + answer.headers.get("HX-Trigger", ""), door
    refused = doors.load("x_deal", "stage", rows=[["Demands", "won"]]).rejections
    assert ["Amount" in str(one) for one in refused] == [True]
    assert works.read("x_deal", deal)["stage"] == "open"
