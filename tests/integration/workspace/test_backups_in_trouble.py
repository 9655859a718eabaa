"""Backups in trouble: nothing is half restored, nothing is sent twice, every refusal tells its true reason."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from samples import workspaces
from samples.backup_world import CHEAP, SYSTEM, WORDS, backup_of, client_of, opened, restored_to, small
from services.listener import Listener
from tenon.clock import FixedClock
from tenon.database import Database
from tenon.errors import Conflict, InvalidInput, NotFound
from tenon.jobs import resume_outgoing
from tenon.query import Query
from tenon.schema import SYSTEM_TABLES
from tenon.settings import Settings
from tenon.workspace import Workspace
from tenon.workspace.backups import Made, Source, make, verify
from tenon.workspace.backups.refusals import Damaged
from tenon.workspace.backups.restoring import restore
from tenon.workspace.backups.targets import Target


@pytest.fixture(scope="module")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Never written to."""
    folder = tmp_path_factory.mktemp("small") / "small"
    small(folder, workspaces.fixed_clock())
    return folder


@pytest.fixture(scope="module")
def backup(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    with opened(small_folder, workspaces.fixed_clock()) as workspace:
        return backup_of(workspace, tmp_path_factory.mktemp("backups"))


def tables(url: str) -> list[str]:
    database = Database.open(url)
    with closing(database), database.reading() as connection:
        return sa.inspect(connection.sqlalchemy).get_table_names()


def test_nothing_is_sent_twice(small_folder: Path, tmp_path: Path, clock: FixedClock, listener: Listener) -> None:
    """A call is due when the backup is made; the original makes it afterwards, the copy waits to be told."""
    inside = {"TENON_PRIVATE_ADDRESSES": "true"}
    shutil.copytree(small_folder, tmp_path / "first")
    with opened(tmp_path / "first", clock, **inside) as first:
        with first.unit(SYSTEM) as unit:
            hook = {"name": "ERP", "url": f"{listener.url}/told", "entities": ["department"]}
            first.writer.create(unit, first.access(SYSTEM), "webhook", hook)
            first.writer.create(unit, first.access(SYSTEM), "department", {"name": "Told once"})
        made = backup_of(first, tmp_path)
        first.background.run_due()
        assert len(listener.heard) == 1
    restored_to(made.path, tmp_path / "acme", "", clock)
    with opened(tmp_path / "acme", clock, **inside) as second:
        second.background.run_due()
        health = second.background.look()
        assert (len(listener.heard), health.paused, health.held, health.dead) == (1, True, 1, 0)
        client = client_of(second)
        workspaces.sign_in(client, workspaces.ADMINISTRATOR)
        assert "Nothing leaves this workspace: 1 " in client.get("/department").text
        with second.unit(SYSTEM) as unit:
            assert resume_outgoing(unit, "discard", second.current.processes.duties) == 1
        second.background.run_due()
        assert (len(listener.heard), second.background.look().paused) == (1, False)
        with second.reading(SYSTEM) as unit:
            query = Query(entity="webhook_delivery", select=("status", "error"))
            told = second.reader.list(unit, second.access(SYSTEM), query).records
        assert [(each["status"], "not to be sent" in each["error"]) for each in told] == [("failed", True)]


def test_a_restore_that_fails_leaves_nothing_behind(
    backup: Made, tmp_path: Path, database_url: str, clock: FixedClock
) -> None:
    whole = backup.path.read_bytes()
    broken, folder = tmp_path / "broken", tmp_path / "acme"
    broken.write_bytes(whole[:-2000] + bytes([whole[-2000] ^ 1]) + whole[-1999:])
    with pytest.raises(Damaged):
        restored_to(broken, folder, database_url, clock)
    broken.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Damaged, match="ends too early"):
        restored_to(broken, folder, database_url, clock)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken"]
    assert tables(database_url) == []


def test_a_target_in_use_and_another_passphrase_are_refused(
    backup: Made, tmp_path: Path, database_url: str, clock: FixedClock
) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "letter.txt").write_text("mine")
    with pytest.raises(Conflict, match="is not empty"):
        restored_to(backup.path, tmp_path / "used", "", clock)
    database = Database.open(database_url)
    with closing(database), database.writing() as connection:
        connection.execute(sa.text("CREATE TABLE somebodys (number INTEGER)"))
    with pytest.raises(Conflict, match="1 table"):
        restored_to(backup.path, tmp_path / "acme", database_url, clock)
    assert tables(database_url) == ["somebodys"]
    with pytest.raises(InvalidInput, match="passphrase"):
        verify(backup.path, lambda: "another passphrase")
    with pytest.raises(NotFound):
        verify(tmp_path / "nowhere", lambda: WORDS)
    assert not (tmp_path / "acme").exists()


