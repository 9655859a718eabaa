"""In charge of a small company with automations of every kind: its metadata, its people, a workspace on any database.

Published once for all tests of a file: each test makes records of its own and looks at the runs of these alone.
"""

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
name: works
label: {en: Works Ltd, zh-CN: 工厂公司}
modules: [core]
language: en
timezone: Asia/Shanghai
currency: CNY
country: CN
""",
    "entities/x_deal.yaml": """
label: {en: Deal, zh-CN: 交易}
plural: {en: Deals, zh-CN: 交易}
owned: true
fields:
  name: {type: text, required: true, max: 80, label: {en: Name, zh-CN: 名称}}
  kind: {type: text, max: 40, label: {en: Kind, zh-CN: 种类}}
  amount: {type: decimal, scale: 2, label: {en: Amount, zh-CN: 金额}}
  score: {type: integer, label: {en: Score, zh-CN: 分数}}
  grade: {type: text, max: 20, label: {en: Grade, zh-CN: 等级}}
  kept: {type: text, max: 40, read_only: true, label: {en: Kept, zh-CN: 系统字段}}
  note: {type: text, max: 200, label: {en: Note, zh-CN: 备注}}
  closes: {type: date, label: {en: Closes, zh-CN: 截止日期}}
  private: {type: text, max: 40, sensitive: true, label: {en: Private, zh-CN: 隐私}}
  reply: {type: text, max: 40, label: {en: Reply, zh-CN: 答复}}
relationships:
  lines: {from: x_line.deal, label: {en: Lines, zh-CN: 明细}}
""",
    "entities/x_deal/pipelines.yaml": """
main:
  label: {en: Deals, zh-CN: 交易}
  stages:
    open: {kind: open, label: {en: Open, zh-CN: 进行中}}
    offered: {kind: open, label: {en: Offered, zh-CN: 已报价}}
    won: {kind: won, label: {en: Won, zh-CN: 赢单}}
    lost: {kind: lost, label: {en: Lost, zh-CN: 输单}}
""",
    "entities/x_line.yaml": """
label: {en: Line, zh-CN: 明细}
plural: {en: Lines, zh-CN: 明细}
fields:
  name: {type: text, required: true, max: 80, label: {en: Name, zh-CN: 名称}}
  deal: {type: lookup, to: x_deal, on_delete: cascade, label: {en: Deal, zh-CN: 交易}}
  quantity: {type: integer, label: {en: Quantity, zh-CN: 数量}}
  code: {type: text, max: 3, label: {en: Code, zh-CN: 编码}}
  checked: {type: boolean, default: false, label: {en: Checked, zh-CN: 已核对}}
""",
    "entities/x_lead.yaml": """
label: {en: Lead, zh-CN: 线索}
plural: {en: Leads, zh-CN: 线索}
fields:
  name: {type: text, required: true, max: 80, label: {en: Name, zh-CN: 名称}}
  size: {type: integer, label: {en: Size, zh-CN: 规模}}
  previous: {type: integer, label: {en: Previous, zh-CN: 之前}}
""",
    "roles/x_seller.yaml": """
label: {en: Seller, zh-CN: 销售}
grants:
  user: {read: all}
  x_deal: {read: own, create: own, update: own, delete: own}
  x_line: {read: all, create: all, update: all, delete: all}
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
"""Each test file adds its own automations."""


@dataclass
class Works:
    workspace: Workspace
    clock: FixedClock
    ids: dict[str, str] = field(default_factory=dict)
    known: dict[str, Actor] = field(default_factory=dict)

    @property
    def automations(self) -> Any:
        return self.workspace.current.processes.automations

    def actor(self, who: str = "system") -> Actor:
        if who == "system":
            return Actor.system("test", timezone="Asia/Shanghai")
        if who not in self.known:
            self.known[who] = self._find(who)
        return self.known[who]

    def _find(self, who: str) -> Actor:
        with self.workspace.database.reading() as connection:
            found = self.workspace.identities.by_id(connection, self.ids[who], self.clock.now())
        assert found is not None
        return found.actor

    def access(self, who: str = "system") -> Access:
        return self.workspace.access(self.actor(who))

    @contextmanager
    def unit(self, who: str = "system") -> Iterator[UnitOfWork]:
        with self.workspace.unit(self.actor(who)) as unit:
            yield unit

    def create(self, entity: str, who: str = "system", **values: Any) -> str:
        access = self.access(who)
        if entity == "x_deal" and who == "system":
            values.setdefault("owner", self.ids["ada"])
        with self.unit(who) as unit:
            return str(self.workspace.writer.create(unit, access, entity, values).id)

    def change(self, entity: str, record: str, who: str = "system", **values: Any) -> None:
        access = self.access(who)
        with self.unit(who) as unit:
            self.workspace.writer.change(unit, access, entity, record, values, version=None)

    def move(self, record: str, stage: str, who: str = "system", **more: Any) -> None:
        access = self.access(who)
        with self.unit(who) as unit:
            self.workspace.writer.move_stage(unit, access, "x_deal", record, stage, version=None, **more)

    def read(self, entity: str, record: str) -> dict[str, Any]:
        access = self.access()
        with self.workspace.reading(access.actor) as unit:
            return dict(self.workspace.reader.one(unit, access, entity, record))

    def find(self, entity: str, where: str | None = None, sort: str = "id") -> list[dict[str, Any]]:
        access = self.access()
        with self.workspace.reading(access.actor) as unit:
            query = Query(entity=entity, where=where, limit=500, sort=(sort,))
            return list(self.workspace.reader.list(unit, access, query).records)

    def runs(self, record: str, automation: str | None = None) -> list[dict[str, Any]]:
        """In the order in which they began."""
        found = self.find("automation_run", f'record_id == "{record}"')
        return [run for run in found if automation is None or run["automation"] == f"automation:{automation}"]

    def go(self) -> int:
        """Everything that is due is done."""
        return self.workspace.background.run_due()

    def wait(self, **length: float) -> None:
        self.clock.advance(**length)
        self.go()


def open_works(folder: Path, url: str, clock: FixedClock, files: Mapping[str, str]) -> Works:
    for path, text in {**FILES, **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    database = Database.open(url)
    publish(database, propose(database, folder), Actor.system("test"), clock=clock)
    database.close()
    works = Works(Workspace.open(folder, Settings.of(folder, {"TENON_DATABASE_URL": url}), clock), clock)
    for name, role in (("ada", "administrator"), ("sam", "x_seller"), ("sue", "x_seller")):
        works.ids[name] = works.create("user", name=name.title(), email=f"{name}@example.com", active=True)
        works.create("role_assignment", person=works.ids[name], role=role)
    for name in list(works.ids):
        works.actor(name)
    works.go()
    return works
