"""In charge of one workspace for all API tests of a run, on SQLite and on PostgreSQL, and of those who call it."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from samples import api_calls
from samples.api_calls import World
from samples.calendar_world import Almanac, open_almanac
from samples.workspaces import fixed_clock
from services.postgres import fresh_database
from services.run import Run

FORMS = {
    "assignments/x_visitors.yaml": """
label: {en: Visitors, zh-CN: 访客}
entity: contact
rules: {all: {label: {en: All, zh-CN: 全部}, to: 'role("administrator")'}}
fallback: role("administrator")
""",
    "webforms/x_ask.yaml": """
label: {en: Ask us, zh-CN: 向我们咨询}
entity: contact
fields:
  called: {field: name, label: {en: Your name, zh-CN: 您的姓名}}
  email: {}
  gender: {options: [male]}
  notes: {visible_when: not is_blank(email)}
assign: x_visitors
protection: {least_seconds: 5, per_hour: 10000}
result: {message: {en: Thank you., zh-CN: 谢谢。}}
embed: ["https://www.example.com"]
""",
}


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, test_run: Run) -> Iterator[World]:
    """Shared: each test makes the records it is about."""
    folder, clock = tmp_path_factory.mktemp("api") / "trial", fixed_clock()
    with ExitStack() as stack:
        url = database_of(request, folder, stack, f"{test_run.folder.name}_{test_run.worker}_api")
        yield World.of(stack.enter_context(api_calls.build(folder, url, clock, FORMS)), clock)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def almanac(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, test_run: Run
) -> Iterator[Almanac]:
    """Shared by the tests of calendars."""
    folder = tmp_path_factory.mktemp("almanac") / "trial"
    with ExitStack() as stack:
        url = database_of(request, folder, stack, f"{test_run.folder.name}_{test_run.worker}_almanac")
        yield stack.enter_context(open_almanac(folder, url, fixed_clock()))


def database_of(request: pytest.FixtureRequest, folder: Path, stack: ExitStack, name: str) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'trial.sqlite'}"
    return stack.enter_context(fresh_database(request.getfixturevalue("postgres_server"), name))
