"""One file brings a whole workspace back, on either database and across: P106, and encrypted backups that restore."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from samples import workspaces
from samples.backup_world import (
    CONTENT,
    COOKIE,
    SECRET,
    SYSTEM,
    WORDS,
    Original,
    backup_of,
    bearer,
    client_of,
    contents,
    opened,
    original,
    restored_to,
)
from services.postgres import fresh_database
from services.run import Run
from tenon.clock import FixedClock
from tenon.database import Database
from tenon.workspace import Workspace
from tenon.workspace.backups import Made, verify
from tenon.workspace.publishing import propose_version, publish

OWN = ("tenon_pause", "tenon_backup")
"""Tables that tell of the copy, not of the original."""


@pytest.fixture(scope="module")
def source(trial_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Original]:
    """Never written to by a test."""
    made = original(trial_folder, tmp_path_factory.mktemp("source") / "trial", workspaces.fixed_clock())
    yield made
    made.workspace.close()


@pytest.fixture(scope="module")
def backup(source: Original, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return backup_of(source.workspace, tmp_path_factory.mktemp("backups"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def restored(
    request: pytest.FixtureRequest, backup: Made, tmp_path_factory: pytest.TempPathFactory, test_run: Run
) -> Iterator[Workspace]:
    """On an empty machine, so to speak; tests may look at it, and write what no other looks at."""
    folder, clock = tmp_path_factory.mktemp("restored") / "acme", workspaces.fixed_clock()
    if request.param == "sqlite":
        restored_to(backup.path, folder, "", clock)
        with opened(folder, clock) as workspace:
            yield workspace
        return
    name = f"{test_run.folder.name}_{test_run.worker}_restored"
    with fresh_database(request.getfixturevalue("postgres_server"), name) as url:
        restored_to(backup.path, folder, url, clock)
        with opened(folder, clock) as workspace:
            yield workspace


def test_a_person_signs_in_and_opens_twenty_records_and_a_file(source: Original, restored: Workspace) -> None:
    client = client_of(restored)
    workspaces.sign_in(client, workspaces.ADMINISTRATOR)
    assert client.get(f"/account/{source.account}").status_code == 200
    opened_records = 0
    for entity in ("account", "contact", "activity"):
        listed = client.get(f"/api/v1/{entity}?limit=7", headers=bearer(source.token)).get_json()["records"]
        for record in listed:
            assert client.get(f"/{entity}/{record['id']}").status_code == 200
            one = client.get(f"/api/v1/{entity}/{record['id']}", headers=bearer(source.token)).get_json()
            opened_records += one.items() >= record.items()
    assert opened_records >= 20
    fetched = client.get(f"/api/v1/files/{source.file}", headers=bearer(source.token), buffered=True)
    assert fetched.data == CONTENT
    assert "%E6%8A%A5%E4%BB%B7.pdf" in fetched.headers["Content-Disposition"]


def test_secrets_open_and_who_was_signed_in_still_is(source: Original, restored: Workspace) -> None:
    client = client_of(restored)
    client.set_cookie(COOKIE, source.session)
    token = workspaces.csrf_token(client, "/-/settings")
    address = f"/mailbox/{source.mailbox}/-/reveal/password"
    assert client.post(address, headers={"X-CSRFToken": token}).get_json() == {"value": SECRET}


def test_every_version_is_there_and_can_be_brought_back(source: Original, restored: Workspace) -> None:
    assert restored.current.version == 4
    assert restored.model.entities["account"].icon == "star"
    assert "x_tax" not in restored.model.entities["account"].fields
    publish(restored.database, propose_version(restored.database, 2), SYSTEM, clock=restored.clock)
    restored.reload()
    with restored.reading(SYSTEM) as unit:
        record = restored.reader.one(unit, restored.access(SYSTEM), "account", source.account)
    assert (restored.current.version, record["x_tax"], record["name"]) == (5, "DE 123", "Backed up Ltd")
    assert restored.model.entities["account"].icon != "star"


def test_from_one_database_into_the_other_and_back_nothing_is_lost(
    source: Original, backup: Made, fresh_postgres_url: str, tmp_path: Path, clock: FixedClock
) -> None:
    restored_to(backup.path, tmp_path / "on_a_server", fresh_postgres_url, clock)
    with opened(tmp_path / "on_a_server", clock) as between:
        second = backup_of(between, tmp_path)
    restored_to(second.path, tmp_path / "in_a_file", "", clock)
    with (
        opened(tmp_path / "in_a_file", clock) as final,
        final.database.reading() as now,
        source.workspace.database.reading() as before,
    ):
        found, wanted = contents(now), contents(before)
    for name in OWN:
        found.pop(name), wanted.pop(name)
    assert found == wanted
    assert (second.rows, second.files) == (backup.rows + 1, backup.files)  # one more: that nothing is to leave
    kept = {path.relative_to(tmp_path / "in_a_file") for path in (tmp_path / "in_a_file").rglob("*.yaml")}
    assert kept == {path.relative_to(source.workspace.folder) for path in source.workspace.folder.rglob("*.yaml")}


def test_a_snapshot_shows_one_instant_while_people_write(database_url: str) -> None:
    database = Database.open(database_url)
    with closing(database):
        with database.writing() as connection:
            connection.execute(sa.text("CREATE TABLE counted (number INTEGER)"))
        with database.snapshot() as seen:
            with closing(Database.open(database_url)) as other, other.writing() as connection:
                connection.execute(sa.text("INSERT INTO counted VALUES (1)"))
            assert seen.execute(sa.text("SELECT count(*) FROM counted")) == [(0,)]
        with database.reading() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM counted")) == [(1,)]


def test_it_is_read_through_and_counted(source: Original, backup: Made) -> None:
    report = verify(backup.path, lambda: WORDS)
    assert (report.workspace, report.version, report.database, report.files) == ("trial", 4, "sqlite", 1)
    assert sum(report.rows.values()) == backup.rows
    assert report.rows["tenon_version"] == 4
    assert (report.keys, report.missing) == (2, 0)
    assert report.modules.keys() == {"core", "customers", "sales"}
    assert SECRET.encode() not in backup.path.read_bytes()
    assert backup.path.stat().st_mode & 0o077 == 0
