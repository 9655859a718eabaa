"""In charge of what is measured: both applications on one database, with the same 100,000 opportunities.

The data is put into the tables directly, because loading is not what is measured here.
"""

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.calling import Application
from bench.handwritten.app import create_app
from bench.handwritten.models import Account, Base, Opportunity, Person
from tenon.access import Access
from tenon.actors import Actor
from tenon.application import application
from tenon.clock import SystemClock
from tenon.database import Database
from tenon.ids import new_id
from tenon.settings import Settings
from tenon.workspace import Workspace, tokens
from tenon.workspace.publishing import propose, publish

WORKSPACE = Path(__file__).parent / "workspace"
STAGES, KINDS = ("open", "offer", "won", "lost"), ("new", "renewal", "extension")
BRANCHES, TEAMS, SELLERS = 3, 4, 5
SYSTEM = Actor.system("bench")


@dataclass(frozen=True, kw_only=True)
class World:
    """`administrator` and `seller` are Bearer tokens; the seller sees the opportunities of a third of the company."""

    workspace: Workspace
    generated: Application
    handwritten: Application
    engine: sa.Engine
    administrator: str
    seller: str
    accounts: list[str]
    records: list[str]
    of_seller: list[str]
    """Ids of the opportunities that the seller sees."""


@contextmanager
def build(url: str, folder: Path, rows: int) -> Iterator[World]:
    shutil.copytree(WORKSPACE, folder / "workspace")
    settings = Settings.of(folder / "workspace", {"TENON_DATABASE_URL": url, "TENON_API_RATE_LIMIT": "0"})
    database = Database.of(settings)
    publish(database, propose(database, folder / "workspace"), SYSTEM, clock=SystemClock())
    database.close()
    engine = _engine(url)
    Base.metadata.create_all(engine)
    with Workspace.open(folder / "workspace", settings) as workspace:
        people = _people(workspace)
        accounts, owners = _load(workspace, people, rows)
        _copy(engine, workspace)
        head = people[0]
        below = set(people[: TEAMS * SELLERS + 1])
        yield World(
            workspace=workspace,
            generated=application(workspace).wsgi_app,
            handwritten=create_app(engine).wsgi_app,
            engine=engine,
            administrator=_token(workspace, people[-1]),
            seller=_token(workspace, head),
            accounts=accounts,
            records=list(owners),
            of_seller=[record for record, owner in owners.items() if owner in below],
        )
    engine.dispose()


def _engine(url: str) -> sa.Engine:
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def _set_up(driver: Any, _record: Any) -> None:
            for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "temp_store = MEMORY"):
                driver.execute(f"PRAGMA {pragma}").fetchall()

    return engine


def _people(workspace: Workspace) -> list[str]:
    """Per branch its head, then his teams' sellers; the administrator comes last."""
    writer, access = workspace.writer, Access.of(workspace.model, SYSTEM)
    people: list[str] = []
    with workspace.unit(SYSTEM) as unit:

        def make(entity: str, **values: Any) -> str:
            return writer.create(unit, access, entity, values).id

        def person(department: str, role: str) -> None:
            number = len(people)
            found = make("user", name=f"Person {number}", email=f"p{number}@example.com", department=department)
            make("role_assignment", person=found, role=role)
            people.append(found)

        company = make("department", name="Company")
        for branch in range(BRANCHES):
            top = make("department", name=f"Branch {branch}", parent=company)
            person(top, "seller")
            for team in range(TEAMS):
                department = make("department", name=f"Team {branch}.{team}", parent=top)
                for _ in range(SELLERS):
                    person(department, "seller")
        person(company, "administrator")
    return people


def _load(workspace: Workspace, people: list[str], rows: int) -> tuple[list[str], dict[str, str]]:
    """Ids of the accounts, and owner by opportunity."""
    chance, now = random.Random(7), datetime.now(UTC)
    same = {"version": 1, "created_at": now, "changed_at": now, "created_by": people[-1], "changed_by": people[-1]}
    accounts: list[dict[str, Any]] = [
        {**same, "id": new_id(), "name": f"Customer {number}", "city": "Shanghai", "owner": chance.choice(people)}
        for number in range(max(rows // 10, 1))
    ]
    opportunities: list[dict[str, Any]] = [
        {
            **same,
            "id": new_id(),
            "name": f"Opportunity {number}",
            "account": chance.choice(accounts)["id"],
            "owner": chance.choice(people),
            "kind": chance.choice(KINDS),
            "amount": Decimal(chance.randrange(1000, 100_000_000)).scaleb(-2),
            "amount.currency": "CNY",
            "close_date": date(2026, 1, 1) + timedelta(days=chance.randrange(365)),
            "probability": Decimal(chance.randrange(0, 100)),
            "next_step": "Call them" if number % 3 else None,
            "description": f"What we know of opportunity {number}. " * 3,
            "stage": chance.choice(STAGES),
            "stage_since": now,
        }
        for number in range(rows)
    ]
    _insert(workspace, "account", accounts)
    _insert(workspace, "opportunity", opportunities)
    return [row["id"] for row in accounts], {row["id"]: row["owner"] for row in opportunities}


def _insert(workspace: Workspace, entity: str, rows: list[dict[str, Any]]) -> None:
    table = workspace.tables[entity]
    names = {key: f"p{number}" for number, key in enumerate(rows[0])}
    clause = sa.insert(table).values(
        {table.c[key]: sa.bindparam(name, type_=table.c[key].type, required=True) for key, name in names.items()}
    )
    with workspace.database.writing() as connection:
        connection.many(clause, [{names[key]: value for key, value in row.items()} for row in rows])


def _copy(engine: sa.Engine, workspace: Workspace) -> None:
    """The hand-written tables get the very same rows; then the database learns what lies in all of them."""
    renamed = {"account_id": "account", "owner_id": "owner", "currency": "amount.currency"}
    with engine.begin() as connection:
        for model, entity in ((Person, "user"), (Account, "account"), (Opportunity, "opportunity")):
            target, source = model.__table__, workspace.tables[entity]
            assert isinstance(target, sa.Table)
            columns = [sa.type_coerce(source.c[renamed.get(c.name, c.name)], c.type) for c in target.columns]
            connection.execute(sa.insert(target).from_select(list(target.columns), sa.select(*columns)))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))


def _token(workspace: Workspace, person: str) -> str:
    now = workspace.now()
    scopes = {"*": frozenset(("read", "create", "update", "delete", "export"))}
    with workspace.database.writing() as connection:
        return tokens.create_token(connection, person, "bench", scopes, now, now + timedelta(days=1))[1]
