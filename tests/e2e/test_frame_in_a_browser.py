"""In charge of the promises about the frame in a real browser: keyboard, touch, both themes, both languages, axe."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from samples import workspaces

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
Findings = Callable[[Page], list[str]]
PAGES = ("/", "/search?q=a", "/-/settings", "/-/settings/tokens", "/nowhere/at/all")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious(signed_in: NewPage, findings: Findings, theme: str, width: int) -> None:
    page = signed_in(width=width, theme=theme, allowed=(404,))
    for address in PAGES:
        page.goto(address)
        assert findings(page) == [], address
        fits = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert fits, f"{address} is wider than the screen"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_at_the_gate(new_page: NewPage, findings: Findings, theme: str) -> None:
    page = new_page(width=360, theme=theme, language="zh-CN", allowed=(401,))
    page.goto("/sign-in")
    assert findings(page) == []
    page.fill("#email", workspaces.ADMINISTRATOR)
    page.fill("#password", "wrong password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("邮箱或密码不正确")
    assert findings(page) == []


def test_what_is_open_is_as_accessible(signed_in: NewPage, findings: Findings) -> None:
    page = signed_in()
    page.click("summary.person")
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator(".palette-hit").first).to_be_visible()
    assert findings(page) == []


def test_the_palette_goes_anywhere_by_keyboard(signed_in: NewPage) -> None:
    page = signed_in()
    page.keyboard.press("Control+k")
    page.keyboard.type("personal")
    expect(page.locator(".palette-hit[aria-selected=true]")).to_contain_text("Personal settings")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Personal settings")
    expect(page.locator("#palette")).to_be_hidden()


def test_links_keep_the_frame_and_back_works(signed_in: NewPage) -> None:
    page = signed_in()
    page.evaluate("window.stayed = true")
    page.click("summary.person")
    page.get_by_role("link", name="Personal settings").click()
    expect(page).to_have_title("Personal settings · Trial Ltd")
    assert page.evaluate("window.stayed") is True
    expect(page.locator("#page")).to_be_focused()
    page.get_by_role("link", name="API tokens", exact=True).last.click()
    expect(page.get_by_role("heading", name="Your API tokens")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Language and time")).to_be_visible()
    page.go_back()
    expect(page).to_have_title("Home · Trial Ltd")
    expect(page.locator(".place[aria-current=page]")).to_have_text("Home")


def test_a_refused_form_shows_its_error_and_asks_before_leaving(signed_in: NewPage) -> None:
    page = signed_in(allowed=(422,))
    page.goto("/-/settings")
    page.fill("#field-current", "wrong password")
    page.fill("#field-password", "quite another sentence")
    page.fill("#field-repeated", "something else")
    page.get_by_role("button", name="Change the password").click()
    expect(page.locator("#error-repeated")).to_be_visible()
    expect(page.locator("#field-repeated")).to_be_focused()
    page.fill("#field-current", "typed again")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.locator(".place", has_text="Home").click()
    expect(page.locator("#field-current")).to_have_value("typed again")
    assert asked == ["Your changes are not saved. Leave all the same?"]


def test_theme_changes_at_once_and_stays(signed_in: NewPage) -> None:
    page = signed_in()
    page.click("summary.person")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 20, 27)"


def test_the_language_changes_where_one_is(signed_in: NewPage) -> None:
    page = signed_in()
    page.goto("/search?q=a")
    page.click("summary.person")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert page.url.endswith("/search?q=a")


def test_on_a_phone_the_navigation_opens_and_closes_by_itself(signed_in: NewPage) -> None:
    page = signed_in(width=390)
    navigation = page.locator("#navigation")
    expect(navigation).to_be_hidden()
    page.get_by_role("button", name="Open the navigation").tap()
    expect(navigation).to_be_visible()
    page.keyboard.press("Escape")
    expect(navigation).to_be_hidden()


def test_the_keyboard_reaches_the_page_first_and_shows_its_shortcuts(signed_in: NewPage) -> None:
    page = signed_in()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#shortcuts")).to_be_hidden()
    page.goto("/-/settings")
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page).to_have_title("Home · Trial Ltd")


def test_without_scripts_people_sign_in_search_and_change_the_theme(new_page: NewPage, address: str) -> None:
    browser = new_page().context.browser
    assert browser is not None
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.fill("#email", workspaces.ADMINISTRATOR)
    page.fill("#password", workspaces.PASSWORD)
    page.keyboard.press("Enter")
    page.fill(".finder input", "Jiangnan")
    page.keyboard.press("Enter")
    expect(page.locator("#page .lines a").first).to_contain_text("Jiangnan")
    page.click("summary.person")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    context.close()


def test_scripts_stay_under_120_kilobytes_before_lazy_parts(new_page: NewPage) -> None:
    import gzip

    from tenon.resources import folder
    from tenon.web.assets import manifest

    page = new_page()
    fetched: list[str] = []
    page.on("response", lambda response: fetched.append(response.url.rsplit("/", 1)[1]))
    page.goto("/sign-in")
    page.wait_for_load_state("networkidle")
    scripts = {name for name in fetched if name.endswith(".js")}
    assert manifest()["main.js"] in scripts
    built = folder("ui") / "static" / "dist"
    assert sum(len(gzip.compress((built / name).read_bytes())) for name in scripts) < 120_000
