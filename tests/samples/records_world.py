"""In charge of the small workspace that the tests of writing work in: its metadata, its people, its first records."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.compiler import SourceFile, Sources, compile_sources
from tenon.database import Connection, Database, DialectName, UnitOfWork
from tenon.ids import new_id
from tenon.jobs import outbox
from tenon.model import Model
from tenon.query import Query, Reader
from tenon.records import Writer
from tenon.schema import SYSTEM_TABLES, Ledger, apply, build_tables, plan

START = datetime(2026, 3, 14, 9, tzinfo=UTC)

CORE = {
    "module.yaml": "name: core\nversion: 1.0.0\nlabel: Core\n",
    "entities/department.yaml": """
label: Department
fields:
  name: {type: text, required: true}
  code: {type: text, unique: true}
  parent: {type: hierarchy}
""",
    "entities/region.yaml": """
label: Region
fields:
  name: {type: text, required: true}
  code: {type: text, unique: true}
  parent: {type: hierarchy}
""",
    "entities/user.yaml": """
label: User
fields:
  name: {type: text, required: true}
  email: {type: email, unique: true}
  department: {type: lookup, to: department}
  region: {type: region}
  manager: {type: user}
""",
}

TRADE = {
    "module.yaml": "name: trade\nversion: 1.0.0\nlabel: Trade\nrequires: {core: '1.0.0'}\n",
    "choices/status.yaml": """
label: Status
options:
  following: {label: Following up}
  signed: {label: Signed}
  terminated: {label: Terminated}
""",
    "entities/account.yaml": """
label: {en: Customer, zh-CN: 客户}
owned: true
region: region
fields:
  name: {type: text, required: true, max: 80, label: {en: Name, zh-CN: 名称}}
  code: {type: text, unique: true, max: 20, label: {en: Code, zh-CN: 编号}}
  status: {type: choice, from: status, default: following, label: Status}
  region: {type: region, label: Region}
  credit: {type: money, label: Credit}
  secret: {type: text, sensitive: true, label: Secret}
  most_discount: {type: decimal, scale: 2, label: Largest discount}
  parent: {type: hierarchy, label: Parent}
  about: {type: rich_text, label: About}
  notes: {type: long_text, label: Notes}
  tags: {type: tags, label: Tags}
  deals_total: {type: rollup, of: sum(deals.amount), label: Total}
relationships:
  contacts: {with: contact, through: account_contact, label: Contacts}
  deals: {from: deal.account, label: Deals}
""",
    "entities/contact.yaml": """
label: Contact
fields:
  name: {type: text, required: true}
  email: {type: email}
""",
    "entities/account_contact.yaml": """
label: Link
title: role
owned: account
fields:
  account: {type: lookup, to: account, required: true, on_delete: cascade, label: Customer}
  contact: {type: lookup, to: contact, required: true, on_delete: cascade, label: Contact}
  role: {type: text}
  since: {type: date}
""",
    "entities/product.yaml": """
label: Product
fields:
  name: {type: text, required: true}
  active: {type: boolean, default: true}
  cost: {type: decimal, scale: 2}
""",
    "entities/deal.yaml": """
label: {en: Deal, zh-CN: 商机}
owned: true
region: account.region
fields:
  number: {type: auto_number, pattern: "D-{year}-{number:04}", label: Number}
  name: {type: text, required: true, max: 120, label: Name}
  account: {type: lookup, to: account, required: true, on_delete: restrict, label: {en: Customer, zh-CN: 客户}}
  product: {type: lookup, to: product, where: active, on_delete: clear, label: Product}
  amount: {type: money, label: {en: Amount, zh-CN: 金额}}
  probability: {type: percent, default: stage.probability, label: Probability}
  close_date: {type: date, label: Close date}
  discount: {type: decimal, scale: 2, label: Discount}
  weighted: {type: formula, of: money, value: amount * probability / 100, label: Weighted}
  lines_total: {type: rollup, of: sum(lines.amount), label: Lines}
  loss_reason: {type: text, required_when: stage == "lost", visible_when: stage == "lost", label: Reason of loss}
  agreed: {type: text, read_only_when: stage == "won", label: Agreed}
  approved_on: {type: date, read_only: true, default: today(), label: Approved on}
relationships:
  lines: {from: deal_line.deal, label: Lines}
