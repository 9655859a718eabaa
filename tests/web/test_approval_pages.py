"""The inbox, the page of a request, submitting, and deciding from a mail: by plain forms, without any script."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from samples import workspaces
from samples.approval_world import Shop, open_shop
from tenon import web
from tenon.clock import FixedClock
from tenon.http import create_app


@dataclass
class Office:
    shop: Shop
    app: Flask
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def client(self, who: str) -> FlaskClient:
        if who not in self.clients:
            client = self.clients[who] = self.app.test_client()
            workspaces.give_password(self.shop.pond.workspace, f"{who}@pond.example")
            workspaces.sign_in(client, f"{who}@pond.example")
        return self.clients[who]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("pages")
    clock = FixedClock(datetime(2026, 3, 16, 1, 0, tzinfo=UTC))
    shop = open_shop(folder, f"sqlite:///{folder / 'pages.sqlite'}", clock)
    app = create_app(shop.pond.workspace, [web.part])
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield Office(shop, app)
    shop.pond.workspace.close()


def post(client: FlaskClient, address: str, **fields: Any) -> Any:
    return workspaces.post(client, address, **fields)


def test_a_record_is_submitted_with_the_forecast_in_sight(office: Office) -> None:
    record, sam = office.shop.purchase(name="Benches", lines=("sue",)), office.client("sam")
    assert f"/x_purchase/{record}/-/submit?approval=x_purchase" in sam.get(f"/x_purchase/{record}").text
    form = sam.get(f"/x_purchase/{record}/-/submit").text
    for seen in ("Sue", "Chloe", "manager(record.owner)", "Line owners"):
        assert seen in form
    fields = {"approval": "x_purchase", "comment": "Old ones broke", "files": (BytesIO(b"offer"), "offer.txt")}
    sent = post(sam, f"/x_purchase/{record}/-/submit", **fields)
    assert sent.status_code == 303
    page = sam.get(f"/x_purchase/{record}").text
    assert "This record is locked" in page
    assert "Sue" in page
    refused = post(sam, f"/x_purchase/{record}/-/submit", approval="x_purchase")
    assert refused.status_code == 409
    assert "already" in refused.text


def test_the_inbox_decides_with_one_form(office: Office) -> None:
    request = office.shop.submit(office.shop.purchase(name="Lamps", amount="512.50"), comment="Dark here")
    chloe = office.client("chloe")
    for page in (chloe.get("/inbox").text, chloe.get(f"/inbox/requests/{request}").text):
        for seen in ("Lamps", "Dark here", "512.50"):
            assert seen in page
    task = office.shop.task(request, "chloe")
    done = post(chloe, f"/inbox/tasks/{task}/decide", verb="approve", comment="Fine", back="/inbox")
    assert done.headers["Location"] == "/inbox?done=1"
    assert office.shop.status(request) == "approved"
    assert "Lamps" in chloe.get("/inbox?box=done").text
    assert "Lamps" in office.client("sam").get("/inbox?box=submitted").text
    again = post(chloe, f"/inbox/tasks/{task}/decide", verb="approve")
    assert again.status_code == 409
    assert "ended" in again.text


def test_what_is_asked_of_whoever_decides_stands_on_the_page(office: Office) -> None:
    request = office.shop.submit(office.shop.purchase(name="Safe", keeper="lena"))
    office.shop.decide(request, "chloe")
    lena, task = office.client("lena"), office.shop.task(request, "lena")
    assert 'name="value.budget"' in lena.get(f"/inbox/requests/{request}").text
    refused = post(lena, f"/inbox/tasks/{task}/decide", verb="approve", comment="typed words")
    assert refused.status_code == 422
    assert "typed words" in refused.text
    post(lena, f"/inbox/tasks/{task}/decide", verb="approve", **{"value.budget": "4711"})
    assert office.shop.status(request) == "approved"


def test_handing_over_returning_recalling_and_the_administrator(office: Office) -> None:
    request = office.shop.submit(office.shop.purchase(name="Shelves"))
    chloe, task = office.client("chloe"), office.shop.task(request, "chloe")
    post(chloe, f"/inbox/tasks/{task}/decide", verb="delegate", people=office.shop.person("sol"))
    assert office.shop.asked(request) == ["sol"]
    task = office.shop.task(request, "sol")
    post(office.client("sol"), f"/inbox/tasks/{task}/decide", verb="return", to="start")
    assert office.shop.status(request) == "revising"
    sam = office.client("sam")
    assert "Submit again" in sam.get(f"/inbox/requests/{request}").text
    post(sam, f"/inbox/requests/{request}/act", verb="recall")
    assert office.shop.status(request) == "recalled"
    other = office.shop.submit(office.shop.purchase(name="Shelves"))
    assert post(chloe, f"/inbox/requests/{other}/act", verb="approved", comment="me").status_code == 409
    boss = office.client("boss")
    open_task = office.shop.task(other, "chloe")
    post(boss, f"/inbox/tasks/{open_task}/reassign", people=office.shop.person("sue"), comment="Away")
    assert office.shop.asked(other) == ["sue"]
    post(boss, f"/inbox/requests/{other}/act", verb="rejected", comment="No money")
    assert office.shop.status(other) == "rejected"


def test_a_link_of_a_mail_decides_once_and_only_when_confirmed(office: Office) -> None:
    request = office.shop.submit(office.shop.purchase(name="Curtains"))
    task, workspace = office.shop.task(request, "chloe"), office.shop.pond.workspace
    with office.shop.looking("system") as (unit, _access):
        found = office.shop.approvals.links(unit, task, workspace.secret, "")
    anonymous = office.app.test_client()
    page = anonymous.get(found["approve"])
    assert "Curtains" in page.text
    assert office.shop.status(request) == "running"
    token = page.text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    confirmed = anonymous.post(found["approve"], data={"csrf_token": token, "comment": "By mail"})
    assert "decision is kept" in confirmed.text
    assert office.shop.status(request) == "approved"
    assert anonymous.get(found["approve"]).status_code == 404
    assert anonymous.get(found["reject"]).status_code == 404
    for broken in (found["approve"][:-3] + "abc", "/inbox/link/审批.x", "/inbox/link/a.b"):
        assert anonymous.get(broken).status_code == 404
    assert anonymous.get("/inbox").status_code in (302, 303)


def test_the_pages_speak_chinese(office: Office) -> None:
    request = office.shop.submit(office.shop.purchase(name="灯"))
    office.shop.pond.change("user", office.shop.person("chloe"), language="zh-CN")
    chloe = office.client("chloe")
    page = chloe.get("/inbox").text
    for words in ("待我审批", "确认同意", "拒绝", "灯"):
        assert words in page
    assert "审批流程" in chloe.get(f"/inbox/requests/{request}").text
    office.shop.pond.change("user", office.shop.person("chloe"), language="en")
