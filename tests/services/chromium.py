"""In charge of the browser for tests, and of the flags it needs on a machine without a network or a screen."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from services.programs import find, require

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    given = os.environ.get("TENON_TEST_CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = Path(given) if given else next(filter(None, map(find, names)), None)
    return found or require("chromium", package="chromium")


@pytest.fixture(scope="session")
def chromium_flags() -> list[str]:
    """Chromium's own sandbox refuses to start for root."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)


@pytest.fixture(scope="session")
def browser(chromium_path: Path, chromium_flags: list[str]) -> Iterator[Browser]:
    """The one browser of a test process: a second driver beside it would refuse to start."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium_path), args=chromium_flags)
        yield browser
        browser.close()