rules:
  discount_allowed:
    check: is_blank(discount) or is_blank(account.most_discount) or discount <= account.most_discount
    message: {en: The discount is too large for this customer., zh-CN: 折扣超出该客户的上限。}
    on: discount
  close_in_future:
    check: is_blank(close_date) or close_date >= today()
    message: The close date lies in the past.
    on: close_date
pipelines:
  default:
    stages:
      qualify: {kind: open, probability: 10, next: [propose, lost], label: {en: Qualify, zh-CN: 确认}}
      propose:
        kind: open
        probability: 40
        require: [amount]
        guard: count(lines) > 0
        next: [won, lost]
        label: {en: Propose, zh-CN: 方案}
      won: {kind: won, probability: 100, roles: [boss], next: [], label: {en: Won, zh-CN: 赢单}}
      lost: {kind: lost, probability: 0, require: [loss_reason], next: [qualify], label: {en: Lost, zh-CN: 输单}}
""",
    "entities/deal_line.yaml": """
label: Line
title: text
owned: deal
fields:
  deal: {type: lookup, to: deal, required: true, on_delete: cascade, label: Deal}
  product: {type: lookup, to: product, on_delete: restrict, label: Product}
  text: {type: text}
  quantity: {type: integer, default: 1, label: Quantity}
  price: {type: money, label: Price}
  amount: {type: formula, of: money, value: quantity * price, label: Amount}
""",
    "entities/bare.yaml": """
label: Bare
history: false
fields:
  name: {type: text, required: true}
  size: {type: integer}
  price: {type: decimal, scale: 2}
""",
    "roles/boss.yaml": """
label: Boss
administrator: true
grants:
  "*": {read: all, create: true, update: all, delete: all, export: all}
""",
    "roles/seller.yaml": """
label: Seller
grants:
  user: {read: all}
  department: {read: all}
  region: {read: all}
  product: {read: all}
  bare: {read: all}
  contact: {read: all, create: true, update: all, delete: none}
  account_contact: {read: own, create: own, update: own, delete: own}
  account:
    read: department
    create: own
    update: own
    delete: own
    fields: {credit: none, code: read, notes: {read: true, update: status == "following"}}
  deal:
    read: own
    create: own
    update: own
    delete: own
    fields: {discount: read}
  deal_line: {read: own, create: own, update: own, delete: own}
""",
    "roles/regional.yaml": """
label: Regional
grants:
  user: {read: all}
  region: {read: all}
  account: {read: region_tree, create: region_tree, update: region_tree, delete: none}
""",
}
"""A seller sees his department's customers and his own deals; what the test suite calls `hidden` is out of sight."""

CLIENT = {"workspace.yaml": "name: records\nmodules: [core, trade]\ntimezone: Asia/Shanghai\n"}


def sources() -> Sources:
    layers = {"core": CORE, "trade": TRADE, "workspace": CLIENT}
    files = [
        SourceFile(layer=layer, path=path, text=text) for layer, texts in layers.items() for path, text in texts.items()
    ]
    return Sources(files=tuple(files), available=("core", "trade"))


@cache
def model() -> Model:
    return compile_sources(sources())


@dataclass(kw_only=True)
class World:
    """A workspace with four people, three customers and a clock. `ids` names what is in it."""

    database: Database
    clock: FixedClock
    model: Model
    reader: Reader
    writer: Writer
    ids: dict[str, str]
    actors: dict[str, Actor]

    def access(self, who: str) -> Access:
        return Access.of(self.model, self.actors[who])

    @contextmanager
    def unit(self, who: str = "boss") -> Iterator[UnitOfWork]:
        with self.database.writing() as connection:
            unit = UnitOfWork(actor=self.actors[who], connection=connection, now=self.clock.now())
            yield unit
            outbox.write(unit)

    def do(self, who: str, verb: str, *arguments: Any, **options: Any) -> Any:
        """One call of the writer in a unit of its own."""
        with self.unit(who) as unit:
            return getattr(self.writer, verb)(unit, self.access(who), *arguments, **options)

    def create(self, entity: str, who: str = "boss", **values: Any) -> str:
        return str(self.do(who, "create", entity, values).id)

    def read(self, entity: str, record_id: str, *select: str, who: str = "boss", deleted: bool = False) -> Any:
        with self.database.reading() as connection:
            unit = UnitOfWork(actor=self.actors[who], connection=connection, now=self.clock.now())
            return self.reader.one(unit, self.access(who), entity, record_id, select or None, deleted=deleted)

    def find(self, entity: str, where: str | None = None, who: str = "boss") -> list[Any]:
        with self.database.reading() as connection:
            unit = UnitOfWork(actor=self.actors[who], connection=connection, now=self.clock.now())
            return list(self.reader.list(unit, self.access(who), Query(entity=entity, where=where, limit=500)).records)

    def rows(self, system_table: str, **equal: Any) -> list[Mapping[str, Any]]:
        """Rows of a hand-made table, oldest first."""
        table = SYSTEM_TABLES[system_table]
        query = sa.select(table).order_by(next(iter(table.primary_key.columns)))
        query = query.where(*(table.c[name] == value for name, value in equal.items()))
        with self.database.reading() as connection:
            return [dict(zip(table.columns.keys(), row, strict=True)) for row in connection.execute(query)]

    def everything(self) -> dict[str, list[Any]]:
        """All rows of all tables, to see that nothing changed."""
        with self.database.reading() as connection:
            names = sorted(sa.inspect(connection.sqlalchemy).get_table_names())
            return {name: _all_rows(connection, name) for name in names}


