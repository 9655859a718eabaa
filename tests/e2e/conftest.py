"""In charge of a served trial workspace and of real browsers on it; what a browser complains of fails the test."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from samples import workspaces
from tenon.application import application
from tenon.resources import folder
from tenon.workspace import Workspace

AXE = (folder("ui") / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
REFUSED = "Failed to load resource: the server responded with a status of"
NewPage = Callable[..., Page]
PATIENCE = 20_000
"""Milliseconds; a busy machine is slow, not wrong."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def address(workspace: Workspace) -> Iterator[str]:
    """Where the workspace is served."""
    server = make_server("127.0.0.1", 0, application(workspace), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def new_page(browser: Browser, address: str) -> Iterator[NewPage]:
    """Makes pages; after the test none of them may have complained. `allowed` are statuses that are expected."""
    complaints: list[str] = []
    with ExitStack() as contexts:

        def make(
            *, width: int = 1440, theme: str = "light", language: str = "en", allowed: tuple[int, ...] = ()
        ) -> Page:
            options: dict[str, Any] = {"viewport": {"width": width, "height": 844}, "color_scheme": theme}
            context: BrowserContext = browser.new_context(
                base_url=address, locale=language, reduced_motion="reduce", has_touch=width < 600, **options
            )
            contexts.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda message: note(message.type, message.text, allowed))
            return page

        def note(kind: str, text: str, allowed: tuple[int, ...]) -> None:
            expected = any(text.startswith(f"{REFUSED} {status}") for status in allowed)
            if kind in ("error", "warning") and not expected:
                complaints.append(text)

        yield make
    assert complaints == []


@pytest.fixture
def signed_in(new_page: NewPage) -> NewPage:
    """As `new_page`, with the administrator signed in."""

    def make(**options: Any) -> Page:
        page = new_page(**options)
        page.goto("/sign-in")
        page.fill("#email", workspaces.ADMINISTRATOR)
        page.fill("#password", workspaces.PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".topbar")
        return page

    return make


@pytest.fixture(scope="session")
def findings() -> Callable[[Page], list[str]]:
    """What axe finds serious or worse on a page, with the place."""

    def look(page: Page) -> list[str]:
        page.evaluate(AXE)
        found = page.evaluate("async () => (await axe.run({resultTypes: ['violations']})).violations")
        return [
            f"{each['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
            for each in found
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ]

    return look
