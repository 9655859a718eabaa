"""In charge of the operators' console: for administrators alone, with a reason for whatever they do."""

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from samples import workspaces
from tenon import console, web
from tenon.actors import Actor
from tenon.http import create_app
from tenon.jobs import Job
from tenon.jobs.outbox import JOBS
from tenon.schema import SYSTEM_TABLES
from tenon.workspace import Workspace

PAGES = ("", "jobs/", "events/", "schedules/", "versions/", "sessions/", "tokens/")


@pytest.fixture
def anybody(workspace: Workspace) -> FlaskClient:
    return create_app(workspace, [web.part, console.part]).test_client()


@pytest.fixture
def operator(anybody: FlaskClient, dead_job: str) -> FlaskClient:
    client = anybody
    workspaces.sign_in(client, workspaces.ADMINISTRATOR)
    return client


@pytest.fixture
def dead_job(workspace: Workspace) -> str:
    """One that nothing here knows how to do, after all its attempts."""
    with workspace.unit(Actor.system("test")) as unit:
        job = Job(name="forgotten", payload={"letter": "to nobody"})
        unit.emit(job)
    for _attempt in range(6):
        workspace.background.run_due()
        workspace.clock.advance(hours=4)  # type: ignore[attr-defined]
    return job.id


def _status(workspace: Workspace, job_id: str) -> str:
    with workspace.database.reading() as connection:
        return str(connection.execute(sa.select(JOBS.c.status).where(JOBS.c.id == job_id))[0][0])


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_an_administrator_sees_every_page_in_both_languages_and_without_script(
    operator: FlaskClient,
) -> None:
    for page in PAGES:
        answer = operator.get(f"/console/{page}")
        assert answer.status_code == 200
        assert "Operators&#39; console" in answer.text
        assert re.findall(r"<script[^>]*>", answer.text) == re.findall(r'<script src="[^"]*theme-[^"]*">', answer.text)
        assert " style=" not in answer.text
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    workspaces.post(operator, "/-/language", language="zh-CN")
    for page in PAGES:
        assert "运维控制台" in operator.get(f"/console/{page}").text


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_it_follows_the_theme_of_the_person_without_a_script(operator: FlaskClient, theme: str) -> None:
    operator.set_cookie("tenon_theme", theme)
    for page in PAGES:
        text = operator.get(f"/console/{page}").text
        assert f'data-theme="{theme}" data-bs-theme="{theme}"' in text
        assert "<script" not in text


def test_nobody_else_does(workspace: Workspace, anybody: FlaskClient) -> None:
    assert {anybody.get(f"/console/{page}").status_code for page in PAGES} == {303}
    workspaces.add_person(workspace, "gil@example.com", ["salesperson"])
    workspaces.sign_in(anybody, "gil@example.com")
    assert {anybody.get(f"/console/{page}").status_code for page in PAGES} == {403}


def test_a_dead_job_says_why_and_can_be_done_again(workspace: Workspace, operator: FlaskClient, dead_job: str) -> None:
    listed = operator.get("/console/jobs/?status=dead")
    assert "Nothing here knows how to do “forgotten”." in listed.text
    assert f"/console/jobs/{dead_job}" in listed.text
    assert "forgotten" not in operator.get("/console/jobs/?status=waiting").text
    page = operator.get(f"/console/jobs/{dead_job}").text
    assert "to nobody" in page
    data = {"csrf_token": _token(page), "reason": "the program is here now"}
    answer = operator.post(f"/console/jobs/{dead_job}/replay", data=data)
    assert answer.status_code == 303
    assert _status(workspace, dead_job) == "waiting"
    again = operator.get(f"/console/jobs/{dead_job}").text
    assert "Ada Admin · replay · the program is here now" in again
    history = SYSTEM_TABLES["history"]
    with workspace.database.reading() as connection:
        query = sa.select(history.c.operation, history.c.reason, history.c.actor_name)
        assert connection.execute(query.where(history.c.record_id == dead_job)) == [
            ("replay", "the program is here now", "Ada Admin")
        ]


def test_what_is_done_needs_a_reason_a_token_and_the_right_state(
    workspace: Workspace, operator: FlaskClient, dead_job: str
) -> None:
    address = f"/console/jobs/{dead_job}"
    token = _token(operator.get(address).text)
    assert operator.post(f"{address}/replay", data={"reason": "no token"}).status_code == 400
    assert operator.post(f"{address}/replay", data={"csrf_token": token, "reason": " "}).status_code == 400
    wrong = {"csrf_token": token, "reason": "too late"}
    assert operator.post(f"{address}/cancel", data=wrong).status_code == 409
    assert operator.post(f"{address}/explode", data=wrong).status_code == 404
    assert _status(workspace, dead_job) == "dead"
    assert operator.post(f"{address}/done", data=wrong).status_code == 303
    assert _status(workspace, dead_job) == "done"


def test_no_secret_is_shown(workspace: Workspace, operator: FlaskClient) -> None:
    session, token = SYSTEM_TABLES["session"], SYSTEM_TABLES["token"]
    with workspace.database.reading() as connection:
        secrets = connection.execute(sa.select(session.c.id, session.c.csrf))
        secrets += connection.execute(sa.select(token.c.hash, token.c.id))
    pages = "".join(operator.get(f"/console/{page}").text for page in PAGES)
    assert secrets
    assert not [text for pair in secrets for text in pair if text in pages]
    assert "Ada Admin" in pages


def test_administrators_are_told_on_every_page_when_work_rests(workspace: Workspace, operator: FlaskClient) -> None:
    sentence = "Work in the background needs care: 1 at rest after failing, "  # and reminders that wait for their time
    assert sentence not in operator.get("/search?q=a").text
    assert workspace.background.look().dead == 1
    page = operator.get("/search?q=a").text
    assert sentence in page
    assert 'href="/console/"' in page
    workspaces.add_person(workspace, "gil@example.com", ["salesperson"])
    other = operator.application.test_client()
    workspaces.sign_in(other, "gil@example.com")
    page = other.get("/search?q=a")
    assert page.status_code == 200
    assert sentence not in page.text
