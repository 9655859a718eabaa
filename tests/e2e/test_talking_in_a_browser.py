"""Comments and notices in a real browser: said, seen, heard of, and reachable for everybody, on a phone too."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tenon.actors import Actor
from tenon.query import Query
from tenon.workspace import Workspace

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
Findings = Callable[[Page], list[str]]


@pytest.mark.parametrize("width", [1440, 390])
def test_a_comment_is_said_and_a_notice_is_read(
    signed_in: NewPage, workspace: Workspace, findings: Findings, width: int
) -> None:
    actor = Actor.system("test")
    with workspace.reading(actor) as unit:
        query = Query(entity="account", select=("id",), limit=1)
        record = workspace.reader.list(unit, workspace.access(actor), query).records[0]["id"]
    page = signed_in(width=width)
    page.goto(f"/account/{record}")
    page.get_by_label("Your comment").fill("Ask them about 2027, @Ada Admin")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".said-text")).to_have_text("Ask them about 2027, @Ada Admin")
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("button", name="Following")).to_have_attribute("aria-pressed", "true")
    assert findings(page) == []
    access, ada = workspace.access(actor), page.locator(".avatar-dot")
    expect(ada.first).to_be_visible()
    with workspace.unit(actor) as unit:
        people = workspace.reader.list(unit, access, Query(entity="user", where='name == "Ada Admin"', select=("id",)))
        values = {"person": people.records[0]["id"], "title": "Look at this", "kind": "other"}
        values |= {"record_entity": "account", "record_id": record}
        workspace.writer.create(unit, access, "notification", values)
    page.goto("/notifications")
    expect(page.locator("#bell")).to_have_attribute("aria-label", "Notifications, 1 unread")
    assert findings(page) == []
    fits = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert fits
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page).to_have_url(re.compile(f"/account/{record}$"))
    expect(page.locator("#bell")).to_have_attribute("aria-label", "Notifications, none unread")
