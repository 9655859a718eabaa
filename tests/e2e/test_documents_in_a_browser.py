"""In charge of the promises about documents, paper and templates in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tenon.actors import Actor
from tenon.query import Query
from tenon.workspace import Workspace

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
Findings = Callable[[Page], list[str]]


@pytest.fixture
def deal(workspace: Workspace) -> str:
    """The address of an opportunity with lines."""
    actor = Actor.system("test")
    with workspace.reading(actor) as unit:
        query = Query(entity="opportunity_line", select=("opportunity",), limit=1)
        found = workspace.reader.list(unit, workspace.access(actor), query).records
    return f"/opportunity/{found[0]['opportunity']['id']}"


def test_a_quotation_is_downloaded_and_kept_from_a_record(signed_in: NewPage, findings: Findings, deal: str) -> None:
    page = signed_in()
    page.goto(deal)
    page.locator(".heading-actions details.menu > summary").last.click()
    page.get_by_role("button", name="Make a document").click()
    dialog = page.get_by_role("dialog", name="Make a document")
    expect(dialog).to_be_visible()
    assert findings(page) == []
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.endswith(".pdf")
    dialog.get_by_role("button", name="Make and keep").click()
    expect(page.locator("[data-notice]")).to_contain_text("is kept with this record")
    expect(page.get_by_role("region", name="Files").get_by_role("link")).to_have_count(1)


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing_serious_on_paper_and_in_templates(
    signed_in: NewPage, findings: Findings, deal: str, width: int, theme: str
) -> None:
    page = signed_in(width=width, theme=theme)
    for address in (f"{deal}/-/print", "/-/templates", "/-/templates/quotation"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert findings(page) == [], address
        fits = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert fits, f"{address} is wider than the screen"
