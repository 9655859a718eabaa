"""In charge of a small workspace whose records have a field of every further type, and an administrator."""

from pathlib import Path

from samples.workspaces import ADMINISTRATOR, PASSWORD
from tenon.actors import Actor
from tenon.clock import Clock
from tenon.database import Database
from tenon.settings import Settings
from tenon.workspace import Workspace
from tenon.workspace.publishing import create_administrator, propose, publish

METADATA = """
name: trial
label: {en: Trial Ltd, zh-CN: 试用公司}
modules: [core]
language: en
timezone: Asia/Shanghai
currency: CNY
country: CN
"""
VISIT = """
label: {en: Visit, zh-CN: 拜访}
title: name
search: [name, address]
fields:
  name: {type: text, required: true, label: {en: Name, zh-CN: 名称}}
  begins: {type: time, default: '"09:00"'}
  effort: {type: duration, default: hours(2)}
  address: {type: address}
  place: {type: geo_point}
  settings: {type: json}
  bank: {type: encrypted}
  stars: {type: rating}
  paint: {type: color}
  land: {type: country, default: CN}
  speech: {type: language}
  coin: {type: currency}
  code: {type: barcode}
  todo: {type: checklist}
  about: {type: any_record, entities: [user, department], label: {en: About, zh-CN: 关于}}
  basis: {type: any_record, label: {en: Basis, zh-CN: 依据}}
  photo: {type: image, required: true, label: {en: Photo, zh-CN: 照片}}
  paper: {type: file, required: true, label: {en: Paper, zh-CN: 文件}}
  signed: {type: signature, required: true, label: {en: Signature, zh-CN: 签名}}
  twice: {type: formula, of: duration, value: effort * 2}
  town: {type: formula, of: text, value: address.city}
  north: {type: formula, of: decimal, scale: 4, value: place.lat}
  left_over: {type: formula, of: integer, value: todo.total - todo.done}
"""


def build(folder: Path, url: str, clock: Clock) -> Workspace:
    """Published to the database at `url` and opened."""
    (folder / "entities").mkdir(parents=True)
    (folder / "workspace.yaml").write_text(METADATA)
    (folder / "entities" / "x_visit.yaml").write_text(VISIT)
    settings = Settings.of(folder, {"TENON_DATABASE_URL": url})
    database = Database.open(url)
    publish(database, propose(database, folder), Actor.system("test"), clock=clock)
    database.close()
    workspace = Workspace.open(folder, settings, clock)
    with workspace.unit(Actor.system("test")) as unit:
        create_administrator(unit, workspace.current, ADMINISTRATOR, "Ada Admin", PASSWORD)
    return workspace
