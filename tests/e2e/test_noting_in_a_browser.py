"""A contact is noted in a real browser: by keys alone on a wide screen, by touch on a phone."""

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


def deal(workspace: Workspace) -> str:
    actor = Actor.system("test")
    with workspace.reading(actor) as unit:
        query = Query(entity="opportunity", select=("id",), where='name == "Old Town – Catalogue 典藏目录"')
        return str(workspace.reader.list(unit, workspace.access(actor), query).records[0]["id"])


def test_a_contact_is_noted_by_keys_alone(signed_in: NewPage, workspace: Workspace, findings: Findings) -> None:
    page = signed_in(allowed=(422,))
    page.goto(f"/opportunity/{deal(workspace)}")
    told = page.locator("#timeline-panel .told-event")
    expect(told).to_have_count(1)  # the visit of the demonstration data
    page.keyboard.press("l")
    dialog = page.get_by_role("dialog", name="New: Contact record")
    expect(dialog.get_by_role("radio", name="Call")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    expect(dialog.get_by_label("What about")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_label("What about")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("What about").fill("He told a story")
    page.keyboard.press("Tab")
    page.keyboard.type("About a vase")
    assert findings(page) == []
    page.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)
    expect(told).to_have_count(2)
    expect(told.first).to_contain_text("Visit He told a story")
    expect(told.first).to_contain_text("About a vase")
    assert findings(page) == []


def test_on_a_phone_it_is_noted_by_touch(signed_in: NewPage, workspace: Workspace, findings: Findings) -> None:
    page = signed_in(width=390, theme="dark", language="zh-CN")
    page.goto(f"/opportunity/{deal(workspace)}")
    expect(page.locator("#timeline-panel .told-event")).to_have_count(1)
    page.get_by_role("button", name=re.compile("记录联系|Log")).tap()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    dialog.locator("label", has_text=re.compile("会议|Meeting")).tap()
    dialog.locator("input[name=subject]").fill("喝茶谈价")
    dialog.locator("input[name=next_step]").fill("送样品")
    assert findings(page) == []
    dialog.locator("button.btn-primary").tap()
    expect(dialog).to_have_count(0)
    expect(page.locator("#timeline-panel")).to_contain_text("喝茶谈价")
    expect(page.locator("#timeline-panel")).to_contain_text("送样品")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
