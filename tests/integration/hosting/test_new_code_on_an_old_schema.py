"""In charge of the promise that a program which meets a database it does not fit answers rightly or says what to run.

Every route is asked, signed in and out, in each state a database may be in after a new release was started: never a
blank page, never a trace of the program, never a fault of ours.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import make_url
from werkzeug.test import Client, TestResponse

from samples import workspaces
from services.postgres import administrator
from tenon.actors import Actor
from tenon.application import application
from tenon.compiler import WORKSPACE, SourceFile, Sources
from tenon.database import Connection, Database, UnitOfWork
from tenon.hosting import Site
from tenon.schema import published
from tenon.schema.system import SYSTEM_TABLES
from tenon.schema.versions import record_version
from tenon.workspace import Workspace, tokens
from tenon.workspace.publishing import propose, publish

NOW = workspaces.fixed_clock().now()
LEDGER = SYSTEM_TABLES["ledger"]
COMMAND = re.compile(r"tenon( -w \S+)? (doctor|apply)")
TRACES = ("Traceback", 'File "/', "sqlite3.", "psycopg", "SELECT ", "sqlalchemy")
BROKEN = "name: trial\nfrom_the_future: true\n"


@dataclass(frozen=True)
class Start:
    """A workspace as an older release has left it, and what those who use it hold."""

    folder: Path
    requests: tuple[tuple[str, str], ...]
    """Method and address of every route, with a record's id where one is wanted."""
    proofs: dict[str, dict[str, str]]
    """Headers of somebody signed in, of a program, of nobody."""


