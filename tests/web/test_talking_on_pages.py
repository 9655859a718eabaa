"""The bell, the page of notices, and what people say about a record on its page."""

import re

import pytest
from flask.testing import FlaskClient

from samples import workspaces
from tenon.access import Access
from tenon.actors import Actor
from tenon.database import count_statements
from tenon.query import Query
from tenon.workspace import Workspace


@pytest.fixture
def guest(workspace: Workspace) -> str:
    return workspaces.add_person(workspace, "gil@example.com", ["employee", "sales_director"])


def account(workspace: Workspace) -> str:
    actor = Actor.system("test")
    with workspace.reading(actor) as unit:
        access = Access.of(workspace.model, actor)
        return str(workspace.reader.list(unit, access, Query(entity="account", select=("id",))).records[0]["id"])


def sign_in_as(signed_in: FlaskClient, email: str) -> FlaskClient:
    client = signed_in.application.test_client()
    workspaces.sign_in(client, email)
    return client


def test_a_comment_reaches_the_named_colleague_and_his_bell(
    signed_in: FlaskClient, workspace: Workspace, guest: str
) -> None:
    record = account(workspace)
    page = signed_in.get(f"/account/{record}").text
    assert f'hx-get="/account/{record}/-/talk"' in page
    assert 'aria-label="Notifications, none unread"' in page
    panel = workspaces.post(signed_in, f"/account/{record}/-/talk", text="Look, @Gil Guest, <b>now</b>").text
    assert "Look, @Gil Guest, &lt;b&gt;now&lt;/b&gt;" in panel
    assert "Gil Guest</span>" in panel
    workspace.background.run_due()
    gil = sign_in_as(signed_in, "gil@example.com")
    assert 'aria-label="Notifications, 1 unread"' in gil.get("/").text
    assert 'class="bell-count"' in gil.get("/-/bell").text
    notices = gil.get("/notifications").text
    assert "Ada Admin mentioned you" in notices
    assert "Look, @Gil Guest, &lt;b&gt;now" in notices
    notice = re.search(r'action="(/notifications/[0-9a-f-]+/open)"', notices)
    assert notice is not None
    assert workspaces.post(gil, notice[1]).headers["Location"] == f"/account/{record}"
    assert 'aria-label="Notifications, none unread"' in gil.get("/").text
    assert "mentioned you" not in gil.get("/notifications?unread=1").text


def test_nobody_marks_what_others_were_told(signed_in: FlaskClient, workspace: Workspace, guest: str) -> None:
    record = account(workspace)
    workspaces.post(signed_in, f"/account/{record}/-/talk", text="Hello @Gil Guest")
    workspace.background.run_due()
    workspaces.post(signed_in, "/notifications/read")
    assert "1 unread" in sign_in_as(signed_in, "gil@example.com").get("/").text


def test_following_reminding_and_taking_back(signed_in: FlaskClient, workspace: Workspace) -> None:
    at = f"/account/{account(workspace)}/-/talk"
    assert 'aria-pressed="false"' in signed_in.get(at).text
    assert 'aria-pressed="true"' in workspaces.post(signed_in, f"{at}/follow").text
    assert 'aria-pressed="false"' in workspaces.post(signed_in, f"{at}/follow").text
    assert workspaces.post(signed_in, f"{at}/remind", text="Call", at="2026-03-15T10:00").status_code == 200
    refused = workspaces.post(signed_in, f"{at}/remind", text="Call", at="soon")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    said = workspaces.post(signed_in, at, text="Nonsense").text
    delete = re.search(r'hx-post="([^"]+/delete)"', said)
    assert delete is not None
    assert "Nonsense" not in workspaces.post(signed_in, delete[1]).text
    assert workspaces.post(signed_in, at, text="  ").status_code == 422


def test_how_one_wants_to_be_told_is_kept(signed_in: FlaskClient) -> None:
    wishes = {"notify_by_mail": "daily", "quiet_from": "22:00", "quiet_to": "07:30"}
    assert workspaces.post(signed_in, "/notifications/wishes", **wishes).status_code == 303
    page = signed_in.get("/notifications?done=wishes").text
    assert '<option value="daily" selected>' in page
    assert 'name="quiet_from" value="22:00"' in page
    assert 'name="notify_of_changes" value="1">' in page
    assert workspaces.post(signed_in, "/notifications/wishes", notify_by_mail="pigeon").status_code == 400


def test_the_bell_and_the_panel_cost_few_statements(signed_in: FlaskClient, workspace: Workspace) -> None:
    record = account(workspace)
    for address, most in (("/-/bell", 2), (f"/account/{record}/-/talk", 4), ("/notifications", 5)):
        signed_in.get(address)
        with count_statements(workspace.database) as counter:
            assert signed_in.get(address).status_code == 200
        assert counter.count <= most, (address, counter.texts)
