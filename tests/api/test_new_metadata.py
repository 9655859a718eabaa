"""What is published while the server runs is there at the next call."""

from pathlib import Path

from samples import api_calls
from samples.api_calls import Caller, World
from samples.workspaces import fixed_clock
from tenon.actors import Actor
from tenon.workspace.publishing import propose, publish

VISIT = """
label: {en: Visit, zh-CN: 拜访}
fields:
  name: {type: text, required: true, label: {en: Name, zh-CN: 名称}}
  account: {type: lookup, to: account, label: {en: Customer, zh-CN: 客户}}
  cost: {type: money, label: {en: Cost, zh-CN: 费用}}
  on: {type: date, label: {en: On, zh-CN: 日期}}
  done: {type: boolean, label: {en: Done, zh-CN: 完成}}
views: {list: {type: table, columns: [name, account, on]}}
grants: {salesperson: {read: own, create: true, update: own}}
"""


def test_one_file_brings_table_api_and_description_to_a_running_server(tmp_path: Path) -> None:
    folder, clock = tmp_path / "trial", fixed_clock()
    with api_calls.build(folder, f"sqlite:///{tmp_path / 'trial.sqlite'}", clock) as workspace:
        world = World.of(workspace, clock)
        assert world.seller.get("x_visit").status == 404
        (folder / "entities").mkdir()
        (folder / "entities" / "x_visit.yaml").write_text(VISIT)
        publish(workspace.database, propose(workspace.database, folder), Actor.system("test"), clock=clock)
        seller = Caller(world.app, world.seller.secret)
        made = seller.post("x_visit", {"name": "First", "cost": "12", "on": "2026-03-14"})
        assert (made.status, made.body["cost"]) == (201, {"amount": "12.00", "currency": "CNY"}), made
        assert [record["name"] for record in seller.get("x_visit").body["records"]] == ["First"]
        assert "/api/v1/x_visit" in seller.contract["paths"]
        assert seller.delete(f"x_visit/{made.body['id']}").status == 403
