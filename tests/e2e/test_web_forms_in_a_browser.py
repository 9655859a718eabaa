"""In charge of the promise that visitors use web forms in any browser: inside another site, without scripts."""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from samples.automation_world import Works, open_works
from samples.form_world import FILES
from samples.workspaces import PASSWORD, give_password
from tenon.clock import FixedClock
from tenon.workspace import Workspace

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
Findings = Callable[[Page], list[str]]
PATIENCE = 20_000


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    folder = tmp_path_factory.mktemp("forms")
    clock = FixedClock(datetime(2026, 3, 14, 1, 0, tzinfo=UTC))
    opened: Works = open_works(folder, f"sqlite:///{folder / 'works.sqlite'}", clock, FILES)
    yield opened
    opened.workspace.close()


@pytest.fixture
def workspace(works: Works) -> Workspace:
    """What the fixture `address` serves here."""
    return works.workspace


@pytest.fixture
def site(address: str) -> Iterator[str]:
    """Another site, with what its owner pasted into it."""
    host = Flask("host")

    @host.get("/")
    def page() -> str:
        return (
            '<!doctype html><html lang="en"><head><title>Our site</title><link rel="icon" href="data:,"></head>'
            f'<body><h1>Our site</h1><iframe data-tenon-form src="{address}/f/later?embed=1" title="Form" width="100%"'
            f' height="100"></iframe><script async src="{address}/f/embed.js"></script></body></html>'
        )

    server = make_server("127.0.0.1", 0, host, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_form_inside_another_site_is_as_high_as_it_is_and_is_sent(new_page: NewPage, site: str, works: Works) -> None:
    page = new_page()
    page.goto(f"{site}/?utm_source=letter")
    frame = page.frame_locator("iframe")
    expect(page.locator("iframe")).to_have_attribute("style", re.compile(r"height: \d{3}"))
    expect(frame.locator("[data-question]")).to_be_hidden()
    expect(frame.locator("form")).to_have_attribute("data-worked", "")
    expect(frame.locator('[name="-page"]')).to_have_value(f"{site}/?utm_source=letter")
    frame.get_by_label("Name").fill("From another site")
    frame.get_by_role("button", name="Send").click()
    expect(frame.get_by_role("status")).to_contain_text("We have received it.")
    (kept,) = works.find("form_submission", 'contains(name, "From another site")')
    assert (kept["status"], kept["source"], kept["page"]) == ("accepted", "letter", f"{site}/?utm_source=letter")


def test_conditions_are_judged_while_a_form_is_filled_in(new_page: NewPage, findings: Findings, works: Works) -> None:
    page = new_page(width=390, theme="dark", language="zh-CN", allowed=(422,))
    page.goto("/f/contact-us")
    expect(page.get_by_label("您的姓名")).to_be_visible()
    expect(page.locator('[data-field="budget"]')).to_be_hidden()
    expect(page.locator('[data-section="more"]')).to_be_hidden()
    assert findings(page) == []
    page.get_by_label("主题").select_option("price")
    expect(page.locator('[data-field="budget"]')).to_be_visible()
    expect(page.locator('[data-section="more"]')).to_be_visible()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert").first).to_contain_text("“您的姓名”必须填写")
    assert findings(page) == []
    page.get_by_role("link", name="English").click()
    expect(page.get_by_label("Your name")).to_be_visible()


def test_a_form_needs_no_script(browser: Browser, address: str, works: Works) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False, locale="en")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto("/f/contact-us")
    page.get_by_label("Your name").fill("Without scripts")
    page.get_by_label("E-mail").fill("plain@example.com")
    page.get_by_label("You may write to me.").check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("[data-summary]")).to_contain_text("That was very quick.")
    works.clock.advance(seconds=30)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("Thank you, we call you.")
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("Thank you, we call you.")
    assert len(works.find("x_ask", 'email == "plain@example.com"')) == 1
    context.close()


def test_administrators_see_the_form_where_they_find_what_to_paste(
    new_page: NewPage, findings: Findings, works: Works
) -> None:
    give_password(works.workspace, "ada@example.com")
    page = new_page()
    page.goto("/sign-in")
    page.fill("#email", "ada@example.com")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".topbar")
    page.goto("/-/webforms")
    page.get_by_role("link", name="Contact us", exact=True).click()
    expect(page.frame_locator("iframe").get_by_label("Your name")).to_be_visible()
    assert findings(page) == []
