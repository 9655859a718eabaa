"""In charge of a small workspace to try pages and calls on: the standard modules with their demonstration data."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tenon.actors import Actor
from tenon.clock import Clock, FixedClock
from tenon.database import Database
from tenon.settings import Settings
from tenon.workspace import Workspace, passwords
from tenon.workspace.publishing import create_administrator, load_demo, propose, publish

ADMINISTRATOR = "admin@example.com"
PASSWORD = "correct horse battery"
METADATA = """
name: trial
label: {en: Trial Ltd, zh-CN: 试用公司}
modules: [core, customers, sales]
language: en
timezone: Asia/Shanghai
currency: CNY
country: CN
accent: teal
home: opportunity
"""


def build(folder: Path, clock: Clock) -> None:
    """Publish to an SQLite file inside `folder`; slow, so it is done once and copied."""
    folder.mkdir(parents=True)
    (folder / "workspace.yaml").write_text(METADATA)
    database = Database.open(settings_of(folder).database_url)
    actor = Actor.system("test")
    publish(database, propose(database, folder), actor, clock=clock)
    database.close()
    workspace = Workspace.open(folder, settings_of(folder), clock)
    with workspace.unit(actor) as unit:
        load_demo(unit, workspace.current)
        create_administrator(unit, workspace.current, ADMINISTRATOR, "Ada Admin", PASSWORD)
    workspace.close()


def database_of(folder: Path) -> Database:
    """The one its own workspace.yaml names, whatever the environment says."""
    return Database.of(Settings.of(folder, {}))


def copy(original: Path, folder: Path, clock: Clock) -> Workspace:
    shutil.copytree(original, folder)
    return Workspace.open(folder, settings_of(folder), clock)


def settings_of(folder: Path) -> Settings:
    return Settings.of(folder, {"TENON_DATABASE_URL": f"sqlite:///{folder / 'trial.sqlite'}"})


def give_password(workspace: Workspace, email: str, *, must_change: bool = False) -> str:
    """Let a person of the demonstration data sign in; returns the id."""
    now = workspace.now()
    with workspace.database.writing() as connection:
        found = workspace.identities.by_email(connection, email, now)
        assert found is not None
        assert found.actor.id is not None
        passwords.set_password(connection, found.actor.id, PASSWORD, now, must_change=must_change)
    return found.actor.id


def fixed_clock() -> FixedClock:
    """For what a whole session of tests shares; the same instant as the fixture `clock`."""
    return FixedClock(datetime(2026, 3, 14, 9, 0, tzinfo=UTC))


def csrf_token(client: FlaskClient, address: str = "/sign-in") -> str:
    """From a page; the token of a session stays valid as long as the session."""
    page = client.get(address, follow_redirects=True).text
    return page.split('name="csrf-token" content="', 1)[1].split('"', 1)[0]


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD) -> TestResponse:
    token = csrf_token(client)
    return client.post("/sign-in", data={"csrf_token": token, "email": email, "password": password})


def post(client: FlaskClient, address: str, **fields: Any) -> TestResponse:
    """As a form of a page would."""
    return client.post(address, data={"csrf_token": csrf_token(client, "/-/settings"), **fields})


def add_person(workspace: Workspace, email: str, roles: Sequence[str]) -> str:
    """A person with the trial's password; returns the id."""
    actor = Actor.system("test")
    access = workspace.access(actor)
    with workspace.unit(actor) as unit:
        person = workspace.writer.create(unit, access, "user", {"email": email, "name": "Gil Guest", "active": True})
        for role in roles:
            workspace.writer.create(unit, access, "role_assignment", {"person": person.id, "role": role})
    give_password(workspace, email)
    return person.id
