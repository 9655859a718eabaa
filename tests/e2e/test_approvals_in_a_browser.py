"""In charge of the promise that a record is submitted and approved in a browser, on a phone as well."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from samples import workspaces
from samples.approval_world import Shop, open_shop
from tenon.clock import FixedClock
from tenon.workspace import Workspace

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
Findings = Callable[[Page], list[str]]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    clock = FixedClock(datetime(2026, 3, 16, 1, 0, tzinfo=UTC))
    opened = open_shop(tmp_path / "shop", f"sqlite:///{tmp_path / 'shop.sqlite'}", clock)
    for who in ("sam", "chloe"):
        workspaces.give_password(opened.pond.workspace, f"{who}@pond.example")
    yield opened
    opened.pond.workspace.close()


@pytest.fixture
def workspace(shop: Shop) -> Workspace:
    """What the fixture `address` serves here."""
    return shop.pond.workspace


def signed_in_as(page: Page, who: str) -> Page:
    page.goto("/sign-in")
    page.fill("#email", f"{who}@pond.example")
    page.fill("#password", workspaces.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".topbar")
    return page


def test_a_purchase_is_submitted_and_approved_in_two_taps(new_page: NewPage, shop: Shop, findings: Findings) -> None:
    record = shop.purchase(name="Desks for everybody")
    sam = signed_in_as(new_page(), "sam")
    sam.goto(f"/x_purchase/{record}")
    sam.get_by_role("link", name="Submit for approval").click()
    expect(sam.locator(".flow")).to_contain_text("Chloe")
    assert findings(sam) == []
    sam.get_by_label("Why you submit it").fill("The old ones broke")
    sam.get_by_role("button", name="Submit for approval").click()
    expect(sam.locator(".approval-panel")).to_contain_text("This record is locked")
    assert findings(sam) == []

    chloe = signed_in_as(new_page(width=390, theme="dark"), "chloe")
    chloe.goto("/inbox")
    ask = chloe.locator(".ask")
    expect(ask).to_contain_text("The old ones broke")
    assert findings(chloe) == []
    assert chloe.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    ask.locator("summary", has_text="Approve").tap()
    ask.get_by_role("button", name="Confirm approval").tap()
    expect(chloe.locator(".notice-success")).to_be_visible()
    expect(chloe.locator(".ask")).to_have_count(0)

    sam.reload()
    expect(sam.locator(".approval-panel .tag").first).to_have_text("Approved")
