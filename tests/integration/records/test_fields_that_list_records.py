"""A field that lists records of another entity: written, read, filtered, kept and guarded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from samples.workspaces import ADMINISTRATOR, PASSWORD, fixed_clock
from tenon.access import Access
from tenon.actors import Actor
from tenon.database import Database, UnitOfWork, count_statements
from tenon.errors import Conflict, InvalidInput
from tenon.exchange.csv_export import csv_lines
from tenon.query import Query
from tenon.settings import Settings
from tenon.workspace import Workspace
from tenon.workspace.publishing import create_administrator, propose, publish

METADATA = "{name: trial, label: Trial, modules: [core], language: en, timezone: UTC, currency: CNY, country: CN}"
RIVAL = """
label: {en: Rival, zh-CN: 竞争对手}
plural: {en: Rivals, zh-CN: 竞争对手}
fields:
  name: {type: text, required: true, label: {en: Name, zh-CN: 名称}}
  strength: {type: integer, label: {en: Strength, zh-CN: 实力}}
"""
DEAL = """
label: {en: Deal, zh-CN: 商机}
plural: {en: Deals, zh-CN: 商机}
fields:
  name: {type: text, required: true, label: {en: Name, zh-CN: 名称}}
  rivals: {type: multi_lookup, to: x_rival, where: strength > 0, label: {en: Rivals, zh-CN: 竞争对手}}
  partners: {type: multi_lookup, to: x_rival, on_delete: restrict, max: 2, label: {en: Partners, zh-CN: 伙伴}}
  threat: {type: rollup, of: sum(rivals.strength), label: {en: Threat, zh-CN: 威胁}}
rules:
  few: {check: count(rivals) < 4, message: {en: Too many, zh-CN: 太多}, on: rivals}
"""
SELLER = """
label: {en: Seller, zh-CN: 销售}
grants:
  x_rival: {read: strength > 6}
  x_deal: {read: all, create: true, update: all}
"""


class Desk:
    """The workspace with four rivals, of whom Sam sees one."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.here = workspace.current
        self.system = Actor.system("test")
        self.acme, self.bolt, self.coil, self.weak = (
            self.make("x_rival", name=name, strength=strength)
            for name, strength in (("Acme", 5), ("Bolt", 7), ("Coil", 2), ("Weak", 0))
        )
        with workspace.unit(self.system) as unit:
            person = create_administrator(unit, self.here, ADMINISTRATOR, "Sam", PASSWORD)
        self.sam = Actor(id=person, name="Sam", roles=frozenset({"x_seller"}))

    def make(self, entity: str, actor: Actor | None = None, **values: Any) -> str:
        with self.workspace.unit(actor or self.system) as unit:
            return self.here.writer.create(unit, self.access(unit), entity, values).id

    def change(self, deal: str, actor: Actor | None = None, **values: Any) -> bool:
        with self.workspace.unit(actor or self.system) as unit:
            return self.here.writer.change(unit, self.access(unit), "x_deal", deal, values, version=None).changed

    def access(self, unit: UnitOfWork) -> Access:
        return Access.of(self.here.model, unit.actor)

    def names(self, deal: str, field: str = "rivals", actor: Actor | None = None) -> list[str | None] | None:
        with self.workspace.unit(actor or self.system) as unit:
            found = self.here.reader.one(unit, self.access(unit), "x_deal", deal, (field,))[field]
        return None if found is None else [entry["title"] for entry in found]

    def found(self, where: str, entity: str = "x_deal") -> list[str]:
        with self.workspace.unit(self.system) as unit:
            query = Query(entity=entity, select=("name",), where=where, sort=("name",))
            return [record["name"] for record in self.here.reader.list(unit, self.access(unit), query).records]


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    for name, text in (("x_rival", RIVAL), ("x_deal", DEAL)):
        (tmp_path / "entities").mkdir(exist_ok=True)
        (tmp_path / "entities" / f"{name}.yaml").write_text(text)
    (tmp_path / "roles").mkdir()
    (tmp_path / "roles" / "x_seller.yaml").write_text(SELLER)
    (tmp_path / "workspace.yaml").write_text(METADATA)
    clock = fixed_clock()
    settings = Settings.of(tmp_path, {"TENON_DATABASE_URL": database_url})
    database = Database.open(database_url)
    publish(database, propose(database, tmp_path), Actor.system("test"), clock=clock)
    database.close()
    workspace = Workspace.open(tmp_path, settings, clock)
    yield Desk(workspace)
    workspace.close()