@pytest.fixture(scope="module")
def start(trial_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Start:
    folder = tmp_path_factory.mktemp("old") / "acme"
    shutil.copytree(trial_folder, folder)
    own = folder / "workspace.yaml"
    own.write_text(own.read_text() + "settings: {database_url: 'sqlite:///trial.sqlite'}\n")
    with Workspace.open(folder, workspaces.settings_of(folder), workspaces.fixed_clock()) as workspace:
        app = application(workspace)
        client = app.test_client()
        workspaces.sign_in(client, workspaces.ADMINISTRATOR)
        cookie = client.get_cookie("tenon")
        assert cookie is not None
        with workspace.database.writing() as connection:
            person = workspace.identities.by_email(connection, workspaces.ADMINISTRATOR, workspace.now())
            assert person is not None
            assert person.actor.id is not None
            scopes = {"*": frozenset({"read", "write"})}
            until = workspace.now() + timedelta(days=1)
            token = tokens.create_token(connection, person.actor.id, "walk", scopes, workspace.now(), until)[1]
        account = workspace.tables["account"]
        with workspace.reading(Actor.system("test")) as unit:
            ((identity,),) = unit.connection.execute(sa.select(account.c.id).order_by(account.c.id).limit(1))
        requests = sorted(
            (method, _filled(str(rule.rule), str(identity)))
            for rule in app.url_map.iter_rules()
            for method in (rule.methods or set()) & {"GET", "POST", "PATCH", "PUT", "DELETE"}
        )
        proofs = {
            "nobody": {"Accept": "text/html"},
            "person": {"Accept": "text/html", "Cookie": f"tenon={cookie.value}"},
            "program": {"Authorization": f"Bearer {token}"},
        }
    return Start(folder, tuple(requests), proofs)


def _filled(rule: str, identity: str) -> str:
    entity = re.sub(r"<[^>]*\b(entity|name)>", "account", rule)
    return re.sub(r"<[^>]*>", identity, entity)


@pytest.fixture
def folder(start: Start, tmp_path: Path) -> Path:
    copied = tmp_path / "acme"
    shutil.copytree(start.folder, copied)
    return copied


def changing(folder: Path, change: Callable[[Connection], None]) -> None:
    database = Database.open(f"sqlite:///{folder / 'trial.sqlite'}")
    with database.writing() as connection:
        change(connection)
    database.close()


def run(folder: Path, *statements: str) -> None:
    changing(folder, lambda connection: [connection.execute(sa.text(statement)) for statement in statements] and None)


def older_system_tables(folder: Path) -> None:
    gone = [
        name for name in SYSTEM_TABLES if name in ("turn", "paused_automation", "lock", "worker", "schedule", "work")
    ]
    run(
        folder,
        *(f"DROP TABLE tenon_{name}" for name in gone),
        "ALTER TABLE tenon_version DROP COLUMN contract",
        "ALTER TABLE tenon_ledger DROP COLUMN since",
        "DROP INDEX tenon_history_by_entity_record_id_at",
    )


def files_that_were_not_applied(folder: Path) -> None:
    (folder / "entities").mkdir()
    (folder / "entities" / "account.yaml").write_text("fields: {x_rank: {type: integer}}\n")


def files_that_are_broken(folder: Path) -> None:
    (folder / "entities").mkdir()
    (folder / "entities" / "account.yaml").write_text("fields: [[[\n")


def an_older_standard_module(folder: Path) -> None:
    def change(connection: Connection) -> None:
        now = published(connection)
        assert now is not None
        files = tuple(_older(file) for file in now.sources.files)
        assert files != now.sources.files
        unit = UnitOfWork(actor=Actor.system("test"), connection=connection, now=NOW)
        record_version(unit, 2, "older", replace(now.sources, files=files), "an older release")

    changing(folder, change)


def _older(file: SourceFile) -> SourceFile:
    if file.layer == "sales" and file.path == "module.yaml":
        return replace(file, text=re.sub(r"^version: .*$", "version: 0.0.1", file.text, flags=re.M))
    return file


def a_version_of_a_newer_release(folder: Path) -> None:
    def change(connection: Connection) -> None:
        unit = UnitOfWork(actor=Actor.system("test"), connection=connection, now=NOW)
        broken = SourceFile(layer=WORKSPACE, path="workspace.yaml", text=BROKEN)
        record_version(unit, 2, "newer", Sources(files=(broken,)), "from the future")

    changing(folder, change)


def versions_of_a_newer_release_only(folder: Path) -> None:
    a_version_of_a_newer_release(folder)
    run(folder, "DELETE FROM tenon_version WHERE number = 1")


def a_conversion_half_done(folder: Path) -> None:
    def change(connection: Connection) -> None:
        connection.execute(sa.text("ALTER TABLE t_account ADD COLUMN city_2 INTEGER"))
        row = {"table_name": "t_account", "name": "city_2", "kind": "column", "subject": "account.city"}
        more = {"signature": "s", "started_at": NOW, "cursor": "", "done": 3, "total": 9, "filled": False}
        connection.write(sa.insert(SYSTEM_TABLES["work"]), {**row, **more})

    changing(folder, change)


def nothing_published(folder: Path) -> None:
    run(folder, "DELETE FROM tenon_version")


def an_empty_database(folder: Path) -> None:
    for file in folder.glob("trial.sqlite*"):
        file.unlink()


def no_database_at_all(folder: Path) -> None:
    for file in folder.glob("trial.sqlite*"):
        file.unlink()
    (folder / "trial.sqlite").write_bytes(b"this is no database" * 500)


def a_ledger_without_entries(folder: Path) -> None:
    changing(
        folder,
        lambda connection: connection.execute(sa.delete(LEDGER).where(LEDGER.c.path.like("account.c%"))) and None,
    )


def a_column_of_records_that_is_gone(folder: Path) -> None:
    run(folder, "ALTER TABLE t_account DROP COLUMN website")


STARTS_RIGHT = (
    older_system_tables,
    files_that_were_not_applied,
    files_that_are_broken,
    an_older_standard_module,
    a_version_of_a_newer_release,
    a_conversion_half_done,
)
IN_REPAIR = (
    versions_of_a_newer_release_only,
    nothing_published,
    an_empty_database,
    no_database_at_all,
    a_ledger_without_entries,
)


def walk(site: Site, start: Start, methods: tuple[str, ...] = ("GET",)) -> Iterator[tuple[str, TestResponse]]:
    client = Client(site, use_cookies=False)
    for method, address in start.requests:
        if method not in methods:
            continue
        for who, headers in start.proofs.items():
            if who == ("person" if "/api/" in address else "program"):
                continue
            answer = client.open(address, method=method, headers={**headers, "Accept-Language": "en"}, buffered=True)
            yield f"{who} {method} {address}", answer


def must_be_clear(asked: str, answer: TestResponse) -> None:
    """Right, or a refusal that says what to do."""
    text = answer.get_data(as_text=True)
    assert answer.status_code < 500 or answer.status_code == 503, f"{asked}: {answer.status_code} {text[:2000]}"
    assert not [trace for trace in TRACES if trace in text], f"{asked}: {text[:2000]}"
    if answer.status_code != 503:
        assert text or answer.status_code != 200 or "/-/" in asked, asked
        return
    if asked.endswith("/health"):
        assert "unavailable" in text
        return
    assert answer.headers["Retry-After"]
    told = text if answer.mimetype == "text/html" else answer.get_json()["hint"]
    assert COMMAND.search(told), f"{asked}: {text}"


@pytest.mark.parametrize("left", STARTS_RIGHT, ids=lambda state: state.__name__)
def test_what_an_older_release_has_left_is_served_or_completed(
    start: Start, folder: Path, left: Callable[[Path], None]
) -> None:
    left(folder)
    site = Site(folder, clock=workspaces.fixed_clock())
    for asked, answer in walk(site, start):
        must_be_clear(asked, answer)
        assert answer.status_code != 503, f"{asked}: {answer.text}"
    site.close()


@pytest.mark.parametrize("left", IN_REPAIR, ids=lambda state: state.__name__)
def test_what_cannot_be_served_says_on_every_address_what_to_run(
    start: Start, folder: Path, left: Callable[[Path], None]
) -> None:
    left(folder)
    site = Site(folder, clock=workspaces.fixed_clock())
    for asked, answer in walk(site, start, ("GET", "POST")):
        must_be_clear(asked, answer)
        assert answer.status_code == 503, asked
        pages = asked.startswith(("nobody", "person")) and "/api/" not in asked and not asked.endswith("/health")
        assert (answer.mimetype == "text/html") == pages, asked
    site.close()


def tables_of_its_own_that_are_gone(folder: Path) -> None:
    kept = {"version", "ledger", "session", "token", "credential"}
    run(folder, *(f"DROP TABLE tenon_{name}" for name in SYSTEM_TABLES if name not in kept))


def sessions_that_are_gone(folder: Path) -> None:
    run(folder, "DROP TABLE tenon_session", "DROP TABLE tenon_token", "DROP TABLE tenon_credential")


def versions_that_are_gone(folder: Path) -> None:
    run(folder, "DROP TABLE tenon_version")


UNDER_ITS_FEET = (
    a_column_of_records_that_is_gone,
    tables_of_its_own_that_are_gone,
    sessions_that_are_gone,
    versions_that_are_gone,
)


@pytest.mark.parametrize("left", UNDER_ITS_FEET, ids=lambda state: state.__name__)
def test_what_is_lost_under_a_running_server_is_told_where_it_is_missed(
    start: Start, folder: Path, left: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    site = Site(folder, clock=workspaces.fixed_clock())
    site.open()
    left(folder)
    told = 0
    for asked, answer in walk(site, start, ("GET", "POST", "PATCH", "PUT", "DELETE")):
        must_be_clear(asked, answer)
        told += answer.status_code == 503
    assert told
    site.close()
    assert "unexpected error" not in caplog.text


@pytest.fixture
def on_postgres(tmp_path: Path, fresh_postgres_url: str) -> Path:
    made = tmp_path / "beta"
    made.mkdir()
    text = workspaces.METADATA.replace("[core, customers, sales]", "[core]").replace("home: opportunity\n", "")
    (made / "workspace.yaml").write_text(f"{text}settings: {{database_url: '{fresh_postgres_url}'}}\n")
    database = workspaces.database_of(made)
    publish(database, propose(database, made), Actor.system("test"), clock=workspaces.fixed_clock())
    database.close()
    return made


def test_on_postgresql_too_a_program_that_may_not_add_its_tables_counts_what_is_pending(
    on_postgres: Path, fresh_postgres_url: str
) -> None:
    on_it(fresh_postgres_url, "DROP TABLE tenon_turn", "ALTER TABLE tenon_version DROP COLUMN contract")
    on_it(fresh_postgres_url, f'ALTER DATABASE "{make_url(fresh_postgres_url).database}" SET {_READ_ONLY}')
    page = Client(Site(on_postgres, clock=workspaces.fixed_clock())).get("/", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert "needs 2 more table(s) or column(s)" in page.text
    assert "tenon_turn" in page.text
    assert "tenon doctor --repair" in page.text
    assert "2 step(s) are pending" in page.text


def test_on_postgresql_too_what_is_lost_under_a_running_server_is_told(
    start: Start, on_postgres: Path, fresh_postgres_url: str
) -> None:
    site = Site(on_postgres, clock=workspaces.fixed_clock())
    site.open()
    on_it(fresh_postgres_url, "DROP TABLE tenon_session, tenon_token")
    for asked, answer in walk(site, start):
        must_be_clear(asked, answer)
    server = make_url(fresh_postgres_url)
    with administrator(server.set(database="postgres")) as connection:
        connection.execute(f'ALTER DATABASE "{server.database}" ALLOW_CONNECTIONS false')  # type: ignore[arg-type]
        connection.execute(_HANG_UP, (server.database,))
    client = Client(site)
    for address in ("/api/v1/user", "/health", "/user"):
        answer = client.get(address, headers=start.proofs["person"])
        assert answer.status_code in (401, 303, 503)
        must_be_clear(f"person GET {address}", answer)
    assert client.get("/health").status_code == 503
    site.close()


_READ_ONLY = "default_transaction_read_only = on"
_HANG_UP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


def on_it(url: str, *statements: str) -> None:
    with administrator(make_url(url)) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[arg-type]
