"""In charge of the promises of every kind of value in a real browser: for readers of the screen, for a keyboard alone,
and without scripts.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from samples import every_type
from samples.workspaces import ADMINISTRATOR, PASSWORD
from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.query import Query
from tenon.workspace import Workspace

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
Findings = Callable[[Page], list[str]]
PICTURE = {"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + b"0" * 40}
PAPER = {"name": "b.txt", "mimeType": "text/plain", "buffer": b"hello"}


@pytest.fixture
def workspace(tmp_path: Path, clock: FixedClock) -> Iterator[Workspace]:
    folder = tmp_path / "visits"
    workspace = every_type.build(folder, f"sqlite:///{folder / 'trial.sqlite'}", clock)
    yield workspace
    workspace.close()


def visit(workspace: Workspace) -> dict[str, object]:
    actor = Actor.system("test")
    names = ("name", "begins", "effort", "stars", "land", "address.city", "place.lat", "todo.total", "signed.name")
    with workspace.reading(actor) as unit:
        query = Query(entity="x_visit", select=names)
        (found,) = workspace.reader.list(unit, Access.of(workspace.model, actor), query).records
    return {name: found[name] for name in names}


@pytest.mark.parametrize(("width", "theme", "language"), [(1440, "light", "en"), (390, "dark", "zh-CN")])
def test_forms_and_records_are_fit_for_readers_of_the_screen(
    signed_in: NewPage, workspace: Workspace, findings: Findings, width: int, theme: str, language: str
) -> None:
    page = signed_in(width=width, theme=theme, language=language)
    page.goto("/x_visit/new")
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#field-name").fill("One")
    page.locator('[name="photo.upload"]').set_input_files([PICTURE])
    page.locator('[name="paper.upload"]').set_input_files([PAPER])
    page.locator("#field-signed-typed").fill("Ann Lee")
    page.locator("main form button.btn-primary").first.click()
    expect(page.locator("#record")).to_be_visible()
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert visit(workspace)["signed.name"] == "Ada Admin"


def test_a_keyboard_alone_reaches_and_fills_every_control(signed_in: NewPage, workspace: Workspace) -> None:
    page = signed_in()
    page.goto("/x_visit/new")
    page.locator('[name="stars"][value="1"]').focus()
    for _star in range(2):
        page.keyboard.press("ArrowRight")
    assert page.locator('[name="stars"]:checked').get_attribute("value") == "3"
    fields = "[...document.querySelectorAll('main form [data-field]')].filter((each) => each.dataset.kind !== 'none')"
    wanted = set(page.evaluate(f"{fields}.map((each) => each.dataset.field)"))
    page.locator("#field-name").focus()
    reached = set()
    for _press in range(200):
        reached.add(page.evaluate("document.activeElement.closest('[data-field]')?.dataset.field"))
        if page.evaluate("document.activeElement.closest('main form') === null"):
            break
        page.keyboard.press("Tab")
    assert wanted - reached == set()


def test_a_form_works_without_scripts(browser: Browser, address: str, workspace: Workspace) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False, locale="en")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto("/sign-in")
    page.fill("#email", ADMINISTRATOR)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/x_visit/new")
    plain = {"name": "Two", "begins": "14:30", "effort": "1h 30m", "address.city": "苏州市", "place": "31.3, 120.6"}
    for name, value in {**plain, "todo": "[x] call\n[ ] write", "signed": "Ann Lee"}.items():
        page.locator(f'[name="{name}"]').fill(value)
    page.locator('.stars-field label[title="4"]').click()
    page.locator('[name="land"]').select_option("JP")
    page.locator('[name="photo.upload"]').set_input_files([PICTURE])
    page.locator('[name="paper.upload"]').set_input_files([PAPER])
    page.locator("main form button.btn-primary").first.click()
    expect(page.locator("#record")).to_be_visible()
    context.close()
    found = visit(workspace)
    assert found["name"] == "Two"
    assert (found["stars"], found["land"], found["address.city"]) == (4, "JP", "苏州市")
    assert str(found["begins"]).startswith("14:30")
    assert (found["effort"], found["todo.total"]) == ("PT1H30M", 2)
