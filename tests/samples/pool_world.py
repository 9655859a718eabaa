"""In charge of a small company with a public pool: its metadata, its people, and a workspace of it on any database."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.database import Database, UnitOfWork
from tenon.query import Query
from tenon.settings import Settings
from tenon.workspace import Workspace
from tenon.workspace.publishing import propose, publish

FILES: Mapping[str, str] = {
    "workspace.yaml": """
name: pond
label: {en: Pond Ltd, zh-CN: 池塘公司}
modules: [core]
language: en
timezone: Asia/Shanghai
currency: CNY
country: CN
""",
    "entities/x_client.yaml": """
label: {en: Client, zh-CN: 客户}
plural: {en: Clients, zh-CN: 客户}
owned: true
region: region
search: [name, phone]
fields:
  name: {type: text, required: true, max: 80, label: {en: Name, zh-CN: 名称}}
  phone: {type: phone, label: {en: Phone, zh-CN: 电话}}
  region: {type: region, label: {en: Region, zh-CN: 区域}}
  signed: {type: boolean, default: false, label: {en: Signed, zh-CN: 已签约}}
  key_account: {type: boolean, default: false, label: {en: Key account, zh-CN: 重点客户}}
  size: {type: integer, default: 1, label: {en: Size, zh-CN: 规模}}
  last_contact: {type: date, label: {en: Last contact, zh-CN: 最近联系}}
  last_order: {type: date, label: {en: Last order, zh-CN: 最近成交}}
""",
    "choices/x_why.yaml": """
label: {en: Reasons, zh-CN: 原因}
options:
  wrong: {label: {en: Wrong contact, zh-CN: 联系方式有误}}
  no_need: {label: {en: No need, zh-CN: 没有需求}}
""",
    "roles/x_seller.yaml": """
label: {en: Seller, zh-CN: 销售}
grants:
  user: {read: all}
  department: {read: all}
  region: {read: all}
  x_client: {read: own, create: own, update: own, delete: own}
""",
    "roles/x_chief.yaml": """
label: {en: Chief, zh-CN: 销售主管}
grants:
  user: {read: all}
  department: {read: all}
  region: {read: all}
  x_client: {read: all, create: all, update: all, delete: all, export: all}
""",
    "calendars/office.yaml": """
label: {en: Office hours, zh-CN: 工作时间}
timezone: Asia/Shanghai
week:
  mon: ["09:00-12:00", "13:30-18:00"]
  tue: ["09:00-12:00", "13:30-18:00"]
  wed: ["09:00-12:00", "13:30-18:00"]
  thu: ["09:00-12:00", "13:30-18:00"]
  fri: ["09:00-12:00", "13:30-18:00"]
""",
}
"""Without pools and assignments: each test adds its own."""

PEOPLE = {
    "boss": ("head_office", "east", None, ("administrator",)),
    "chloe": ("sales", "east", "boss", ("x_chief",)),
    "sam": ("team", "shanghai", "chloe", ("x_seller",)),
    "sue": ("team", "shanghai", "chloe", ("x_seller",)),
    "sol": ("sales", "north", "chloe", ("x_seller",)),
    "lena": ("team", "shanghai", "sam", ()),
}
"""Name → department, region, manager, roles."""


@dataclass
class Pond:
    workspace: Workspace
    clock: FixedClock
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def reader(self) -> Any:
        return self.workspace.reader

    @contextmanager
    def unit(self, who: str = "system") -> Iterator[UnitOfWork]:
        with self.workspace.unit(self.actor(who)) as unit:
            yield unit

    def actor(self, who: str) -> Actor:
        if who == "system":
            return Actor.system("test", timezone="Asia/Shanghai")
        with self.workspace.database.reading() as connection:
            found = self.workspace.identities.by_id(connection, self.ids[who], self.clock.now())
        assert found is not None
        return found.actor

    def access(self, who: str = "system") -> Access:
        return self.workspace.access(self.actor(who))

    def create(self, entity: str, by: str = "system", /, **values: Any) -> str:
        access = self.access(by)
        with self.unit(by) as unit:
            saved = self.workspace.writer.create(unit, access, entity, values)
        return str(saved.id)

    def change(self, entity: str, record: str, by: str = "system", /, **values: Any) -> None:
        access = self.access(by)
        with self.unit(by) as unit:
            self.workspace.writer.change(unit, access, entity, record, values, version=None)

    def read(self, entity: str, record: str, *select: str, who: str = "system") -> dict[str, Any]:
        access = self.access(who)
        with self.workspace.reading(access.actor) as unit:
            return dict(self.workspace.reader.one(unit, access, entity, record, select or None))

    def find(self, entity: str, where: str | None = None, who: str = "system", **more: Any) -> list[dict[str, Any]]:
        access = self.access(who)
        with self.workspace.reading(access.actor) as unit:
            query = Query(entity=entity, where=where, limit=500, **more)
            return list(self.workspace.reader.list(unit, access, query).records)

    def client(self, name: str, owner: str | None = None, **values: Any) -> str:
        self.ids[name] = self.create("x_client", name=name, owner=None if owner is None else self.ids[owner], **values)
        return self.ids[name]

    def owner(self, name: str) -> str | None:
        """The owner's name as the tests call them."""
        found = self.read("x_client", self.ids[name], "owner")["owner"]
        names = {identity: known for known, identity in self.ids.items()}
        return None if found is None else names[found["id"]]


def open_pond(
    folder: Path, url: str, clock: FixedClock, files: Mapping[str, str] | None = None, **settings: str
) -> Pond:
    """`settings` by their names of the environment, without TENON_."""
    for path, text in {**FILES, **(files or {})}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    database = Database.open(url)
    publish(database, propose(database, folder), Actor.system("test"), clock=clock)
    database.close()
    given = {f"TENON_{name}": value for name, value in settings.items()}
    found = Settings.of(folder, {"TENON_DATABASE_URL": url, **given})
    pond = Pond(Workspace.open(folder, found, clock), clock)
    _places(pond)
    _people(pond)
    return pond


def _places(pond: Pond) -> None:
    make = pond.ids.__setitem__
    make("head_office", pond.create("department", name="Head office", code="head_office"))
    make("sales", pond.create("department", name="Sales", code="sales", parent=pond.ids["head_office"]))
    make("team", pond.create("department", name="Team", code="team", parent=pond.ids["sales"]))
    for area in ("east", "north"):
        pond.ids[area] = pond.find("region", f'code == "{area}_china"', select=("id",))[0]["id"]
    make("shanghai", pond.find("region", 'code == "shanghai"', select=("id",))[0]["id"])


def _people(pond: Pond) -> None:
    ids = pond.ids
    for name, (department, region, manager, roles) in PEOPLE.items():
        ids[name] = pond.create(
            "user",
            name=name.title(),
            email=f"{name}@pond.example",
            department=ids[department],
            region=ids[region],
            manager=None if manager is None else ids[manager],
        )
        for role in roles:
            pond.create("role_assignment", person=ids[name], role=role)
    pond.change("department", ids["sales"], head=ids["chloe"])
    pond.change("department", ids["head_office"], head=ids["boss"])
