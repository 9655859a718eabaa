"""In charge of a small company that buys things: purchases with lines, and the approval they need."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from samples.pool_world import Pond, open_pond
from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.database import UnitOfWork
from tenon.process.approvals import Approvals, Decision, ShownRequest
from tenon.schema import SYSTEM_TABLES
from tenon.workspace.publishing import propose, publish

PURCHASE = """
label: {en: Purchase, zh-CN: 采购}
entity: x_purchase
submit: {by: owner, when: amount > 0, require: [name]}
steps:
  lines:    {label: Line owners, who: each(lines.responsible), mode: all, when: count(lines) > 0}
  manager:  {label: Manager, who: manager(record.owner), timeout: {after: 2d, do: escalate, remind: 4h}}
  keeper:   {label: Keeper, who: keeper, when: not is_blank(keeper), decide: {fields: [budget]}}
  chiefs:   {label: Chiefs, who: role("x_chief"), when: amount > 1000, mode: all, on_reject: start}
copy_to: role("administrator")
lock: {except: [note], approver_may_edit: [budget]}
on_approve: {done: {set: {note: "'bought'"}}}
"""
FILES: Mapping[str, str] = {
    "entities/x_purchase.yaml": """
label: {en: Purchase, zh-CN: 采购}
plural: {en: Purchases, zh-CN: 采购}
owned: true
fields:
  name: {type: text, max: 80, label: {en: Name, zh-CN: 名称}}
  amount: {type: decimal, scale: 2, label: {en: Amount, zh-CN: 金额}}
  note: {type: text, label: {en: Note, zh-CN: 备注}}
  budget: {type: text, label: {en: Budget, zh-CN: 预算科目}}
  keeper: {type: user, label: {en: Budget keeper, zh-CN: 预算负责人}}
relationships:
  lines: {from: x_purchase_line.purchase}
pipelines:
  main:
    label: Main
    initial: wanted
    stages:
      wanted: {kind: open, label: Wanted, next: [ordered]}
      ordered: {kind: won, label: Ordered}
""",
    "entities/x_purchase_line.yaml": """
label: {en: Line, zh-CN: 明细}
plural: {en: Lines, zh-CN: 明细}
fields:
  purchase: {type: lookup, to: x_purchase, required: true, on_delete: cascade}
  item: {type: text}
  responsible: {type: user}
""",
    "entities/x_purchase_call.yaml": """
label: {en: Call, zh-CN: 电话}
plural: {en: Calls, zh-CN: 电话}
fields:
  purchase: {type: lookup, to: x_purchase, on_delete: cascade}
  said: {type: text}
""",
    "roles/x_buyer.yaml": """
label: {en: Buyer, zh-CN: 采购员}
grants:
  user: {read: all}
  x_purchase: {read: all, create: own, update: own, delete: own}
  x_purchase_line: {read: all, create: all, update: all, delete: all}
  x_purchase_call: {read: all, create: all}
