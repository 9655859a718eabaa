"""The reference, the error pages, the rate limit, and old names."""

from collections.abc import Iterator

import pytest

from samples import api_calls
from samples.api_calls import Caller, World
from samples.workspaces import fixed_clock
from tenon.api.errors_explained import EXPLAINED, classes, explained
from tenon.http.headers import CONTENT_SECURITY_POLICY

VISIT = """
was: [x_call]
label: Visit
fields: {name: {type: text, label: Name}}
grants: {administrator: {read: all}}
"""


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Five calls a minute, and an entity that was called something else once."""
    folder, clock = tmp_path_factory.mktemp("narrow") / "trial", fixed_clock()
    url, files = f"sqlite:///{folder / 'trial.sqlite'}", {"entities/x_visit.yaml": VISIT}
    workspace = api_calls.build(folder, url, clock, files, "settings: {api_rate_limit: 5}\n")
    yield World.of(workspace, clock)
    workspace.close()


def test_every_error_code_has_its_page_in_both_languages(world: World) -> None:
    client = world.app.test_client()
    for kind in classes():
        assert explained(kind.code), kind
    for code, found in EXPLAINED.items():
        english = client.get(f"/errors/{code}", headers={"Accept-Language": "en"})
        chinese = client.get(f"/errors/{code}", headers={"Accept-Language": "zh-CN"})
        assert str(found.what.in_("en"))[:20] in english.text
        assert str(found.what.in_("zh-CN"))[:8] in chinese.text
    assert client.get("/errors/no_such_code").status_code == 404
    assert "stale_version" in client.get("/errors/").text


def test_the_reference_lists_what_its_reader_can_do_and_needs_no_script(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.viewer.secret}"}
    page = world.app.test_client().get("/api/docs", headers=headers)
    assert page.status_code == 200
    assert "GET /api/v1/account" in page.text
    assert "POST /api/v1/account<" not in page.text
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_the_reference_is_for_those_who_have_signed_in(world: World) -> None:
    assert world.app.test_client().get("/api/docs").status_code == 401
    assert world.app.test_client().get("/api/openapi.json").status_code == 401


def test_every_answer_says_how_much_is_left(world: World) -> None:
    answer = world.admin.get("account", limit=1)
    assert int(answer.headers["RateLimit-Limit"]) > int(answer.headers["RateLimit-Remaining"]) >= 0
    assert world.admin.get("limits").body["records_per_page"] == 500


def test_too_many_calls_are_refused_until_the_minute_is_over(narrow: World) -> None:
    caller = Caller(narrow.app, narrow.seller.secret)
    statuses = [_status(narrow, caller) for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert _status(narrow, narrow.viewer) == 200
    narrow.clock.advance(minutes=1)
    assert _status(narrow, caller) == 200


def test_an_old_name_answers_and_says_that_it_is_old(narrow: World) -> None:
    response = narrow.app.test_client().get("/api/v1/x_call", headers=_as(narrow.admin))
    assert response.status_code == 200
    assert response.headers["Deprecation"] == "true"
    assert response.headers["Link"] == '</api/v1/x_visit>; rel="successor-version"'


def _status(world: World, caller: Caller) -> int:
    return world.app.test_client().get("/api/v1/account", headers=_as(caller)).status_code


def _as(caller: Caller) -> dict[str, str]:
    return {"Authorization": f"Bearer {caller.secret}"}
