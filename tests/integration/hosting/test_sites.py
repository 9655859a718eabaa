"""In charge of the promises of a site: opened at the first request, closed when idle, and in repair when broken."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from werkzeug.test import Client

from samples import workspaces
from tenon.actors import Actor
from tenon.application import application
from tenon.clock import FixedClock
from tenon.compiler import WORKSPACE, SourceFile, Sources
from tenon.database import Database, UnitOfWork
from tenon.hosting import Installation, Site
from tenon.schema import is_complete
from tenon.schema.system import SYSTEM_TABLES
from tenon.schema.versions import record_version
from tenon.workspace import Workspace

HTML = {"Accept": "text/html", "Accept-Language": "en"}


@pytest.fixture
def folder(trial_folder: Path, tmp_path: Path) -> Path:
    """A copy of the trial workspace whose settings find its database."""
    copied = tmp_path / "acme"
    shutil.copytree(trial_folder, copied)
    own = copied / "workspace.yaml"
    own.write_text(own.read_text() + "settings: {database_url: 'sqlite:///trial.sqlite'}\n")
    return copied


def change(folder: Path, *statements: sa.Executable) -> None:
    database = Database.open(f"sqlite:///{folder / 'trial.sqlite'}")
    with database.writing() as connection:
        for statement in statements:
            connection.execute(statement)
    database.close()


def test_a_site_opens_at_the_first_request(folder: Path, clock: FixedClock) -> None:
    site = Site(folder, clock=clock)
    assert site.workspace is None
    assert Client(site).get("/health").status_code == 200
    assert site.workspace is not None
    site.close()


def test_an_idle_workspace_leaves_the_memory_and_comes_back(folder: Path, clock: FixedClock) -> None:
    (folder.parent / "installation.yaml").write_text("workspaces: {acme: {host: acme.test}, gone: {prefix: /gone}}")
    installation = Installation.read(folder.parent, idle=timedelta(minutes=30), clock=clock)
    client = Client(installation)
    assert client.get("/health", base_url="http://acme.test", buffered=True).status_code == 200
    clock.advance(minutes=31)
    assert client.get("/gone/health", base_url="http://other.test").status_code == 503
    assert installation.sites["acme"].workspace is None
    assert client.get("/health", base_url="http://acme.test", buffered=True).status_code == 200
    installation.close()


def test_a_host_that_is_nobodys_gets_an_answer_of_one_shape(folder: Path, clock: FixedClock) -> None:
    (folder.parent / "installation.yaml").write_text("workspaces: {acme: {host: acme.test}}")
    installation = Installation.read(folder.parent, idle=None, clock=clock)
    answer = Client(installation).get("/account", base_url="http://other.test")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_a_workspace_without_a_published_version_says_what_to_run(folder: Path, clock: FixedClock) -> None:
    change(folder, sa.delete(SYSTEM_TABLES["version"]))
    site = Site(folder, clock=clock)
    page = Client(site).get("/account", headers=HTML)
    assert page.status_code == 503
    assert "tenon apply" in page.text
    assert page.headers["Retry-After"]
    assert "Traceback" not in page.text
    told = Client(site).get("/api/v1/account", headers={"Accept-Language": "zh-CN"})
    assert told.status_code == 503
    assert "尚未发布" in told.get_json()["detail"]


def test_a_missing_row_of_the_ledger_is_named(folder: Path, clock: FixedClock) -> None:
    ledger = SYSTEM_TABLES["ledger"]
    change(folder, sa.delete(ledger).where(ledger.c.path == "account.city"))
    page = Client(Site(folder, clock=clock)).get("/", headers=HTML)
    assert page.status_code == 503
    assert "account.city" in page.text
    assert "tenon doctor --repair" in page.text


def test_broken_settings_are_told_and_mended_without_a_restart(folder: Path, clock: FixedClock) -> None:
    own = folder / "workspace.yaml"
    right = own.read_text()
    own.write_text(right.replace("database_url", "databse_url"))
    site = Site(folder, clock=clock)
    client = Client(site)
    assert client.get("/", headers=HTML).status_code == 503
    own.write_text(right)
    assert client.get("/health").status_code == 503, "it is not tried at every request"
    clock.advance(seconds=3)
    assert client.get("/health").status_code == 200
    site.close()


def test_a_version_that_does_not_compile_leaves_the_last_good_one_in_force(folder: Path, clock: FixedClock) -> None:
    publish_broken(folder, clock)
    site = Site(folder, clock=clock)
    assert Client(site).get("/sign-in").status_code == 200
    assert site.workspace is not None
    assert site.workspace.current.version == 2
    assert site.workspace.current.fallback is not None
    assert site.workspace.current.fallback.in_force == 1
    site.close()


def test_a_running_server_keeps_its_model_and_tells_administrators_only(folder: Path, clock: FixedClock) -> None:
    workspace = Workspace.open(folder, clock=clock)
    workspaces.add_person(workspace, "gil@example.com", ["salesperson"])
    client = application(workspace).test_client()
    workspaces.sign_in(client, workspaces.ADMINISTRATOR)
    assert "tenon doctor" not in client.get("/account").text
    publish_broken(folder, clock)
    shown = client.get("/account").text
    assert "version 1 stays in force" in shown
    assert "tenon doctor" in shown
    other = application(workspace).test_client()
    workspaces.sign_in(other, "gil@example.com")
    assert other.get("/account").status_code == 200
    assert "tenon doctor" not in other.get("/account").text
    workspace.close()


def publish_broken(folder: Path, clock: FixedClock) -> None:
    """As a newer program might have: a version whose sources this one does not understand."""
    database = Database.open(f"sqlite:///{folder / 'trial.sqlite'}")
    with database.writing() as connection:
        unit = UnitOfWork(actor=Actor.system("test"), connection=connection, now=clock.now())
        broken = SourceFile(layer=WORKSPACE, path="workspace.yaml", text="name: trial\nfrom_the_future: true\n")
        record_version(unit, 2, "broken", Sources(files=(broken,)), "test")
    database.close()


def test_a_newer_program_adds_the_system_tables_it_misses_before_it_serves(folder: Path, clock: FixedClock) -> None:
    change(folder, sa.text("DROP TABLE tenon_seed"), sa.text("ALTER TABLE tenon_version DROP COLUMN reason"))
    site = Site(folder, clock=clock)
    assert Client(site).get("/sign-in").status_code == 200
    assert site.workspace is not None
    with site.workspace.database.reading() as connection:
        assert is_complete(connection)
    site.close()


def test_work_that_nobody_begins_brings_an_idle_workspace_back(folder: Path, clock: FixedClock) -> None:
    (folder.parent / "installation.yaml").write_text("workspaces: {acme: {host: acme.test}, gone: {prefix: /gone}}")
    installation = Installation.read(folder.parent, idle=timedelta(minutes=30), clock=clock)
    site = installation.sites["acme"]
    outbox, schedule = SYSTEM_TABLES["outbox"], SYSTEM_TABLES["schedule"]
    change(folder, sa.update(outbox).values(status="done"), sa.delete(schedule))
    installation.care()
    assert site.workspace is None
    change(folder, sa.insert(schedule).values(name="x", signature="", next_at=clock.now() + timedelta(minutes=5)))
    installation.care()
    assert site.workspace is None
    clock.advance(minutes=6)
    installation.care()
    assert site.workspace is not None
    installation.close()
