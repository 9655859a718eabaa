"""In charge of the promises that other tests build on: a service is there, empty, and a test's own."""

import pytest
from playwright.sync_api import Browser, expect
from redis import Redis
from sqlalchemy import create_engine, inspect, text

from tenon.clock import FixedClock


@pytest.mark.parametrize("turn", ["first", "second"])
def test_every_test_gets_an_empty_database(database_url: str, turn: str) -> None:
    engine = create_engine(database_url)
    assert inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_behind (name text)"))
    engine.dispose()


def test_a_database_holds_chinese_text(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT upper('榫é')")).scalar_one().startswith("榫")
    engine.dispose()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_every_test_gets_an_empty_queue(empty_redis_url: str, turn: str) -> None:
    with Redis.from_url(empty_redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


def test_the_clock_stands_still(clock: FixedClock) -> None:
    assert clock.now() == clock.now()


@pytest.mark.browser
def test_a_real_browser_draws_chinese_text(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<h1>榫</h1>")
    expect(page.get_by_role("heading")).to_have_text("榫")
    page.close()
