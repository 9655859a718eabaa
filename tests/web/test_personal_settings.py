"""In charge of the promises about personal settings: language, time zone, password, sessions, API tokens."""

import re

from flask import Flask
from flask.testing import FlaskClient

from samples import workspaces
from tenon.workspace import Workspace


def test_language_and_time_zone_are_the_persons_own(signed_in: FlaskClient, app: Flask) -> None:
    workspaces.post(signed_in, "/-/settings/region", language="zh-CN", timezone="Europe/London")
    other = app.test_client()
    workspaces.sign_in(other, workspaces.ADMINISTRATOR)
    page = other.get("/-/settings").text
    assert '<html lang="zh-CN"' in page
    assert "<option selected>Europe/London</option>" in page


def test_somebody_without_rights_on_users_still_sets_his_language(client: FlaskClient, workspace: Workspace) -> None:
    workspaces.add_person(workspace, "guest@example.com", roles=())
    workspaces.sign_in(client, "guest@example.com")
    workspaces.post(client, "/-/language", language="zh-CN", back="/")
    assert '<html lang="zh-CN"' in client.get("/").text
    with workspace.database.reading() as connection:
        found = workspace.identities.by_email(connection, "guest@example.com", workspace.now())
    assert found is not None
    assert found.actor.language == "zh-CN"


def test_an_unknown_time_zone_is_refused(signed_in: FlaskClient) -> None:
    answer = workspaces.post(signed_in, "/-/settings/region", language="en", timezone="Mars/Olympus")
    assert answer.status_code == 400


def test_a_new_password_wants_the_old_one_and_ends_other_sessions(signed_in: FlaskClient, app: Flask) -> None:
    other = app.test_client()
    workspaces.sign_in(other, workspaces.ADMINISTRATOR)
    fresh = {"password": "quite another sentence", "repeated": "quite another sentence"}
    refused = workspaces.post(signed_in, "/-/settings/password", current="wrong", **fresh)
    assert refused.status_code == 422
    assert 'id="error-current"' in refused.text
    workspaces.post(signed_in, "/-/settings/password", current=workspaces.PASSWORD, **fresh)
    assert signed_in.get("/").status_code == 200
    assert other.get("/").status_code == 303
    assert workspaces.sign_in(other, workspaces.ADMINISTRATOR, "quite another sentence").status_code == 303


def test_a_weak_or_mistyped_password_is_explained_at_its_field(signed_in: FlaskClient) -> None:
    for password, repeated, field in (("short", "short", "password"), ("long enough now", "else", "repeated")):
        answer = workspaces.post(
            signed_in, "/-/settings/password", current=workspaces.PASSWORD, password=password, repeated=repeated
        )
        assert f'id="error-{field}"' in answer.text


def test_other_sessions_are_listed_and_ended_together(signed_in: FlaskClient, app: Flask) -> None:
    other = app.test_client()
    workspaces.sign_in(other, workspaces.ADMINISTRATOR)
    assert "End the 1 other session(s)" in signed_in.get("/-/settings").text
    workspaces.post(signed_in, "/-/settings/sessions")
    assert other.get("/").status_code == 303
    assert signed_in.get("/").status_code == 200


def test_a_tokens_secret_is_shown_once_and_works_until_revoked(signed_in: FlaskClient, app: Flask) -> None:
    made = workspaces.post(
        signed_in, "/-/settings/tokens", name="Robot", days="30", entity="account", verb=["read", "export"]
    )
    secret = re.search(r'value="(tenon_[^"]+)"', made.text)
    assert secret is not None
    listed = signed_in.get("/-/settings/tokens").text
    assert secret[1] not in listed
    assert "account:export,read" in listed
    robot = {"Authorization": f"Bearer {secret[1]}"}
    assert app.test_client().get("/", headers=robot).status_code == 200
    revoke = re.search(r'action="(/-/settings/tokens/[^"]+/revoke)"', listed)
    assert revoke is not None
    workspaces.post(signed_in, revoke[1])
    assert app.test_client().get("/", headers=robot).status_code == 401


def test_nobody_revokes_the_token_of_another(signed_in: FlaskClient, app: Flask, workspace: Workspace) -> None:
    workspaces.post(signed_in, "/-/settings/tokens", name="Robot", days="30", verb="read")
    address = re.search(r'action="(/-/settings/tokens/[^"]+/revoke)"', signed_in.get("/-/settings/tokens").text)
    assert address is not None
    workspaces.add_person(workspace, "guest@example.com", roles=())
    guest = app.test_client()
    workspaces.sign_in(guest, "guest@example.com")
    assert workspaces.post(guest, address[1]).status_code == 404


def test_a_token_without_a_name_or_verb_is_refused(signed_in: FlaskClient) -> None:
    assert workspaces.post(signed_in, "/-/settings/tokens", name=" ", days="30", verb="read").status_code == 400
    assert workspaces.post(signed_in, "/-/settings/tokens", name="Robot", days="30").status_code == 400
    assert workspaces.post(signed_in, "/-/settings/tokens", name="Robot", days="3000", verb="read").status_code == 400


def test_a_token_for_the_configuration_is_offered_to_those_who_configure(
    signed_in: FlaskClient, app: Flask, workspace: Workspace
) -> None:
    assert 'name="configuration"' in signed_in.get("/-/settings/tokens").text
    made = workspaces.post(
        signed_in, "/-/settings/tokens", name="Promote", days="30", configuration=["read", "update"]
    ).text
    assert "configuration:read,update" in made
    secret = re.search(r'value="(tenon_[^"]+)"', made)
    assert secret is not None
    with workspace.database.reading() as connection:
        found = workspace.identities.by_token(connection, secret[1], workspace.now())
    assert found is not None
    access = workspace.access(found.actor)
    assert access.configures("update")
    assert not access.can("account", "read")
    workspaces.add_person(workspace, "guest@example.com", roles=("salesperson",))
    guest = app.test_client()
    workspaces.sign_in(guest, "guest@example.com")
    assert 'name="configuration"' not in guest.get("/-/settings/tokens").text
    answer = workspaces.post(guest, "/-/settings/tokens", name="No", days="30", configuration="update")
    assert answer.status_code == 403


def test_a_token_makes_no_other_token(signed_in: FlaskClient, app: Flask) -> None:
    made = workspaces.post(signed_in, "/-/settings/tokens", name="Robot", days="30", entity="account", verb="read")
    secret = re.search(r'value="(tenon_[^"]+)"', made.text)
    assert secret is not None
    more = {"name": "More", "days": "30", "verb": "delete", "configuration": "update"}
    robot = {"Authorization": f"Bearer {secret[1]}"}
    assert app.test_client().post("/-/settings/tokens", data=more, headers=robot).status_code == 403