def build_world(url: str) -> World:
    database = Database.open(url)
    clock = FixedClock(START)
    compiled = model()
    with database.writing() as connection:
        unit = UnitOfWork(actor=Actor.system("set up"), connection=connection, now=START)
        apply(plan(None, compiled, Ledger.load(connection), connection), unit, sources())
    writer = _writer(database.dialect)
    actors = {"system": Actor.system("test")}
    world = World(
        database=database, clock=clock, model=compiled, reader=writer.reader, writer=writer, ids={}, actors=actors
    )
    _people(world)
    _customers(world)
    return world


@cache
def _writer(dialect: DialectName) -> Writer:
    """Doors hold no connection, and a new database always gets the same names: all worlds of a dialect share one."""
    tables = build_tables(model(), Ledger())
    return Writer(model(), tables, Reader(model(), tables, dialect))


def _people(world: World) -> None:
    make = world.ids.__setitem__
    system = "system"
    make("sales", world.create("department", system, name="Sales", code="sales"))
    make("east_sales", world.create("department", system, name="Sales East", code="east", parent=world.ids["sales"]))
    make("service", world.create("department", system, name="Service", code="service"))
    make("east", world.create("region", system, name="华东", code="east"))
    make("shanghai", world.create("region", system, name="上海", code="shanghai", parent=world.ids["east"]))
    make("north", world.create("region", system, name="华北", code="north"))
    people = {
        "boss": ("sales", "east", {"boss"}),
        "ann": ("east_sales", "east", {"seller"}),
        "ben": ("east_sales", "east", {"seller"}),
        "cem": ("service", "north", {"seller"}),
        "rita": ("sales", "east", {"regional"}),
        "nobody": ("service", "north", set[str]()),
    }
    for name, (department, region, roles) in people.items():
        user = world.create(
            "user",
            system,
            name=name.title(),
            email=f"{name}@example.com",
            department=world.ids[department],
            region=world.ids[region],
        )
        make(name, user)
        world.actors[name] = Actor(
            id=user,
            name=name.title(),
            roles=frozenset(roles),
            department=world.ids[department],
            region=world.ids[region],
            timezone="Asia/Shanghai",
        )


def _customers(world: World) -> None:
    make, ids = world.ids.__setitem__, world.ids
    make(
        "acme",
        world.create("account", "boss", name="Acme", code="A1", owner=ids["ann"], region=ids["shanghai"], credit="100"),
    )
    make("bolt", world.create("account", "boss", name="Bolt", code="B1", owner=ids["ben"], region=ids["east"]))
    make("hidden", world.create("account", "boss", name="Covert", code="H1", owner=ids["cem"], region=ids["north"]))
    make("pump", world.create("product", "boss", name="Pump", cost="20"))
    make("relic", world.create("product", "boss", name="Relic", active=False))
    make("deal", world.create("deal", "boss", name="Ten pumps", account=ids["acme"], owner=ids["ann"], amount="1000"))
    make("hidden_deal", world.create("deal", "boss", name="Quiet", account=ids["hidden"], owner=ids["cem"]))


def _all_rows(connection: Connection, table: str) -> list[Any]:
    rows = connection.execute(sa.text(f'SELECT * FROM "{table}"'))
    return sorted((tuple(row) for row in rows), key=repr)


def missing_id() -> str:
    """An id that no record has."""
    return new_id()
