"""In charge of the promises of look-ups of any record in a real browser: by keyboard, on a phone, in Chinese."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from samples.any_records import NOTE, Desk
from tenon.workspace import Workspace

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
Findings = Callable[[Page], list[str]]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, f"sqlite:///{tmp_path / 'trial.sqlite'}")
    demanding = "{type: any_record, required_when: 'subject.entity == \"x_client\"', on_delete: keep"
    desk.write("x_note", NOTE.replace("{type: any_record, on_delete: keep", demanding))
    desk.publish()
    yield desk
    desk.close()


@pytest.fixture
def workspace(desk: Desk) -> Workspace:
    return desk.workspace


@pytest.mark.parametrize(("width", "theme", "language"), [(1440, "light", "en"), (390, "dark", "zh-CN")])
def test_a_kind_and_then_a_record_are_chosen_by_keyboard(
    signed_in: NewPage, desk: Desk, findings: Findings, width: int, theme: str, language: str
) -> None:
    with desk.unit() as unit:
        desk.here.writer.change(unit, desk.access(unit), "user", str(desk.sam.id), {"language": language}, version=None)
    page = signed_in(width=width, theme=theme, language=language)
    page.goto("/x_note/new")
    field = page.locator('[data-field="subject"]')
    kind, held = field.locator("select").first, field.locator("input[name=subject]")
    demanded = page.locator('[data-field="kept"] .required')
    expect(kind).to_be_visible()
    expect(demanded).to_be_hidden()
    page.locator("#field-name").fill("One")
    kind.focus()
    page.keyboard.press("ArrowDown")
    expect(kind).to_have_value("x_client")
    page.keyboard.press("Tab")
    expect(field.locator(".ts-control input")).to_be_focused()
    page.keyboard.type("Bi")
    expect(field.locator(".ts-dropdown .option")).to_have_text(["Big"])
    page.keyboard.press("Enter")
    expect(held).to_have_value(f"x_client:{desk.big}")
    expect(demanded).to_be_visible()
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    kind.focus()
    page.keyboard.press("ArrowDown")
    expect(held).to_have_value("")
    page.keyboard.press("Tab")
    expect(field.locator(".ts-dropdown .option")).to_have_text(["Pal"])
    page.keyboard.press("Enter")
    expect(demanded).to_be_hidden()
    page.locator("main form button.btn-primary").first.click()
    expect(page.locator("#record").get_by_role("link", name="Pal").first).to_be_visible()
    (note,) = desk.found('subject.entity == "x_partner"')
    assert note == "One"