""",
    "approvals/x_purchase.yaml": PURCHASE,
}


@dataclass
class Shop:
    """People of the pond who all read purchases; sam buys, chloe is his manager, boss hers and administrator."""

    pond: Pond
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def approvals(self) -> Approvals:
        found: Approvals = self.pond.workspace.current.processes.approvals
        return found

    @contextmanager
    def acting(self, who: str) -> Iterator[tuple[UnitOfWork, Access]]:
        access = self.pond.access(who)
        with self.pond.workspace.unit(access.actor) as unit:
            yield unit, access

    @contextmanager
    def looking(self, who: str) -> Iterator[tuple[UnitOfWork, Access]]:
        access = self.pond.access(who)
        with self.pond.workspace.reading(access.actor) as unit:
            yield unit, access

    def person(self, name: str) -> str:
        return self.pond.ids[name]

    def hire(self, name: str, manager: str) -> None:
        """Another person who reads purchases."""
        self.pond.ids[name] = self.pond.create(
            "user", name=name.title(), email=f"{name}@pond.example", manager=self.person(manager)
        )
        self.pond.create("role_assignment", person=self.person(name), role="x_buyer")

    def purchase(self, owner: str = "sam", lines: tuple[str, ...] = (), **values: Any) -> str:
        keeper = values.pop("keeper", None)
        more = {"keeper": self.person(keeper)} if keeper else {}
        record = self.pond.create(
            "x_purchase", **{"name": "Desks", "amount": "500", "owner": self.person(owner), **more, **values}
        )
        for responsible in lines:
            self.pond.create("x_purchase_line", purchase=record, item="desk", responsible=self.person(responsible))
        return record

    def purchases(self, count: int, keeper: str) -> list[str]:
        """So many at once, named “Desk 0” and so on; sam's."""
        values = {"amount": "500", "owner": self.person("sam"), "keeper": self.person(keeper)}
        rows = [{"name": f"Desk {number}", **values} for number in range(count)]
        access = self.pond.access()
        with self.pond.unit() as unit:
            made = self.pond.workspace.writer.create_many(unit, access, "x_purchase", rows)
        return [str(each.saved.id) for each in made]

    def submit(self, record: str, who: str = "sam", approval: str = "x_purchase", **more: Any) -> str:
        with self.acting(who) as (unit, access):
            return self.approvals.submit(unit, access, "x_purchase", record, approval, **more)

    def seen(self, request: str, who: str = "boss") -> ShownRequest:
        with self.looking(who) as (unit, access):
            return self.approvals.seeing.one(unit, access, request)

    def asked(self, request: str) -> list[str]:
        """Names of those with an open task, as the machine says; the rows must say the same (P66)."""
        shown = self.seen(request)
        derived = {
            (task.number, task.person_id) for step in shown.steps for task in step.tasks if task.status == "open"
        }
        rows = self.pond.find("approval_task", f'request.id == "{request}" and status == "open"')
        stored = [row for row in rows if row["kind"] != "revise"]
        assert {(row["number"], row["person"]["id"]) for row in stored} == derived
        names = {identity: name for name, identity in self.pond.ids.items()}
        return sorted(names[row["person"]["id"]] for row in rows)

    def task(self, request: str, who: str) -> str:
        where = f'request.id == "{request}" and person.id == "{self.person(who)}" and status == "open"'
        return str(self.pond.find("approval_task", where)[0]["id"])

    def decide(self, request: str, who: str, verb: Any = "approve", *, task: str | None = None, **more: Any) -> None:
        found = task or self.task(request, who)
        with self.acting(who) as (unit, access):
            self.approvals.decide(unit, access, found, Decision(verb=verb, **more))

    def decide_all(self, who: str, requests: Iterable[str], verb: Any = "approve") -> None:
        """What waits for him of these requests, in one transaction."""
        wanted = set(requests)
        where = f'person.id == "{self.person(who)}" and status == "open"'
        rows = self.pond.find("approval_task", where, select=("id", "request.id"))
        with self.acting(who) as (unit, access):
            for row in rows:
                if row["request.id"] in wanted:
                    self.approvals.decide(unit, access, row["id"], Decision(verb=verb))

    def waiting(self, who: str) -> set[str]:
        """The requests with an open task of his."""
        where = f'person.id == "{self.person(who)}" and status == "open"'
        return {row["request.id"] for row in self.pond.find("approval_task", where, select=("request.id",))}

    def act(self, request: str, who: str, verb: Any, **more: Any) -> None:
        with self.acting(who) as (unit, access):
            self.approvals.act(unit, access, request, verb, **more)

    def republish(self, files: Mapping[str, str]) -> None:
        """Publish changed files, and swap to them."""
        workspace = self.pond.workspace
        for path, text in files.items():
            (workspace.folder / path).write_text(text, encoding="utf-8")
        proposal = propose(workspace.database, workspace.folder)
        publish(workspace.database, proposal, Actor.system("test"), clock=self.pond.clock)
        workspace.reload()

    def outbox(self, record: str) -> list[str]:
        """Kinds of the events told of a record, in order."""
        table = SYSTEM_TABLES["outbox"]
        query = sa.select(table.c.kind).where(table.c.record_id == record).order_by(table.c.id)
        with self.pond.workspace.database.reading() as connection:
            return [row[0] for row in connection.execute(query)]

    def status(self, request: str) -> str:
        return str(self.pond.read("approval_request", request, "status")["status"])


def open_shop(folder: Path, url: str, clock: FixedClock, files: Mapping[str, str] | None = None) -> Shop:
    shop = Shop(open_pond(folder, url, clock, {**FILES, **(files or {})}))
    for name in ("chloe", "sam", "sue", "sol", "lena"):
        shop.pond.create("role_assignment", person=shop.person(name), role="x_buyer")
    return shop
