"""In charge of the promises about the record page and its forms in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tenon.access import Access
from tenon.actors import Actor
from tenon.query import Query
from tenon.workspace import Workspace

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
Findings = Callable[[Page], list[str]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious_in_records_and_forms(
    signed_in: NewPage, findings: Findings, workspace: Workspace, theme: str, width: int
) -> None:
    page = signed_in(width=width, theme=theme)
    deal, account = first(workspace, "opportunity"), first(workspace, "account")
    for address in (deal, f"{deal}/edit", account, "/opportunity/new", "/user"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        assert findings(page) == [], address
        fits = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert fits, f"{address} is wider than the screen"


def test_an_incomplete_form_is_refused_with_everything_still_in_it(signed_in: NewPage, findings: Findings) -> None:
    page = signed_in(allowed=(422,))
    page.goto("/opportunity/new")
    page.fill("#field-next_step", "Call them")
    page.fill("#field-amount", "lots")
    page.get_by_role("button", name="Save", exact=True).click()
    summary = page.locator("[data-summary]")
    expect(summary).to_contain_text("attention")
    expect(page.locator("#field-next_step")).to_have_value("Call them")
    expect(page.locator("#field-amount")).to_have_value("lots")
    assert findings(page) == []
    summary.get_by_role("link").first.click()
    expect(page.locator("#field-amount")).to_be_focused()


def test_an_order_is_written_with_its_lines_by_keyboard(signed_in: NewPage) -> None:
    page = signed_in()
    page.goto("/opportunity/new")
    page.fill("#field-name", "Twelve pumps")
    choose(page, "account", "")
    page.get_by_role("button", name="Add a row").click()
    row = page.locator(".child-grid tbody tr").first
    expect(row.locator(".ts-control input")).to_be_focused()
    option = row.locator(".ts-dropdown .option").first
    expect(option).to_be_visible()
    option.click()
    price = row.locator("input[name$='.price']")
    expect(price).not_to_have_value("")
    row.locator("input[name$='.quantity']").fill("3")
    amount = float(price.input_value()) * 3
    expect(row.locator("output").first).to_contain_text(f"{amount:,.2f}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Twelve pumps")
    expect(page.locator("[data-notice]")).to_contain_text("created")
    expect(page.locator("#related-panel tbody tr")).to_have_count(1)
    expect(page.locator("[data-value=lines_total]")).to_contain_text(f"{amount:,.2f}")


def test_a_record_to_point_to_is_made_on_the_spot(signed_in: NewPage) -> None:
    page = signed_in(allowed=(422,))
    page.goto("/opportunity/new")
    page.fill("#field-name", "From the fair")
    page.get_by_role("button", name="New: Customer").click()
    dialog = page.get_by_role("dialog", name="New: Customer")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator(".control-error")).to_contain_text("must be filled in")
    dialog.locator("#quick-name").fill("Fairground Ltd")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("[data-field=account] .item")).to_have_text(re.compile("Fairground Ltd"))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-value=account]")).to_contain_text("Fairground Ltd")


def test_a_value_is_changed_in_its_place_and_what_follows_from_it_too(signed_in: NewPage, workspace: Workspace) -> None:
    page = signed_in()
    page.goto(first(workspace, "opportunity", 'stage == "prospecting"'))
    page.get_by_role("button", name="Edit Amount").focus()
    page.keyboard.press("Enter")
    box = page.locator("#inline-amount")
    expect(box).to_be_focused()
    box.fill("1000")
    page.keyboard.press("Enter")
    expect(page.locator("[data-value=amount]")).to_contain_text("1,000.00")
    expect(page.locator("[data-value=weighted]")).to_contain_text("100.00")
    expect(page.locator(".history")).to_contain_text("Amount")


def test_escape_leaves_a_value_as_it_was(signed_in: NewPage, workspace: Workspace) -> None:
    page = signed_in()
    page.goto(first(workspace, "opportunity"))
    before = page.locator("[data-value=name] .value-text").inner_text()
    page.locator("[data-value=name] .value-text").click()
    page.locator("#inline-name").fill("Something else")
    page.keyboard.press("Escape")
    expect(page.locator("[data-value=name] .value-text")).to_have_text(before)


def test_two_people_changing_one_field_choose_between_their_values(signed_in: NewPage, workspace: Workspace) -> None:
    address = first(workspace, "opportunity")
    page = signed_in(allowed=(409,))
    page.goto(f"{address}/edit")
    change(workspace, address, {"next_step": "What Bo wrote"})
    page.fill("#field-next_step", "What I wrote")
    page.fill("#field-description", "Only mine")
    page.get_by_role("button", name="Save", exact=True).click()
    conflict = page.locator(".conflict")
    expect(conflict).to_contain_text("What Bo wrote")
    expect(conflict).to_contain_text("What I wrote")
    conflict.get_by_text("What Bo wrote").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-value=next_step]")).to_contain_text("What Bo wrote")
    expect(page.locator("[data-value=description]")).to_contain_text("Only mine")


def test_two_people_changing_different_fields_do_not_meet(signed_in: NewPage, workspace: Workspace) -> None:
    address = first(workspace, "opportunity")
    page = signed_in()
    page.goto(f"{address}/edit")
    change(workspace, address, {"next_step": "What Bo wrote"})
    page.fill("#field-description", "Only mine")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-value=next_step]")).to_contain_text("What Bo wrote")
    expect(page.locator("[data-value=description]")).to_contain_text("Only mine")


def test_sections_appear_when_their_condition_holds(signed_in: NewPage) -> None:
    page = signed_in()
    page.goto("/account/new")
    company = page.locator("[data-section=company]")
    expect(company).to_be_visible()
    page.locator("#field-kind").get_by_text("Person").click()
    expect(company).to_be_hidden()


def test_leaving_a_changed_form_asks_first(signed_in: NewPage) -> None:
    page = signed_in()
    page.goto("/account/new")
    page.fill("#field-name", "Half a name")
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.message)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    page.once("dialog", stay)
    page.get_by_role("link", name="Cancel").click()
    expect(page.locator("#field-name")).to_have_value("Half a name")
    assert asked


def test_deleting_says_what_and_can_be_undone(signed_in: NewPage, workspace: Workspace, findings: Findings) -> None:
    page = signed_in()
    page.goto(first(workspace, "opportunity", "count(lines) > 0"))
    title = page.get_by_role("heading", level=1).inner_text()
    page.click("main details.menu summary")
    page.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(title)
    expect(dialog).to_contain_text("Products:")
    assert findings(page) == []
    dialog.get_by_role("button", name="Delete").click()
    expect(page.locator("[data-notice]")).to_contain_text("deleted")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def choose(page: Page, field: str, text: str) -> None:
    """Take the first record a picker offers for `text`."""
    holder = page.locator(f"[data-field={field}]")
    holder.locator(".ts-control").click()
    if text:
        page.keyboard.type(text)
    option = holder.locator(".ts-dropdown .option").first
    expect(option).to_be_visible()
    option.click()


def first(workspace: Workspace, entity: str, where: str | None = None) -> str:
    """The address of a record."""
    actor = Actor.system("test")
    with workspace.reading(actor) as unit:
        access = Access.of(workspace.model, actor)
        query = Query(entity=entity, select=("id",), where=where, limit=1)
        return f"/{entity}/{workspace.reader.list(unit, access, query).records[0]['id']}"


def change(workspace: Workspace, address: str, values: dict[str, str]) -> None:
    """What somebody else does meanwhile."""
    _, entity, identity = address.split("/")
    actor = Actor.system("Bo")
    with workspace.unit(actor) as unit:
        workspace.writer.change(unit, Access.of(workspace.model, actor), entity, identity, values, version=None)
