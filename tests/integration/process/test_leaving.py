"""In charge of people who leave: nothing of theirs stays open, whatever it is, and they get nothing new."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from samples import workspaces
from samples.api_calls import Caller, application, token
from samples.pool_world import Pond, open_pond
from tenon import web
from tenon.clock import FixedClock
from tenon.errors import Conflict, Forbidden, UnknownName
from tenon.http import create_app
from tenon.process.leaving import Leavers, leavers

FILES = {
    "entities/x_project.yaml": """
label: {en: Project, zh-CN: 项目}
plural: {en: Projects, zh-CN: 项目}
fields:
  name: {type: text, required: true, label: {en: Name, zh-CN: 名称}}
  helper: {type: user, label: {en: Helper, zh-CN: 协助人}}
  found_by: {type: user, label: {en: Found by, zh-CN: 介绍人}}
""",
    "assignments/helping.yaml": """
label: {en: Helping, zh-CN: 协助}
entity: x_project
field: helper
rules: {sellers: {label: {en: Sellers, zh-CN: 销售}, to: 'role("x_seller")', method: round_robin}}
""",
    "approvals/x_signing.yaml": """
label: {en: Signing, zh-CN: 签约审批}
entity: x_client
steps: {first: {label: {en: First, zh-CN: 一审}, who: 'role("x_chief")'}}
""",
}


@pytest.fixture
def pond(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Pond]:
    opened = open_pond(tmp_path / "pond", database_url, clock, FILES)
    yield opened
    opened.workspace.close()


def service(pond: Pond) -> Leavers:
    found: Leavers = pond.workspace.current.processes.ground.service("leavers")
    return found


def open_items(pond: Pond, who: str) -> int:
    with pond.workspace.reading(pond.actor("boss")) as unit:
        return service(pond).preview(unit, pond.access("boss"), pond.ids[who]).open


def leave(pond: Pond, who: str, to: str, by: str = "boss", **others: str) -> None:
    access = pond.access(by)
    with pond.unit(by) as unit:
        given = {key.replace("__", "."): pond.ids.get(value, value) for key, value in others.items()}
        service(pond).leave(unit, access, pond.ids[who], pond.ids[to], given)


def test_nothing_stays_open_when_somebody_leaves(pond: Pond, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leavers, "PORTION", 2)
    ids = pond.ids
    for number in range(5):
        pond.client(f"c{number}", "chloe")
    ids["bridge"] = pond.create("x_project", name="Bridge", helper=ids["chloe"], found_by=ids["chloe"])
    pond.create(
        "reminder",
        person=ids["chloe"],
        text="Call",
        at="2026-04-01T09:00:00Z",
        record_entity="x_client",
        record_id=ids["c0"],
    )
    access, approvals = pond.access("boss"), pond.workspace.current.processes.approvals
    with pond.unit("boss") as unit:
        approvals.submit(unit, access, "x_client", ids["c1"], "x_signing")
    pond.create("role_assignment", person=ids["sue"], role="x_chief")
    with pond.unit("boss") as unit:
        approvals.submit(unit, access, "x_client", ids["c2"], "x_signing")
    assert open_items(pond, "chloe") == 5 + 1 + 1 + 1 + 3 + 2
    leave(pond, "chloe", "sue", x_client__owner="sol")
    pond.workspace.background.run_due()
    assert open_items(pond, "chloe") == 0
    assert {pond.owner(f"c{number}") for number in range(5)} == {"sol"}
    project = pond.read("x_project", ids["bridge"])
    assert (project["helper"]["id"], project["found_by"]["id"]) == (ids["sue"], ids["chloe"])
    assert pond.read("department", ids["sales"])["head"]["id"] == ids["sue"]
    managers = {who: pond.read("user", ids[who])["manager"]["id"] for who in ("sam", "sue", "sol")}
    assert managers == {"sam": ids["sue"], "sue": ids["boss"], "sol": ids["sue"]}
    tasks = pond.find("approval_task", 'status == "open"')
    assert {task["person"]["id"] for task in tasks} <= {ids["sue"], ids["boss"]}
    assert [task["person"]["id"] for task in tasks if task["record_id"] == ids["c1"]] == [ids["sue"]]
    assert pond.read("user", ids["chloe"])["active"] is False
    with pond.workspace.reading(pond.actor("boss")) as unit:
        history = pond.reader.history(unit, pond.access("boss"), "x_client", ids["c0"])
    assert history[0].reason == "Chloe left"
    titles = [each["title"] for each in pond.find("notification", f'person == "{ids["boss"]}"')]
    assert "Everything of Chloe was handed over." in titles


def test_what_cannot_be_is_refused(pond: Pond) -> None:
    pond.client("c", "sam")
    with pytest.raises(Forbidden):
        leave(pond, "sam", "sue", by="chloe")
    with pytest.raises(Conflict, match="own successor"):
        leave(pond, "sam", "sam")
    with pytest.raises(Conflict, match="yourself"):
        leave(pond, "boss", "sue")
    with pytest.raises(UnknownName):
        leave(pond, "sam", "sue", x_client__ovner="sol")
    pond.change("user", pond.ids["sue"], active=False)
    with pytest.raises(Conflict, match="does not work here"):
        leave(pond, "sam", "sue")
    assert pond.read("user", pond.ids["sam"])["active"] is True


def test_it_is_done_over_the_api_and_on_the_page(tmp_path: Path, sqlite_url: str, clock: FixedClock) -> None:
    pond = open_pond(tmp_path / "pond", sqlite_url, clock, FILES)
    pond.client("c", "sam")
    pond.client("d", "sol")
    boss = Caller(application(pond.workspace), token(pond.workspace, pond.ids["boss"]))
    found = boss.get(f"leavers/{pond.ids['sam']}").body
    assert [(each["key"], each["count"]) for each in found["holdings"]] == [("user.manager", 1), ("x_client.owner", 1)]
    assert boss.post(f"leavers/{pond.ids['sam']}", {"to": pond.ids["sue"]}).body["active"] is False
    pond.workspace.background.run_due()
    assert pond.owner("c") == "sue"
    app: Flask = create_app(pond.workspace, [web.part])
    workspaces.give_password(pond.workspace, "boss@pond.example")
    page = app.test_client()
    workspaces.sign_in(page, "boss@pond.example")
    assert "Clients · Owner" in page.get(f"/user/{pond.ids['sol']}/-/leave").text
    workspaces.post(page, f"/user/{pond.ids['sol']}/-/leave", to=pond.ids["sue"])
    pond.workspace.background.run_due()
    assert pond.owner("d") == "sue"
    assert "Everything was handed over" in page.get(f"/user/{pond.ids['sol']}/-/leave").text
    pond.workspace.close()
