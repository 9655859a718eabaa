"""The pages' own session may use the API too, with the anti-forgery token of the page."""

import pytest
from flask import session as present
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf

from samples.api_calls import World
from tenon.http.identify import SESSION_KEY
from tenon.workspace import passwords, sessions


@pytest.fixture
def browser(world: World) -> FlaskClient:
    """The administrator has signed in."""
    client = world.app.test_client()
    with world.workspace.database.writing() as connection:
        opened = sessions.open_session(connection, world.people["admin"], world.workspace.now())
    with client.session_transaction() as session:
        session[SESSION_KEY] = opened.secret
    return client


def csrf_token(world: World, browser: FlaskClient) -> str:
    """As a page would carry it."""
    with browser.session_transaction() as session:
        session["csrf_token"] = "of-this-session"
    with world.app.test_request_context():
        present["csrf_token"] = "of-this-session"
        token: str = generate_csrf()
    return token


def test_a_session_reads(browser: FlaskClient) -> None:
    assert browser.get("/api/v1/account").status_code == 200


def test_a_session_writes_only_with_the_token_of_its_page(world: World, browser: FlaskClient) -> None:
    assert browser.post("/api/v1/account", json={"name": "Forged"}).status_code == 400
    headers = {"X-CSRFToken": csrf_token(world, browser)}
    made = browser.post("/api/v1/account", json={"name": "Meant"}, headers=headers)
    assert made.status_code == 201, made.text
    assert world.admin.get("account/count", where='name == "Forged"').body == {"count": 0}


def test_who_must_choose_a_new_password_does_that_first(world: World, browser: FlaskClient) -> None:
    now = world.workspace.now()
    with world.workspace.database.writing() as connection:
        passwords.set_password(connection, world.people["admin"], "correct horse battery", now, must_change=True)
    try:
        assert browser.get("/api/v1/account").status_code == 403
    finally:
        with world.workspace.database.writing() as connection:
            passwords.set_password(connection, world.people["admin"], "correct horse battery", now)
