"""In charge of a workspace worth a backup: demonstration data, a file, a secret, a token, versions, a retired field."""

import io
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from flask import Flask
from flask.testing import FlaskClient

from samples import workspaces
from tenon import api, console, web
from tenon.actors import Actor
from tenon.clock import Clock
from tenon.database import Connection, Database, UnitOfWork
from tenon.http import create_app
from tenon.model import OPERATIONS
from tenon.settings import Settings
from tenon.workspace import Workspace, tokens
from tenon.workspace.backups import Made, Source, make
from tenon.workspace.backups.gathering import rows_of
from tenon.workspace.backups.restoring import Restored, restore
from tenon.workspace.backups.sealing import Cost
from tenon.workspace.backups.shapes import shapes_of
from tenon.workspace.backups.targets import Target
from tenon.workspace.backups.values import written
from tenon.workspace.publishing import create_administrator, propose, propose_changes, publish

WORDS = "correct horse battery staple"
SECRET = "mail 密码 🔑"
CHEAP = Cost(time=1, memory=64)
"""To try a passphrase of tests."""
COOKIE = "tenon"
MAILBOX = {"name": "Info", "server": "imaps://imap.example.com", "username": "info", "password": SECRET}
CONTENT = b"offer\x00" * 70_000
SYSTEM = Actor.system("test")
_TAX = "fields: {x_tax: {type: text, label: Tax number}}\n"


@dataclass(frozen=True, kw_only=True)
class Original:
    """`session` is the cookie of somebody who had signed in; versions 2 to 4 add a field, change an icon, retire it."""

    workspace: Workspace
    account: str
    file: str
    mailbox: str
    token: str
    session: str


def app_of(workspace: Workspace) -> Flask:
    return create_app(workspace, [web.part, api.part, console.part])


def original(trial: Path, folder: Path, clock: Clock) -> Original:
    workspace = workspaces.copy(trial, folder, clock)
    (folder / "entities").mkdir()
    extension = folder / "entities" / "account.yaml"
    extension.write_text(_TAX)
    _publish(workspace)
    with workspace.unit(SYSTEM) as unit:
        access = workspace.access(SYSTEM)
        account = new_account(workspace, unit, name="Backed up Ltd", x_tax="DE 123")
        mailbox_id = workspace.writer.create(unit, access, "mailbox", {**MAILBOX, "active": False}).id
        everything, until = {"*": frozenset(OPERATIONS)}, unit.now + timedelta(days=90)
        person = administrator(workspace, unit)
        made = tokens.create_token(unit.connection, person, "old", everything, unit.now, until)
    client = app_of(workspace).test_client()
    workspaces.sign_in(client, workspaces.ADMINISTRATOR)
    form = {"file": (io.BytesIO(CONTENT), "报价.pdf")}
    sent = client.post(f"/api/v1/account/{account}/files", data=form, headers=bearer(made[1]))
    assert sent.status_code == 201, sent.text
    proposal = propose_changes(workspace.database, folder, {"entities.account.icon": "star"})
    publish(workspace.database, proposal, SYSTEM, clock=clock)
    extension.unlink()
    _publish(workspace)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    return Original(
        workspace=workspace,
        account=account,
        file=sent.get_json()["id"],
        mailbox=mailbox_id,
        token=made[1],
        session=cookie.value,
    )


def small(folder: Path, clock: Clock) -> None:
    """The core module, an administrator, a secret; an SQLite file where it usually lies."""
    folder.mkdir()
    (folder / "workspace.yaml").write_text("name: small\nlabel: Small\nmodules: [core]\n")
    settings = Settings.of(folder, {})
    database = Database.of(settings)
    publish(database, propose(database, folder), SYSTEM, clock=clock)
    database.close()
    with Workspace.open(folder, settings, clock) as workspace, workspace.unit(SYSTEM) as unit:
        administrator = (workspaces.ADMINISTRATOR, "Ada Admin", workspaces.PASSWORD)
        create_administrator(unit, workspace.current, *administrator)
        workspace.writer.create(unit, workspace.access(SYSTEM), "mailbox", {**MAILBOX, "active": False})


def administrator(workspace: Workspace, unit: UnitOfWork) -> str:
    person = workspace.identities.by_email(unit.connection, workspaces.ADMINISTRATOR, unit.now)
    assert person is not None
    return str(person.actor.id)


def new_account(workspace: Workspace, unit: UnitOfWork, **values: Any) -> str:
    owned = {"owner": administrator(workspace, unit), **values}
    return workspace.writer.create(unit, workspace.access(SYSTEM), "account", owned).id


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def backup_of(workspace: Workspace, into: Path) -> Made:
    source = Source(folder=workspace.folder, settings=workspace.settings, database=workspace.database)
    return make(source, into, WORDS, workspace.now(), cost=CHEAP)


def restored_to(path: Path, folder: Path, url: str, clock: Clock, **more: Any) -> Restored:
    target = Target(folder=folder, url=url, written=bool(url))
    return restore(path, target, lambda: WORDS, clock.now(), **more)


def opened(folder: Path, clock: Clock, **environment: str) -> Workspace:
    """As its own workspace.yaml and this environment say."""
    return Workspace.open(folder, Settings.of(folder, environment), clock)


def client_of(workspace: Workspace) -> FlaskClient:
    return app_of(workspace).test_client()


def contents(connection: Connection) -> dict[str, list[bytes]]:
    """Every table, in words that are the same whatever database it lies in."""
    found: dict[str, list[bytes]] = {}
    for shape in shapes_of(connection):
        lines = b"".join(written(rows) for rows in rows_of(connection, shape)).splitlines()
        found[shape.name] = [orjson.dumps(orjson.loads(line), option=orjson.OPT_SORT_KEYS) for line in lines]
    return found


def _publish(workspace: Workspace) -> None:
    proposal = propose(workspace.database, workspace.folder)
    publish(workspace.database, proposal, SYSTEM, clock=workspace.clock)
    workspace.reload()
