"""In charge of the promises about signing in and out."""

import pytest
from flask.testing import FlaskClient

from samples import workspaces
from tenon.clock import FixedClock
from tenon.workspace import Workspace


def test_whoever_has_not_signed_in_is_sent_to_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/search?q=a")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/search?q%3Da"


def test_the_right_password_opens_the_page_that_was_asked_for(client: FlaskClient) -> None:
    data = {"email": workspaces.ADMINISTRATOR.upper(), "password": workspaces.PASSWORD, "next": "/search?q=a"}
    answer = client.post("/sign-in", data={**data, "csrf_token": workspaces.csrf_token(client)})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/search?q=a"
    assert client.get("/search?q=a").status_code == 200


def test_a_wrong_password_and_an_unknown_person_answer_alike(client: FlaskClient) -> None:
    wrong = workspaces.sign_in(client, workspaces.ADMINISTRATOR, "not the password")
    unknown = workspaces.sign_in(client, "nobody@example.com", "not the password")
    assert wrong.status_code == unknown.status_code == 401
    sentence = "The e-mail or the password is wrong."
    assert sentence in wrong.text
    assert sentence in unknown.text


def test_after_five_wrong_tries_the_page_says_how_long_to_wait(client: FlaskClient, clock: FixedClock) -> None:
    for _ in range(5):
        workspaces.sign_in(client, workspaces.ADMINISTRATOR, "not the password")
    answer = workspaces.sign_in(client, workspaces.ADMINISTRATOR)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert 'data-wait="60"' in answer.text
    clock.advance(seconds=61)
    assert workspaces.sign_in(client, workspaces.ADMINISTRATOR).status_code == 303


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "/\t/evil.example", "evil", "javascript:x"],
)
def test_signing_in_never_leads_to_another_site(client: FlaskClient, address: str) -> None:
    data = {"email": workspaces.ADMINISTRATOR, "password": workspaces.PASSWORD, "next": address}
    answer = client.post("/sign-in", data={**data, "csrf_token": workspaces.csrf_token(client)})
    assert answer.headers["Location"] == "/"


def test_a_sign_in_without_the_forms_token_is_refused(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"email": workspaces.ADMINISTRATOR, "password": workspaces.PASSWORD})
    assert answer.status_code == 400
    assert client.get("/").status_code == 303


def test_the_language_can_be_chosen_before_signing_in_and_stays(client: FlaskClient) -> None:
    token = workspaces.csrf_token(client)
    client.post("/-/language", data={"csrf_token": token, "language": "zh-CN", "back": "/sign-in"})
    page = client.get("/sign-in").text
    assert '<html lang="zh-CN"' in page
    assert "欢迎使用试用公司。" in page
    workspaces.sign_in(client, workspaces.ADMINISTRATOR)
    assert '<html lang="zh-CN"' in client.get("/").text


def test_the_browsers_language_holds_until_one_is_chosen(client: FlaskClient) -> None:
    assert '<html lang="zh-CN"' in client.get("/sign-in", headers={"Accept-Language": "zh"}).text
    assert '<html lang="en"' in client.get("/sign-in", headers={"Accept-Language": "fr"}).text


def test_signing_out_ends_the_session(signed_in: FlaskClient) -> None:
    answer = workspaces.post(signed_in, "/sign-out")
    assert answer.headers["Location"] == "/sign-in"
    assert signed_in.get("/").status_code == 303


def test_a_password_given_by_somebody_else_must_be_changed_first(client: FlaskClient, workspace: Workspace) -> None:
    workspaces.give_password(workspace, workspaces.ADMINISTRATOR, must_change=True)
    workspaces.sign_in(client, workspaces.ADMINISTRATOR)
    assert client.get("/").headers["Location"] == "/-/new-password"
    fresh = {"password": "quite another sentence", "repeated": "quite another sentence"}
    token = workspaces.csrf_token(client, "/-/new-password")
    refused = client.post("/-/new-password", data={"csrf_token": token, "current": "wrong", **fresh})
    assert refused.status_code == 422
    assert "The present password is wrong." in refused.text
    client.post("/-/new-password", data={"csrf_token": token, "current": workspaces.PASSWORD, **fresh})
    assert client.get("/").status_code == 200
