"""The automations of the example company do what their help says."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from samples.workspaces import settings_of
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.database import Database
from tenon.query import Query
from tenon.workspace import Workspace
from tenon.workspace.publishing import propose, publish

EXAMPLE = Path(__file__).parents[3] / "examples" / "ruanjian"


@pytest.fixture
def example(tmp_path: Path) -> Workspace:
    folder = tmp_path / "ruanjian"
    shutil.copytree(EXAMPLE, folder)
    clock = FixedClock(datetime(2026, 3, 13, 1, 0, tzinfo=UTC))
    database = Database.open(settings_of(folder).database_url)
    publish(database, propose(database, folder), Actor.system("test"), clock=clock)
    database.close()
    return Workspace.open(folder, settings_of(folder), clock)


def test_winning_prepares_the_implementation_and_renewals_are_remembered(example: Workspace) -> None:
    actor = Actor.system("test", timezone="Asia/Shanghai")
    access, reader, writer, clock = example.access(actor), example.reader, example.writer, example.clock
    assert isinstance(clock, FixedClock)
    with example.unit(actor) as unit:
        chief = writer.create(unit, access, "user", {"name": "Chief", "email": "chief@example.com"}).id
        seller = writer.create(
            unit, access, "user", {"name": "Seller", "email": "seller@example.com", "manager": chief}
        ).id
        account = writer.create(unit, access, "account", {"name": "Park", "owner": seller}).id
        values = {"name": "Licences", "account": account, "owner": seller, "amount": "100", "close_date": "2026-04-01"}
        deal = writer.create(unit, access, "opportunity", values).id
    example.background.run_due()
    with example.unit(actor) as unit:
        for stage in ("engaging", "won"):
            writer.move_stage(unit, access, "opportunity", deal, stage, version=None)
    example.background.run_due()
    with example.reading(actor) as unit:
        assert reader.one(unit, access, "account", account)["x_implementation"] == "preparing"
        told = reader.list(unit, access, Query(entity="notification")).records
        runs = reader.list(unit, access, Query(entity="automation_run")).records
    assert [(run["status"], [line["status"] for line in run["steps"]]) for run in runs] == [("done", ["done", "done"])]
    assert {notice["person"]["id"] for notice in told} == {seller, chief}
    with example.unit(actor) as unit:
        signed = {"status": "signed", "x_product_lines": ["erp"], "x_service_until": "2026-05-01"}
        writer.change(unit, access, "account", account, signed, version=None)
    for _day in range(60):
        clock.advance(days=1)
        example.background.run_due()
    with example.reading(actor) as unit:
        later = reader.list(unit, access, Query(entity="notification")).records
    example.close()
    assert len(later) == len(told) + 1
