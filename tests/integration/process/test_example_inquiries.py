"""The contact form of the example companies: a visitor writes, a salesperson calls back and makes a customer of it."""

import re
import shutil
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from samples.workspaces import settings_of
from tenon.actors import Actor
from tenon.application import application
from tenon.clock import FixedClock
from tenon.database import Database
from tenon.query import Query
from tenon.workspace import Workspace
from tenon.workspace.publishing import propose, publish

EXAMPLES = Path(__file__).parents[3] / "examples"
ACTOR = Actor.system("test", timezone="Asia/Shanghai")


def found(workspace: Workspace, entity: str) -> list[dict[str, Any]]:
    with workspace.reading(ACTOR) as unit:
        return list(workspace.reader.list(unit, workspace.access(ACTOR), Query(entity=entity)).records)


@pytest.mark.parametrize("name", ["ruanjian", "b2b-sales"])
def test_an_inquiry_becomes_a_task_and_then_a_customer(name: str, tmp_path: Path) -> None:
    folder, clock = tmp_path / name, FixedClock(datetime(2026, 3, 13, 1, 0, tzinfo=UTC))
    shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns("*.csv", "demo"))
    database = Database.open(settings_of(folder).database_url)
    publish(database, propose(database, folder), ACTOR, clock=clock)
    database.close()
    with Workspace.open(folder, settings_of(folder), clock) as workspace:
        access, writer = workspace.access(ACTOR), workspace.writer
        with workspace.unit(ACTOR) as unit:
            seller = writer.create(unit, access, "user", {"name": "Sue", "email": "sue@example.com", "active": True}).id
            writer.create(unit, access, "role_assignment", {"person": seller, "role": "salesperson"})
        client = application(workspace).test_client()
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', client.get("/f/contact").text)
        clock.advance(seconds=20)
        data = {key: unescape(value) for key, value in hidden}
        data |= {
            "name": "Lin Wei",
            "company": "East Park",
            "email": "lin@example.com",
            "topic": "prices",
            "people": "5",
        }
        assert client.post("/f/contact", data={**data, "-consent": "1"}).status_code == 303
        workspace.background.run_due()
        (inquiry,) = found(workspace, "x_inquiry")
        assert (inquiry["owner"]["id"], inquiry["people"], inquiry["source"]) == (seller, 5, "website")
        (task,) = found(workspace, "task")
        assert (task["owner"]["id"], "Lin Wei" in task["title"]) == (seller, True)
        with workspace.unit(ACTOR) as unit:
            automations = workspace.current.processes.automations
            automations.start_by_hand(unit, access, "x_inquiry_taken", "x_inquiry", inquiry["id"], {})
        workspace.background.run_due()
        (account,), (deal,), (contact,) = (found(workspace, entity) for entity in ("account", "opportunity", "contact"))
        (inquiry,) = found(workspace, "x_inquiry")
        assert (account["name"], account["kind"], contact["email"]) == ("East Park", "company", "lin@example.com")
        assert (inquiry["account"]["id"], inquiry["opportunity"]["id"]) == (account["id"], deal["id"])
        assert deal["primary_contact"]["id"] == contact["id"]