def test_a_list_keeps_its_order_and_each_record_once(desk: Desk) -> None:
    deal = desk.make("x_deal", name="One", rivals=[desk.bolt, desk.acme, desk.bolt])
    assert desk.names(deal) == ["Bolt", "Acme"]
    assert desk.change(deal, rivals=[desk.acme, desk.bolt])
    assert desk.names(deal) == ["Acme", "Bolt"]
    assert not desk.change(deal, rivals=[desk.acme, desk.bolt])
    assert desk.change(deal, rivals=[])
    assert desk.names(deal) is None


def test_a_list_can_be_added_to_and_taken_from(desk: Desk) -> None:
    deal = desk.make("x_deal", name="One", rivals={"add": [desk.acme]})
    desk.change(deal, rivals={"add": [desk.coil, desk.acme], "remove": [desk.bolt]})
    assert desk.names(deal) == ["Acme", "Coil"]
    desk.change(deal, rivals={"remove": [desk.acme]})
    assert desk.names(deal) == ["Coil"]


def test_a_list_takes_only_records_that_are_there_and_may_be_chosen(desk: Desk) -> None:
    for rivals, code in (([desk.weak], "not_selectable"), (["0190a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b"], "no_such_record")):
        with pytest.raises(InvalidInput) as refusal:
            desk.make("x_deal", name="One", rivals=rivals)
        assert [detail.code for detail in refusal.value.details] == [code]
    with pytest.raises(InvalidInput):
        desk.make("x_deal", name="One", partners=[desk.acme, desk.bolt, desk.coil])


def test_rules_and_roll_ups_see_the_records_of_a_list(desk: Desk) -> None:
    deal = desk.make("x_deal", name="One", rivals=[desk.acme, desk.bolt])
    with desk.workspace.unit(desk.system) as unit:
        assert desk.here.reader.one(unit, desk.access(unit), "x_deal", deal, ("threat",))["threat"] == 12
    fourth = desk.make("x_rival", name="Fourth", strength=1)
    with pytest.raises(InvalidInput, match="Too many"):
        desk.change(deal, rivals=[desk.acme, desk.bolt, desk.coil, fourth])


def test_lists_are_filtered_from_both_ends(desk: Desk) -> None:
    desk.make("x_deal", name="One", rivals=[desk.acme, desk.bolt])
    desk.make("x_deal", name="Two", rivals=[desk.bolt])
    desk.make("x_deal", name="Three")
    has, has_not, blank, filled = desk.here.model.entity("x_deal").fields["rivals"].type.operators
    assert desk.found(has.write("rivals", [f'"{desk.acme}"'])) == ["One"]
    assert desk.found(has_not.write("rivals", [f'"{desk.acme}"'])) == ["Three", "Two"]
    assert desk.found(blank.write("rivals")) == ["Three"]
    assert desk.found(filled.write("rivals")) == ["One", "Two"]
    assert desk.found("any(rivals, strength < 6)") == ["One"]
    assert desk.found('any(x_deal_by_rivals, name == "Two")', "x_rival") == ["Bolt"]


def test_what_a_writer_cannot_see_stays_in_the_list(desk: Desk) -> None:
    deal = desk.make("x_deal", name="One", rivals=[desk.acme, desk.bolt])
    assert desk.names(deal, actor=desk.sam) == [None, "Bolt"]
    assert not desk.change(deal, desk.sam, rivals=[desk.bolt])
    assert desk.change(deal, desk.sam, rivals=[])
    assert desk.names(deal) == ["Acme"]
    with pytest.raises(InvalidInput):
        desk.change(deal, desk.sam, rivals=[desk.coil])


