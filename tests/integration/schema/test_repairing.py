"""In charge of the promise that a ledger which lost a row is made whole again, or says what it cannot find."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from samples import workspaces
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.errors import Unavailable
from tenon.schema import Ledger, repair_ledger
from tenon.schema.system import SYSTEM_TABLES
from tenon.settings import Settings
from tenon.workspace import Workspace
from tenon.workspace.publishing import propose, publish

LEDGER = SYSTEM_TABLES["ledger"]


@pytest.fixture
def folder(tmp_path: Path, database_url: str, clock: FixedClock) -> Path:
    made = tmp_path / "acme"
    made.mkdir()
    text = workspaces.METADATA.replace("[core, customers, sales]", "[core]").replace("home: opportunity\n", "")
    (made / "workspace.yaml").write_text(f"{text}settings: {{database_url: '{database_url}'}}\n")
    database = workspaces.database_of(made)
    publish(database, propose(database, made), Actor.system("test"), clock=clock)
    database.close()
    return made


def opened(folder: Path, clock: FixedClock) -> Workspace:
    return Workspace.open(folder, Settings.of(folder, {}), clock)


@pytest.mark.parametrize(
    "lost",
    [
        ["user.email"],
        ["user"],
        ["department", "department.name", "department.head"],
        ["role_assignment.person", "role_assignment.role"],
    ],
)
def test_lost_entries_are_found_again(folder: Path, clock: FixedClock, lost: list[str]) -> None:
    with opened(folder, clock) as workspace, workspace.database.writing() as connection:
        model, whole = workspace.model, Ledger.load(connection)
        connection.execute(sa.delete(LEDGER).where(LEDGER.c.path.in_(lost), LEDGER.c.kind != "index"))
    with pytest.raises(Unavailable, match=r"lacks .* that the published version needs"):
        opened(folder, clock)
    database = workspaces.database_of(folder)
    with database.writing() as connection:
        repair = repair_ledger(model, connection)
    with database.reading() as connection:
        mended = Ledger.load(connection)
    database.close()
    assert sorted(repair.entered) == sorted(lost)
    assert repair.lost == ()
    assert {entry.place for entry in mended.entries} == {entry.place for entry in whole.entries}
    opened(folder, clock).close()


def test_a_column_somebody_else_claims_is_never_guessed(folder: Path, clock: FixedClock) -> None:
    with opened(folder, clock) as workspace, workspace.database.writing() as connection:
        model = workspace.model
        connection.execute(sa.delete(LEDGER).where(LEDGER.c.path == "user.email"))
        connection.execute(sa.update(LEDGER).where(LEDGER.c.path == "user.phone").values(column_name="email"))
        repair = repair_ledger(model, connection)
    assert "user.email" in repair.lost


def test_a_whole_ledger_stays_as_it_is(folder: Path, clock: FixedClock) -> None:
    with opened(folder, clock) as workspace, workspace.database.writing() as connection:
        repair = repair_ledger(workspace.model, connection)
    assert (repair.entered, repair.lost) == ((), ())
