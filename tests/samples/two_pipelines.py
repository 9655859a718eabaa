"""In charge of a small workspace whose deals go through one of two pipelines, which share some stages."""

from pathlib import Path
from typing import Any

from samples.workspaces import ADMINISTRATOR, PASSWORD
from tenon.actors import Actor
from tenon.clock import Clock
from tenon.database import Database
from tenon.query import Query
from tenon.settings import Settings
from tenon.workspace import Workspace
from tenon.workspace.publishing import create_administrator, propose, publish

ONE = """
label: {en: Deal, zh-CN: 商机}
plural: {en: Deals, zh-CN: 商机}
title: name
fields:
  name: {type: text, required: true, label: {en: Name, zh-CN: 名称}}
  kind: {type: choice, default: '"new"', options: {new: {label: New}, renewal: {label: Renewal}}, label: Kind}
  amount: {type: money, label: {en: Amount, zh-CN: 金额}}
  chance: {type: percent, default: stage.probability, label: Chance}
pipelines:
  fresh:
    label: {en: New business, zh-CN: 新签}
    stages:
      talk: {kind: open, probability: 10, label: {en: Talk, zh-CN: 沟通}}
      offer: {kind: open, probability: 50, skip: false, require: [amount], label: {en: Offer, zh-CN: 报价}}
      won: {kind: won, label: {en: Won, zh-CN: 赢单}}
      lost: {kind: lost, reasons: x_why, label: {en: Lost, zh-CN: 输单}}
"""
TWO = (
    ONE.replace("    stages:\n", '    when: kind != "renewal"\n    stages:\n')
    + """
  renewal:
    label: {en: Renewals, zh-CN: 续约}
    stages:
      due: {kind: open, probability: 60, label: {en: Due, zh-CN: 到期}}
      offer: {kind: open, probability: 80, back: false, label: {en: Offer, zh-CN: 报价}}
      won: {kind: won, guard: amount > 100, label: {en: Won, zh-CN: 赢单}}
      lost: {kind: lost, label: {en: Lost, zh-CN: 输单}}
"""
)
WHY = "label: Why\noptions: {price: {label: {en: Price, zh-CN: 价格}}, timing: {label: {en: Timing, zh-CN: 时机}}}\n"
ENTITY, REASONS = "entities/x_deal.yaml", "choices/x_why.yaml"
FILES = {ENTITY: TWO, REASONS: WHY}
HEAD = "name: trial\nlabel: {en: Trial, zh-CN: 试用}\nmodules: [core]\nhome: x_deal\ncurrency: CNY\nlanguage: en\n"
DEALS = (
    {"name": "Alpha", "amount": "500"},
    {"name": "Beta", "amount": "90", "stage": "offer"},
    {"name": "Gamma", "kind": "renewal"},
    {"name": "Delta", "kind": "renewal", "amount": "300", "stage": "offer"},
)


def build(folder: Path, url: str, clock: Clock) -> Workspace:
    """Published, with an administrator and a few deals in each pipeline."""
    for name, text in {"workspace.yaml": HEAD, **FILES}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    database = Database.open(url)
    actor = Actor.system("test")
    publish(database, propose(database, folder), actor, clock=clock)
    database.close()
    workspace = Workspace.open(folder, Settings.of(folder, {"TENON_DATABASE_URL": url}), clock)
    with workspace.unit(actor) as unit:
        create_administrator(unit, workspace.current, ADMINISTRATOR, "Ada Admin", PASSWORD)
        for deal in DEALS:
            workspace.writer.create(unit, workspace.access(actor), "x_deal", deal)
    return workspace


def deal(workspace: Workspace, name: str) -> dict[str, Any]:
    """As it is now."""
    actor = Actor.system("test")
    with workspace.unit(actor) as unit:
        query = Query(entity="x_deal", where=f'name == "{name}"', limit=1)
        return workspace.reader.list(unit, workspace.access(actor), query).records[0]
