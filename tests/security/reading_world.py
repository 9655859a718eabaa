"""In charge of a small company with secrets: what one salesman may see, and what he may not.

Sam sees his own accounts, every deal but not its margin, notes of his own deals alone, lines of his own deals,
and no vault at all. Rita runs everything.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa

from tenon.access import Access
from tenon.actors import Actor
from tenon.compiler import SourceFile, Sources, compile_sources
from tenon.database import Database, UnitOfWork
from tenon.model import Model
from tenon.query import Reader
from tenon.schema import SYSTEM_TABLES, Ledger, Tables, apply, build_tables, plan

NOW = datetime(2026, 3, 14, 20, 30, tzinfo=UTC)

CORE = {
    "module.yaml": "{name: core, version: 1.0.0, label: Core}",
    "entities/department.yaml": """
        {label: Department, plural: Departments, fields: {
          name: {type: text, required: true, label: Name},
          parent: {type: hierarchy, label: Part of}}}""",
    "entities/region.yaml": """
        {label: Region, plural: Regions, fields: {
          name: {type: text, required: true, label: Name},
          code: {type: text, label: Code},
          parent: {type: hierarchy, label: Part of}}}""",
    "entities/user.yaml": """
        {label: User, plural: Users, fields: {
          name: {type: text, required: true, label: Name},
          salary: {type: integer, label: Salary},
          department: {type: lookup, to: department, label: Department},
          region: {type: lookup, to: region, label: Region},
          manager: {type: user, label: Manager}}}""",
}
WORKSPACE = "{name: probe, label: Probe, modules: [core, deals], currency: CNY, timezone: Asia/Shanghai}"
DEALS = {
    "module.yaml": "{name: deals, version: 1.0.0, label: Deals, requires: {core: 1.0.0}}",
    "entities/account.yaml": """
        {label: Account, plural: Accounts, owned: true, region: region, search: [name, city], fields: {
          name: {type: text, required: true, label: Name},
          city: {type: text, label: City},
          region: {type: region, label: Region},
          revenue: {type: money, label: Revenue},
          rating: {type: choice, options: {a: {label: A}, b: {label: B}}, label: Rating},
          open_amount: {type: rollup, of: sum(deals.amount), label: Open},
          codes: {type: tags, label: Codes}},
         relationships: {deals: {from: deal.account, label: Deals}}}""",
    "entities/deal.yaml": """
        {label: Deal, plural: Deals, owned: true, search: [name, note, account.name], fields: {
          name: {type: text, required: true, label: Name},
          account: {type: lookup, to: account, label: Account},
          amount: {type: money, label: Amount},
          margin: {type: decimal, label: Margin},
          note: {type: text, label: Note},
          vault: {type: lookup, to: vault, label: Vault},
          allies: {type: multi_lookup, to: account, label: Allies},
          about: {type: any_record, label: About},
          basis: {type: any_record, entities: [account, vault], on_delete: keep, label: Basis},
          kind: {type: formula, of: text, value: about.entity, label: Kind},
          close_date: {type: date, label: Close},
          closed: {type: boolean, label: Closed},
          doubled: {type: formula, of: money, value: amount * 2, label: Doubled},
          profit: {type: formula, of: decimal, value: margin + 1, label: Profit},
          customer: {type: formula, of: text, value: account.name, label: Customer},
          granted: {type: formula, of: decimal, value: margin * 10, label: Granted},
          noted: {type: formula, of: text, value: note + "!", label: Noted},
          lines_total: {type: rollup, of: sum(lines.price), label: Lines}},
         relationships: {
          lines: {from: line.deal, label: Lines},
          partners: {with: account, through: partnership, label: Partners}},
         pipelines: {default: {label: Sales, initial: open, stages: {
          open: {kind: open, label: Open, probability: 20},
          won: {kind: won, label: Won, probability: 100},
          lost: {kind: lost, label: Lost, probability: 0}}}}}""",
    "entities/line.yaml": """
        {label: Line, plural: Lines, owned: deal, title: product, search: [product], fields: {
          product: {type: text, required: true, label: Product},
          deal: {type: lookup, to: deal, label: Deal},
          price: {type: decimal, label: Price},
          quantity: {type: integer, label: Quantity}}}""",
    "entities/partnership.yaml": """
        {label: Partnership, plural: Partnerships, title: role, fields: {
          role: {type: text, label: Role},
          deal: {type: lookup, to: deal, label: Deal},
          account: {type: lookup, to: account, where: city == "Shanghai", label: Account}}}""",
    "entities/vault.yaml": """
        {label: Vault, plural: Vaults, search: [name], fields: {
          name: {type: text, required: true, label: Name},
          about: {type: lookup, to: deal, label: About},
          weight: {type: integer, label: Weight}}}""",
    "roles/seller.yaml": """
        {label: Seller, grants: {
          user: {read: all, fields: {salary: none}},
          department: {read: all},
          region: {read: all},
          account: {read: own, update: own, fields: {city: {read: true, update: none}}},
          partnership: {read: all},
          line: {read: own},
          deal: {read: all, create: true, update: own, delete: own, fields: {
            margin: none,
            note: {read: own, update: own}}}}}""",
    "roles/analyst.yaml": """
        {label: Analyst, grants: {
          deal: {read: all, fields: {margin: none, granted: {read: true, update: none}}}}}""",
    "roles/chief.yaml": """
        {label: Chief, grants: {"*": {read: all, create: true, update: all, delete: all, export: all}}}""",
    "roles/auditor.yaml": """
        {label: Auditor, deny: {"*": [export], account: [delete]}, grants: {
          account: {read: department_tree, delete: all, export: all},
          deal: {read: stage == "won", fields: {margin: {read: own}}}}}""",
    "roles/neighbour.yaml": "{label: Neighbour, grants: {account: {read: region}, deal: {read: department}}}",
    "roles/keeper.yaml": """
        {label: Keeper, grants: {
          account: {read: region_tree, update: region},
          deal: {read: own, fields: {note: none}}}}""",
}

SECRET = "zzsecretzz"
"""Stands in every value Sam may not see, and in none that he may."""


def identity(number: int) -> str:
    return f"0190a1b2-0000-7000-8000-{number:012d}"


SAM, RITA, OLGA = identity(1), identity(2), identity(3)
MINE, THEIRS, OTHERS, BINNED = identity(11), identity(12), identity(13), identity(14)
DEAL_MINE, DEAL_HIDDEN, DEAL_OTHER, DEAL_BARE, DEAL_BINNED = (identity(number) for number in range(21, 26))
VAULT = identity(41)
EAST, SHANGHAI, WEST = identity(51), identity(52), identity(53)
SALES, TEAM, BACK = identity(61), identity(62), identity(63)


@cache
def model() -> Model:
    """Compiled once: a model is a value."""
    return model_with({})


def model_with(more: Mapping[str, str]) -> Model:
    """With further files of the module."""
    files = [SourceFile(layer="core", path=path, text=text) for path, text in CORE.items()]
    files += [SourceFile(layer="deals", path=path, text=text) for path, text in {**DEALS, **more}.items()]
    files += [SourceFile(layer="workspace", path="workspace.yaml", text=WORKSPACE)]
    return compile_sources(sources(files))


def sources(files: list[SourceFile]) -> Sources:
    return Sources(files=tuple(files), available=("core", "deals"))


@dataclass
class World:
    database: Database
    model: Model
    tables: Tables
    reader: Reader
    people: Mapping[str, Actor] = field(default_factory=dict)

    @classmethod
    def build(cls, url: str, compiled: Model | None = None) -> "World":
        database, compiled = Database.open(url), compiled or model()
        with database.writing() as connection:
            unit = UnitOfWork(Actor.system("setting up a test"), connection, NOW)
            apply(plan(None, compiled, Ledger.load(connection), connection), unit, sources([]))
        with database.reading() as connection:
            tables = build_tables(compiled, Ledger.load(connection))
        reader = Reader(compiled, tables, database.dialect)
        world = cls(database, compiled, tables, reader, _people())
        _fill(world)
        return world

    @contextmanager
    def reading(self, person: str) -> Iterator[tuple[UnitOfWork, Access]]:
        actor = self.people[person]
        with self.database.reading() as connection:
            yield UnitOfWork(actor, connection, NOW), Access.of(self.model, actor)

    def insert(self, entity: str, *rows: Mapping[str, Any]) -> None:
        """Rows as they are stored, by logical column (`amount.currency`)."""
        table = self.tables[entity]
        with self.database.writing() as connection:
            for row in rows:
                complete = {"version": 1, "created_at": NOW, "changed_at": NOW, **row}
                connection.write(sa.insert(table).values({table.c[key]: value for key, value in complete.items()}))

    def change(self, entity: str, record: str, **values: Any) -> None:
        table = self.tables[entity]
        named = {table.c[key.replace("__", ".")]: value for key, value in values.items()}
        with self.database.writing() as connection:
            connection.write(sa.update(table).values(named).where(table.c.id == record))

    def remember(self, table: str, **values: Any) -> None:
        with self.database.writing() as connection:
            connection.write(sa.insert(SYSTEM_TABLES[table]).values(**values))


def _people() -> dict[str, Actor]:
    def person(record: str, name: str, role: str, department: str | None, region: str | None) -> Actor:
        return Actor(
            id=record,
            name=name,
            roles=frozenset({role}),
            department=department,
            region=region,
            timezone="Asia/Shanghai",
        )

    return {
        "sam": person(SAM, "Sam", "seller", TEAM, SHANGHAI),
        "rita": person(RITA, "Rita", "chief", SALES, EAST),
        "olga": person(OLGA, "Olga", "seller", None, None),
        "anna": Actor(id=identity(4), name="Anna", roles=frozenset({"analyst"})),
        "nick": Actor(id=identity(5), name="Nick", roles=frozenset({"neighbour"})),
        "nora": person(identity(6), "Nora", "neighbour", BACK, WEST),
        "nobody": Actor(id=identity(9), name="Nobody"),
        "system": Actor.system("a test"),
    }


def _fill(world: World) -> None:
    world.insert(
        "department",
        {"id": SALES, "name": "Sales"},
        {"id": TEAM, "name": "Team", "parent": SALES},
        {"id": BACK, "name": "Back office"},
    )
    world.insert(
        "region",
        {"id": EAST, "name": "East", "code": "east"},
        {"id": SHANGHAI, "name": "Shanghai", "code": "sh", "parent": EAST},
        {"id": WEST, "name": "West", "code": "west"},
    )
    world.insert(
        "user",
        {"id": RITA, "name": "Rita", "salary": 900, "department": SALES, "region": EAST},
        {"id": SAM, "name": "Sam", "salary": 500, "department": TEAM, "region": SHANGHAI, "manager": RITA},
        {"id": OLGA, "name": "Olga", "salary": 600, "department": BACK},
    )
    _fill_accounts(world)
    _fill_deals(world)
    _fill_histories(world)


def _fill_accounts(world: World) -> None:
    common = {"revenue.currency": "CNY"}
    world.insert(
        "account",
        {"id": MINE, "name": "Acme", "city": "Shanghai", "owner": SAM, "region": SHANGHAI, "revenue": 100, **common},
        {
            "id": THEIRS,
            "name": f"Bolt {SECRET}",
            "city": SECRET,
            "owner": OLGA,
            "region": WEST,
            "revenue": 7777,
            **common,
        },
        {
            "id": OTHERS,
            "name": f"Coil {SECRET}",
            "owner": RITA,
            "region": EAST,
            "rating": "b",
            "revenue": 8888,
            **common,
        },
        {"id": BINNED, "name": f"Dead {SECRET}", "owner": SAM, "deleted_at": NOW},
    )


def _fill_deals(world: World) -> None:
    def deal(record: str, name: str, **values: Any) -> dict[str, Any]:
        money = {"amount": values.pop("amount"), "amount.currency": "CNY"} if "amount" in values else {}
        return {"id": record, "name": name, "stage": "open", "closed": False, **money, **values}

    world.insert(
        "deal",
        deal(
            DEAL_MINE,
            "Alpha",
            owner=SAM,
            account=MINE,
            amount=Decimal(10),
            margin=Decimal(3),
            note="mine",
            close_date=date(2026, 3, 1),
        ),
        deal(
            DEAL_HIDDEN,
            "Beta",
            owner=OLGA,
            account=THEIRS,
            amount=Decimal(20),
            margin=Decimal(5),
            note=SECRET,
            stage="won",
            close_date=date(2026, 3, 9),
        ),
        deal(
            DEAL_OTHER,
            "Gamma",
            owner=RITA,
            account=OTHERS,
            amount=Decimal(30),
            margin=Decimal(7),
            note=SECRET,
            close_date=date(2026, 4, 1),
        ),
        deal(DEAL_BARE, "Delta", owner=SAM),
        deal(DEAL_BINNED, f"Gone {SECRET}", owner=OLGA, account=MINE, amount=Decimal(99), deleted_at=NOW),
    )
    world.insert("vault", {"id": VAULT, "name": SECRET, "about": DEAL_MINE, "weight": 5})
    world.change("deal", DEAL_MINE, vault=VAULT, allies=[THEIRS, MINE, BINNED])
    world.change("deal", DEAL_HIDDEN, allies=[OTHERS, THEIRS])
    world.change("deal", DEAL_MINE, about=THEIRS, about__entity="account", basis=VAULT, basis__entity="vault")
    world.change("deal", DEAL_HIDDEN, about=MINE, about__entity="account", basis=OTHERS, basis__entity="account")
    world.change("deal", DEAL_OTHER, about=SAM, about__entity="user", basis=MINE, basis__entity="account")
    world.insert(
        "line",
        {"id": identity(31), "product": "Bolts", "deal": DEAL_MINE, "price": Decimal(4), "quantity": 2},
        {"id": identity(32), "product": "Nuts", "deal": DEAL_MINE, "price": Decimal(6), "quantity": 1},
        {"id": identity(33), "product": SECRET, "deal": DEAL_HIDDEN, "price": Decimal(500), "quantity": 9},
        {"id": identity(34), "product": f"{SECRET} binned", "deal": DEAL_MINE, "price": Decimal(70), "deleted_at": NOW},
    )
    world.insert(
        "partnership",
        {"id": identity(71), "role": "lead", "deal": DEAL_MINE, "account": MINE},
        {"id": identity(72), "role": "second", "deal": DEAL_MINE, "account": THEIRS},
    )


def _fill_histories(world: World) -> None:
    def entry(number: int, record: str, changes: dict[str, Any], actor: str = OLGA) -> None:
        world.remember(
            "history",
            id=identity(number),
            entity="deal",
            record_id=record,
            version=2,
            at=NOW,
            operation="changed",
            actor_id=actor,
            actor_name="",
            reason=None,
            changes=changes,
        )

    entry(81, DEAL_HIDDEN, {"margin": ["1", "2"], "name": ["Bet", "Beta"], "note": ["a", SECRET]})
    entry(82, DEAL_MINE, {"account": [THEIRS, MINE], "note": ["old", "mine"]})
    entry(84, DEAL_MINE, {"allies": [[THEIRS, OTHERS], [THEIRS, MINE, BINNED]]})
    entry(83, DEAL_MINE, {"margin": ["8", "9"]})
    world.remember(
        "stage_history",
        id=identity(91),
        entity="deal",
        record_id=DEAL_HIDDEN,
        pipeline="default",
        from_stage="open",
        to_stage="won",
        at=NOW,
        actor_id=OLGA,
        actor_name="",
        reason=None,
        seconds=60,
    )