def test_a_schema_made_for_a_restore_goes_with_it_when_that_fails(
    backup: Made, tmp_path: Path, fresh_postgres_url: str, clock: FixedClock
) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(backup.path.read_bytes()[:-1000])
    target = Target(folder=tmp_path / "acme", url=fresh_postgres_url, schema="acme", written=True)
    with pytest.raises(Damaged):
        restore(broken, target, lambda: WORDS, clock.now())
    with closing(Database.open(fresh_postgres_url)) as database, database.reading() as connection:
        assert connection.execute(sa.text("SELECT to_regnamespace('acme') IS NULL")) == [(True,)]
    restore(backup.path, target, lambda: WORDS, clock.now())
    with opened(tmp_path / "acme", clock) as workspace:
        assert (workspace.settings.database_schema, workspace.current.version) == ("acme", 1)


def test_a_newer_program_completes_what_an_older_one_did_not_keep(
    small_folder: Path, tmp_path: Path, clock: FixedClock
) -> None:
    folder = tmp_path / "older"
    shutil.copytree(small_folder, folder)
    with closing(sqlite3.connect(folder / ".tenon" / "tenon.sqlite")) as driver:
        driver.execute("DROP TABLE tenon_pause")
        driver.execute("DROP TABLE tenon_turn")
        driver.execute("ALTER TABLE tenon_version DROP COLUMN origin")
        driver.commit()
    settings = Settings.of(folder, {})
    with closing(Database.of(settings)) as database:
        made = make(
            Source(folder=folder, settings=settings, database=database), tmp_path, WORDS, clock.now(), cost=CHEAP
        )
    restored_to(made.path, tmp_path / "newer", "", clock)
    with opened(tmp_path / "newer", clock) as workspace, workspace.database.reading() as connection:
        there = set(sa.inspect(connection.sqlalchemy).get_table_names())
        assert there >= {table.name for table in SYSTEM_TABLES.values()}
        assert workspace.current.version == 1


def test_a_module_that_is_not_here_is_named(small_folder: Path, tmp_path: Path, clock: FixedClock) -> None:
    shutil.copytree(small_folder, tmp_path / "flying")
    with opened(tmp_path / "flying", clock) as other:
        with other.database.writing() as connection:
            column = SYSTEM_TABLES["version"].c.modules
            modules = {"core": "1.0.0", "flying": "2.0.0"}
            connection.write(sa.update(SYSTEM_TABLES["version"]).values({column: modules}))
        made = backup_of(other, tmp_path)
    with pytest.raises(Conflict, match="does not have: flying"):
        restored_to(made.path, tmp_path / "acme", "", clock)
    assert not (tmp_path / "acme").exists()


def test_a_workspace_whose_keys_were_lost_does_not_count_as_restored(
    small_folder: Path, tmp_path: Path, clock: FixedClock
) -> None:
    folder = tmp_path / "keyless"
    shutil.copytree(small_folder, folder)
    with opened(folder, clock) as keyless:
        (folder / ".tenon" / "keys.json").unlink()
        made = backup_of(keyless, tmp_path)
    assert made.lost_secrets
    with pytest.raises(Conflict, match="had lost its keys"):
        restored_to(made.path, tmp_path / "acme", "", clock)
    assert not (tmp_path / "acme").exists()


def test_backups_are_made_by_themselves_and_a_failure_reaches_the_operators(
    small_folder: Path, tmp_path: Path, clock: FixedClock
) -> None:
    into = tmp_path / "nightly"
    into.mkdir()
    (into / "letter.txt").write_text("mine")
    with _scheduled(small_folder, tmp_path / "acme", clock, backup_folder=str(into), backup_keep=2) as workspace:
        for _day in range(4):
            workspace.background.run_due()
            clock.advance(days=1)
        made = sorted(into.glob("*.tenon-backup"))
        assert len(made) == 2
        assert verify(made[-1], lambda: WORDS).workspace == "small"
        assert (into / "letter.txt").exists()
        for path in made:
            path.unlink()
        (into / "letter.txt").unlink()
        into.rmdir()
        for _attempt in range(5):
            workspace.background.run_due()
            clock.advance(hours=1)
        health = workspace.background.look()
        assert health.dead == 1
        client = client_of(workspace)
        workspaces.sign_in(client, workspaces.ADMINISTRATOR)
        assert "needs care" in client.get("/department").text
        assert "the last backup failed" in client.get("/console/").text
        assert str(into) in client.get("/console/").text


def _scheduled(small: Path, folder: Path, clock: FixedClock, **settings: Any) -> Workspace:
    shutil.copytree(small, folder)
    given = Settings.of(folder, {})
    return Workspace.open(folder, replace(given, backup_passphrase=WORDS, **settings), clock)