def test_a_deleted_record_leaves_the_list_and_comes_back_with_its_restoration(desk: Desk) -> None:
    deal = desk.make("x_deal", name="One", rivals=[desk.acme, desk.bolt])
    with desk.workspace.unit(desk.system) as unit:
        desk.here.writer.delete(unit, desk.access(unit), "x_rival", desk.acme, version=None)
    assert desk.names(deal) == ["Bolt"]
    assert desk.found("count(rivals) == 1") == ["One"]
    desk.change(deal, rivals=[desk.coil, desk.bolt])
    with desk.workspace.unit(desk.system) as unit:
        desk.here.writer.restore(unit, desk.access(unit), "x_rival", desk.acme)
    assert desk.names(deal) == ["Coil", "Bolt", "Acme"]


def test_a_guarding_list_keeps_its_records_from_being_deleted(desk: Desk) -> None:
    deal = desk.make("x_deal", name="One", partners=[desk.acme])
    with desk.workspace.unit(desk.system) as unit, pytest.raises(Conflict, match="One"):
        desk.here.writer.delete(unit, desk.access(unit), "x_rival", desk.acme, version=None)
    desk.change(deal, partners=None)
    with desk.workspace.unit(desk.system) as unit:
        desk.here.writer.delete(unit, desk.access(unit), "x_rival", desk.acme, version=None)


def test_a_record_shows_who_lists_it_and_can_be_put_on_lists(desk: Desk) -> None:
    deal = desk.make("x_deal", name="One")
    with desk.workspace.unit(desk.system) as unit:
        access = desk.access(unit)
        desk.here.writer.link(unit, access, "x_rival", desk.acme, "x_deal_by_rivals", deal)
        page = desk.here.reader.related(unit, access, "x_rival", desk.acme, "x_deal_by_rivals")
        assert [record["name"] for record in page.records] == ["One"]
        many = desk.here.reader.related_to(
            unit, access, "x_rival", [desk.acme, desk.bolt], "x_deal_by_rivals", Query(entity="")
        )
        assert {key: len(records) for key, records in many.items()} == {desk.acme: 1, desk.bolt: 0}
        desk.here.writer.unlink(unit, access, "x_rival", desk.acme, "x_deal_by_rivals", deal)
    assert desk.names(deal) is None


def test_the_history_names_the_records_of_a_list(desk: Desk) -> None:
    deal = desk.make("x_deal", name="One", rivals=[desk.acme])
    desk.change(deal, rivals=[desk.acme, desk.bolt])
    with desk.workspace.unit(desk.system) as unit:
        (change,) = desk.here.reader.history(unit, desk.access(unit), "x_deal", deal)
    old, new = change.changes["rivals"]
    assert [entry["title"] for entry in old] == ["Acme"]
    assert [entry["title"] for entry in new] == ["Acme", "Bolt"]


def test_lists_go_out_by_title_for_people_and_by_id_for_programs(desk: Desk) -> None:
    desk.make("x_deal", name="One", rivals=[desk.acme, desk.bolt])
    query = Query(entity="x_deal", select=("name", "rivals"))
    with desk.workspace.unit(desk.system) as unit:
        people = list(csv_lines(unit, desk.access(unit), desk.here.reader, query, language="en"))
        programs = list(csv_lines(unit, desk.access(unit), desk.here.reader, query))
    assert people[-1].strip() == "One,Acme;Bolt"
    assert programs[-1].strip() == f"One,{desk.acme};{desk.bolt}"


def test_a_page_costs_one_statement_more_for_a_list_whatever_its_rows(desk: Desk) -> None:
    for number in range(20):
        desk.make("x_deal", name=f"Deal {number}", rivals=[desk.acme, desk.bolt])
    costs = []
    for limit in (1, 20):
        with desk.workspace.unit(desk.system) as unit, count_statements(desk.workspace.database) as counted:
            query = Query(entity="x_deal", select=("name", "rivals"), limit=limit)
            desk.here.reader.list(unit, desk.access(unit), query)
            costs.append(counted.count)
    assert costs == [2, 2]
