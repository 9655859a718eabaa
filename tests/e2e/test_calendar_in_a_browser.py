"""In charge of the promises about calendars in a real browser: dragging, keys, the dialog, a click on a day."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from samples import workspaces
from tenon.access import Access
from tenon.actors import Actor
from tenon.workspace import Workspace

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
Findings = Callable[[Page], list[str]]


@pytest.fixture
def tasks(workspace: Workspace) -> None:
    """Of the administrator, on the Monday after the tests' present and on the day after."""
    me = workspaces.give_password(workspace, workspaces.ADMINISTRATOR)
    actor = Actor.system("test")
    with workspace.unit(actor) as unit:
        for title, due in (("Call back", "2026-03-16T01:00:00Z"), ("Write offer", "2026-03-17T06:00:00Z")):
            values = {"title": title, "due": due, "owner": me}
            workspace.writer.create(unit, Access.of(workspace.model, actor), "task", values)
        away = {"who": me, "first_day": "2026-03-19", "last_day": "2026-03-20", "note": "Fair"}
        workspace.writer.create(unit, Access.of(workspace.model, actor), "absence", away)


@pytest.mark.usefixtures("tasks")
def test_entries_are_moved_by_pointer_keys_and_dialog(signed_in: NewPage) -> None:
    page = signed_in()
    page.goto("/calendar?off=opportunity.calendar&off=opportunity.next_steps")
    entry = page.locator("[data-entry]", has_text="Call back")
    drag(page, entry, page.locator('[data-day-cell="2026-03-18"]'))
    expect(on(page, "2026-03-18", "Call back")).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("Moved to Mar 18, 2026, 9:00")
    expect(entry.locator("a")).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    expect(on(page, "2026-03-19", "Call back")).to_be_visible()
    expect(entry.locator("a")).to_be_focused()
    page.keyboard.press("m")
    dialog = page.get_by_role("dialog", name="Move")
    expect(dialog.get_by_label("To")).to_have_value("2026-03-19T09:00")
    dialog.get_by_label("To").fill("2026-03-24T15:30")
    dialog.get_by_role("button", name="Move").click()
    expect(on(page, "2026-03-24", "Call back")).to_contain_text("3:30")
    page.goto("/task?view=calendar&span=week&day=2026-03-24")
    segment = page.locator(".segment", has_text="Call back")
    expect(page.locator(".hours.placed")).to_be_visible()
    expect(segment).to_have_attribute("data-from", "930")
    segment.locator("a").focus()
    page.keyboard.press("Shift+ArrowUp")
    expect(segment).to_have_attribute("data-from", "915")
    hours = page.locator('.hours-day[data-day-cell="2026-03-25"]')
    box, top = segment.bounding_box(), hours.bounding_box()
    assert box is not None
    assert top is not None
    drag(page, segment, hours, y=top["height"] / 24 * 10 + (box["height"] / 2))
    moved = page.locator('.hours-day[data-day-cell="2026-03-25"] .segment', has_text="Call back")
    expect(moved).to_have_attribute("data-from", "600")


@pytest.mark.usefixtures("tasks")
def test_a_click_on_a_day_makes_something_new_there_and_comes_back(signed_in: NewPage, findings: Findings) -> None:
    page = signed_in()
    page.goto("/task?view=calendar")
    page.locator('[data-day-cell="2026-03-26"]').click(position={"x": 60, "y": 90})
    expect(page.locator("[name=due]")).to_have_value("2026-03-26T09:00")
    page.locator("[name=title]").fill("Brand new")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(on(page, "2026-03-26", "Brand new")).to_be_visible()
    page.goto("/calendar")
    expect(page.locator("[data-day-cell]")).to_have_count(42)
    page.locator('[data-day-cell="2026-03-27"]').click(position={"x": 60, "y": 90})
    kinds = page.get_by_role("menu").get_by_role("menuitem", name="Absence")
    assert findings(page) == []
    kinds.click()
    expect(page.locator("[name=first_day]")).to_have_value("2026-03-27")


@pytest.mark.usefixtures("tasks")
@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_calendars_are_accessible_and_fit_the_screen(
    signed_in: NewPage, findings: Findings, width: int, theme: str
) -> None:
    page = signed_in(width=width, theme=theme)
    for span in ("month", "week", "agenda"):
        page.goto(f"/calendar?span={span}")
        expect(page.locator("[data-calendar]")).to_be_visible()
        assert findings(page) == [], span
        fits = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert fits, span


def on(page: Page, day: str, title: str) -> Locator:
    return page.locator(f'[data-day-cell="{day}"] [data-entry]', has_text=title)


def drag(page: Page, what: Locator, where: Locator, y: float = 70) -> None:
    """From its middle to a place in a day, in steps, as hands do."""
    expect(page.locator("[data-entry-move]:not([hidden])")).not_to_have_count(0)  # the script has begun
    start, end = what.bounding_box(), where.bounding_box()
    assert start is not None
    assert end is not None
    x, top = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    page.mouse.move(x, top)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(x + (end["x"] + 50 - x) * step / 10, top + (end["y"] + y - top) * step / 10)
    page.mouse.up()
