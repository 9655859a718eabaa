"""In charge of the promises about lists and boards in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tenon.access import Access
from tenon.actors import Actor
from tenon.workspace import Workspace

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
Findings = Callable[[Page], list[str]]
PAGES = (
    "/opportunity?view=list",
    "/opportunity?view=board",
    "/opportunity?q=nothing+like+this",
    "/opportunity?deleted=1",
    "/account?view=by_level",
    "/file",
)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious_in_lists(signed_in: NewPage, findings: Findings, theme: str, width: int) -> None:
    page = signed_in(width=width, theme=theme)
    for address in PAGES:
        page.goto(address)
        assert findings(page) == [], address
        fits = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert fits, f"{address} is wider than the screen"


def test_panels_over_a_list_are_accessible(signed_in: NewPage, findings: Findings) -> None:
    page = signed_in()
    page.goto("/opportunity?view=list&where=amount > 1000 and owner == user")
    page.click(".chip-add")
    expect(page.locator("dialog[data-filter]")).to_be_visible()
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.click("main details.menu summary")
    page.get_by_text("Choose columns…").click()
    expect(page.get_by_role("dialog", name="Columns")).to_be_visible()
    assert findings(page) == []


def test_typing_narrows_the_list_and_clearing_brings_all_back(signed_in: NewPage) -> None:
    page = signed_in()
    page.goto("/account")
    rows = page.locator("tr[data-id]")
    before = rows.count()
    title = page.locator("a.name").first.inner_text()
    page.fill("#list-search", title)
    expect(rows).to_have_count(1)
    assert "q=" in page.url
    page.fill("#list-search", "")
    expect(rows).to_have_count(before)


def test_sorting_is_an_address_one_can_go_back_from(signed_in: NewPage) -> None:
    page = signed_in()
    page.goto("/opportunity?view=list")
    page.get_by_role("link", name="Amount").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Amount")
    page.get_by_role("link", name="Amount").click()
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Amount")
    page.go_back()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Amount")


def test_a_filter_made_of_rows_becomes_an_expression_and_rows_again(signed_in: NewPage) -> None:
    page = signed_in()
    page.goto("/opportunity?view=list")
    page.click(".chip-add")
    compare(page, 0, "amount", "over")
    page.locator(".filter-row input[name$=value]").fill("100000")
    page.get_by_role("button", name="Add a condition").click()
    compare(page, 1, "stage", "equal")
    page.locator(".filter-row").nth(1).locator("select[name$=value]").select_option("won")
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.locator(".chip-own")).to_have_count(2)
    assert "where=" in page.url
    page.click(".chip-add")
    expect(page.locator(".filter-row")).to_have_count(2)
    expect(page.locator(".filter-row input[name$=value]").first).to_have_value("100000")


def test_a_wrong_expression_is_explained_where_it_was_typed(signed_in: NewPage) -> None:
    page = signed_in(allowed=(422,))
    page.goto("/opportunity?view=list")
    page.click(".chip-add")
    page.get_by_role("button", name="Expression").click()
    page.fill("#filter-expression", "amont > 3")
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.locator("#filter-error")).to_contain_text("amount")
    expect(page.locator("#filter-expression")).to_have_value("amont > 3")


def test_a_row_opens_by_click_and_rows_are_walked_with_arrows(signed_in: NewPage) -> None:
    page = signed_in()
    page.goto("/account")
    links = page.locator("a.name")
    links.first.focus()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    title = links.nth(2).inner_text()
    page.locator("tr[data-id]").nth(2).locator("td").nth(3).click(position={"x": 2, "y": 2})
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_scrolling_far_keeps_few_rows_in_the_page(signed_in: NewPage, workspace: Workspace) -> None:
    _many(workspace, 420)
    page = signed_in()
    page.goto("/competitor")
    seen = page.locator("tr[data-id]").count()
    page.mouse.move(800, 400)  # over the list: the navigation scrolls by itself
    for _ in range(14):
        page.mouse.wheel(0, 3000)
        page.wait_for_load_state("networkidle")
        assert page.locator("tr[data-id]").count() <= 200
    expect(page.locator("tbody[data-chunk]")).not_to_have_count(1)
    assert seen == 50
    expect(page.locator("[data-more]")).to_have_count(0)
    assert page.locator("tr[data-id]").count() <= 150
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, 0)")
    expect(page.get_by_role("link", name="Rival 000", exact=True)).to_be_visible()


def test_several_records_are_changed_at_once(signed_in: NewPage) -> None:
    page = signed_in()
    page.goto("/account")
    page.locator("input[name=id]").nth(0).check()
    page.locator("input[name=id]").nth(1).check()
    expect(page.locator("#bulk")).to_contain_text("2 picked")
    page.get_by_role("button", name="Change a field…").click()
    page.locator("#bulk-field").select_option("city")
    page.locator("#bulk-city").fill("Zzyzx")
    page.get_by_role("button", name="Change 2 records").click()
    expect(page.locator("[data-notice]")).to_contain_text("Changed 2 records")
    page.goto('/account?where=city == "Zzyzx"')
    expect(page.locator("tr[data-id]")).to_have_count(2)


def test_a_card_is_dragged_to_the_next_stage_and_the_lanes_count_anew(signed_in: NewPage) -> None:
    page = signed_in()
    page.goto("/opportunity?view=board")
    card = page.locator("[data-lane=prospecting] .board-card").first
    title = card.locator("a.name").inner_text()
    before = int(page.locator("#lane-engaging .count").inner_text())
    _drag(page, card, "engaging")
    expect(page.locator("#lane-engaging .count")).to_have_text(str(before + 1))
    page.reload()
    expect(page.locator("[data-lane=engaging]")).to_contain_text(title)


def test_a_refused_move_snaps_back_and_says_why(signed_in: NewPage) -> None:
    page = signed_in(allowed=(409,))
    page.goto("/opportunity?view=board")
    card = page.locator("[data-lane=prospecting] .board-card").first
    title = card.locator("a.name").inner_text()
    _drag(page, card, "negotiation")
    expect(page.locator(".toast-danger")).to_contain_text("cannot move")
    expect(page.locator("[data-lane=prospecting] .board-card").first).to_contain_text(title)


def test_a_stage_that_wants_more_asks_for_it_and_cancelling_puts_the_card_back(signed_in: NewPage) -> None:
    page = signed_in(allowed=(422,))
    page.goto("/opportunity?view=board")
    card = page.locator("[data-lane=prospecting] .board-card").first
    title = card.locator("a.name").inner_text()
    lost = int(page.locator("#lane-lost .count").inner_text())
    card.locator("[data-move-menu]").click()
    page.get_by_role("menuitem", name="Lost").click()
    dialog = page.get_by_role("dialog", name="Move to Lost")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-lane=prospecting]")).to_contain_text(title)
    page.locator("[data-lane=prospecting] .board-card", has_text=title).locator("[data-move-menu]").click()
    page.get_by_role("menuitem", name="Lost").click()
    dialog.locator("select").select_option(index=1)
    dialog.get_by_role("button", name="Save and move").click()
    expect(page.locator("#lane-lost .count")).to_have_text(str(lost + 1))
    page.reload()
    expect(page.locator("[data-lane=lost]")).to_contain_text(title)


def compare(page: Page, place: int, field: str, operator: str) -> None:
    """Choose field and comparison of a row; the server draws the row anew after each."""
    row = page.locator(".filter-row").nth(place)
    for name, chosen in (("field", field), ("operator", operator)):
        expect(page.locator(".htmx-added, .htmx-settling, .htmx-request")).to_have_count(0)  # it listens by now
        row.locator(f"select[name$={name}]").select_option(chosen)
        expect(row.locator(f"select[name$={name}] option[selected]")).to_have_attribute("value", chosen)


def _drag(page: Page, card: object, lane: str) -> None:
    box = card.bounding_box()  # type: ignore[attr-defined]
    target = page.locator(f"[data-lane-cards={lane}]").bounding_box()
    assert target is not None
    page.wait_for_load_state("networkidle")
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] - 8)
    page.mouse.down()
    for step in range(1, 13):
        across = box["x"] + 40 + (target["x"] + 60 - box["x"] - 40) * step / 12
        page.mouse.move(across, target["y"] + 60)
    page.mouse.up()


def _many(workspace: Workspace, count: int) -> None:
    actor = Actor.system("many rows")
    with workspace.unit(actor) as unit:
        rows = [{"name": f"Rival {number:03}"} for number in range(count)]
        workspace.writer.create_many(unit, Access.of(workspace.model, actor), "competitor", rows)
