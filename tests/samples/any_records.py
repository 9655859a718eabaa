"""In charge of a workspace whose notes are about clients, partners or anything: look-ups of any record, to try them."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from samples.workspaces import ADMINISTRATOR, PASSWORD, fixed_clock
from tenon.access import Access
from tenon.actors import Actor
from tenon.database import Database, UnitOfWork
from tenon.errors import InvalidInput
from tenon.query import Query
from tenon.settings import Settings
from tenon.workspace import Workspace
from tenon.workspace.publishing import create_administrator, propose, publish

METADATA = "{name: trial, label: Trial, modules: [core], language: en, timezone: UTC, currency: CNY, country: CN}"
CLIENT = """
label: {en: Client, zh-CN: 客户}
plural: {en: Clients, zh-CN: 客户}
fields:
  name: {type: text, required: true, label: {en: Name, zh-CN: 名称}}
  size: {type: integer, label: {en: Size, zh-CN: 规模}}
  noted: {type: rollup, of: count(notes), label: {en: Notes, zh-CN: 笔记数}}
relationships:
  partners: {with: x_partner, through: x_tie, label: {en: Partners, zh-CN: 伙伴}}
  notes: {from: x_note.subject, label: {en: Notes, zh-CN: 笔记}}
  kept_notes: {from: x_note.kept, label: {en: Kept, zh-CN: 保留}}
"""
PARTNER = """
label: {en: Partner, zh-CN: 伙伴}
plural: {en: Partners, zh-CN: 伙伴}
fields:
  name: {type: text, required: true, label: {en: Name, zh-CN: 名称}}
"""
TIE = """
label: {en: Tie, zh-CN: 关系}
plural: {en: Ties, zh-CN: 关系}
fields:
  name: {type: text, label: {en: Name, zh-CN: 名称}}
  client: {type: lookup, to: x_client, on_delete: cascade, label: {en: Client, zh-CN: 客户}}
  partner: {type: lookup, to: x_partner, on_delete: cascade, label: {en: Partner, zh-CN: 伙伴}}
"""
NOTE = """
label: {en: Note, zh-CN: 笔记}
plural: {en: Notes, zh-CN: 笔记}
fields:
  name: {type: text, required: true, label: {en: Name, zh-CN: 名称}}
  client: {type: lookup, to: x_client, label: {en: Client, zh-CN: 客户}}
  subject: {type: any_record, entities: [x_client, x_partner], label: {en: Subject, zh-CN: 对象}}
  kept: {type: any_record, on_delete: keep, label: {en: Kept, zh-CN: 保留}}
  guard: {type: any_record, on_delete: restrict, label: {en: Guard, zh-CN: 担保}}
  whole: {type: any_record, on_delete: cascade, label: {en: Whole, zh-CN: 整体}}
  origin: {type: any_record, on_delete: keep, default: client, label: {en: Origin, zh-CN: 来源}}
  kind: {type: formula, of: text, value: subject.entity, label: {en: Kind, zh-CN: 种类}}
  same: {type: formula, of: boolean, value: subject == client, label: {en: Same, zh-CN: 相同}}
rules:
  apart: {check: 'is_blank(subject) or subject != guard', message: {en: Not both, zh-CN: 不可相同}, on: subject}
  known: {check: 'subject.entity != "x_partner" or not is_blank(subject.id)', message: {en: No, zh-CN: 否}, on: subject}
"""
SELLER = """
label: {en: Seller, zh-CN: 销售}
grants:
  x_client: {read: size > 6}
  x_partner: {read: all}
  x_note: {read: all, create: true, update: all, export: all}
"""
SUBJECTS = ("subject", "kept", "guard", "whole")


class Desk:
    """The workspace with two clients, of whom Sam sees one, and a partner, whom he sees."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.url = database_url
        for name, text in (("x_client", CLIENT), ("x_partner", PARTNER), ("x_tie", TIE), ("x_note", NOTE)):
            self.write(name, text)
        (folder / "roles").mkdir()
        (folder / "roles" / "x_seller.yaml").write_text(SELLER)
        (folder / "workspace.yaml").write_text(METADATA)
        self.system = Actor.system("test")
        self.open: Workspace | None = None
        self.publish()
        with self.unit() as unit:
            person = create_administrator(unit, self.here, ADMINISTRATOR, "Sam", PASSWORD)
        self.sam = Actor(id=person, name="Sam", roles=frozenset({"x_seller"}))
        self.begin()

    def begin(self) -> None:
        """Two clients and a partner, and nothing else."""
        with self.unit() as unit:
            for entity in ("x_tie", "x_note", "x_client", "x_partner"):
                unit.connection.write(sa.delete(self.here.tables[entity]))
        self.small = self.make("x_client", name="Small", size=5)
        self.big = self.make("x_client", name="Big", size=7)
        self.pal = self.make("x_partner", name="Pal")

    def write(self, name: str, text: str) -> None:
        (self.folder / "entities").mkdir(exist_ok=True)
        (self.folder / "entities" / f"{name}.yaml").write_text(text)

    def publish(self) -> None:
        self.close()
        database = Database.open(self.url)
        publish(database, propose(database, self.folder), self.system, clock=fixed_clock())
        database.close()
        settings = Settings.of(self.folder, {"TENON_DATABASE_URL": self.url})
        self.open = Workspace.open(self.folder, settings, fixed_clock())
        self.here = self.open.current

    def close(self) -> None:
        if self.open is not None:
            self.open.close()

    @property
    def workspace(self) -> Workspace:
        assert self.open is not None
        return self.open

    def unit(self, actor: Actor | None = None) -> Any:
        return self.workspace.unit(actor or self.system)

    def access(self, unit: UnitOfWork) -> Access:
        return Access.of(self.here.model, unit.actor)

    def make(self, entity: str, actor: Actor | None = None, **values: Any) -> str:
        with self.unit(actor) as unit:
            return self.here.writer.create(unit, self.access(unit), entity, values).id

    def note(self, actor: Actor | None = None, **values: Any) -> str:
        return self.make("x_note", actor, **{"name": "Note", **values})

    def change(self, note: str, actor: Actor | None = None, **values: Any) -> bool:
        with self.unit(actor) as unit:
            return self.here.writer.change(unit, self.access(unit), "x_note", note, values, version=None).changed

    def delete(self, entity: str, identity: str) -> None:
        with self.unit() as unit:
            self.here.writer.delete(unit, self.access(unit), entity, identity, version=None)

    def restore(self, entity: str, identity: str) -> None:
        with self.unit() as unit:
            self.here.writer.restore(unit, self.access(unit), entity, identity)

    def read(self, note: str, field: str = "subject", actor: Actor | None = None) -> Any:
        with self.unit(actor) as unit:
            return self.here.reader.one(unit, self.access(unit), "x_note", note, (field,))[field]

    def found(self, where: str, actor: Actor | None = None, entity: str = "x_note") -> list[str]:
        with self.unit(actor) as unit:
            query = Query(entity=entity, select=("name",), where=where, sort=("name",))
            return [record["name"] for record in self.here.reader.list(unit, self.access(unit), query).records]

    def query(self, entity: str) -> Query:
        return Query(entity=entity, select=("id",))

    def refused(self, **values: Any) -> list[str]:
        """The codes of the complaints."""
        try:
            self.note(**values)
        except InvalidInput as refusal:
            return [detail.code for detail in refusal.details]
        return []
