"""What a company did to a module's things stays in force, in sight and intact while modules come, change and go."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from factories.folder_bench import FolderBench, administrator
from samples import workspaces
from tenon.actors import Actor
from tenon.application import application
from tenon.clock import FixedClock
from tenon.compiler.trees import whole_tree
from tenon.database import Database
from tenon.query import Query
from tenon.schema import published
from tenon.workspace.packages import Package
from tenon.workspace.promoting import pack, propose_package
from tenon.workspace.publishing import propose_changes, propose_version, publish

Build = Callable[..., FolderBench]
SHOP = 'name: shop\nversion: {version}.0.0\nlabel: Shop\nprefix: shop_\nrequires: {{core: "1.0.0"}}\n'
ITEM = """
label: {en: Item, zh-CN: 商品}
title: name
owned: false
fields:
  name: {type: text, max: 40, label: {en: Name, zh-CN: 名称}}
  code: {type: text, max: 10, label: {en: Code, zh-CN: 编码}}
  weight: {type: integer, label: {en: Weight, zh-CN: 重量}}
views:
  list: {type: table, columns: [name, code, weight]}
forms:
  main: {sections: {basics: {fields: [name, code, weight]}}}
"""
ITEM_2 = (
    ITEM.replace("max: 10, label: {en: Code, zh-CN: 编码}", "max: 20, label: {en: Item code, zh-CN: 商品编码}")
    .replace("max: 40", "max: 60")
    .replace("columns: [name, code, weight]", "columns: [name, weight, code]")
)
WITHOUT_WEIGHT = ITEM.replace("  weight: {type: integer, label: {en: Weight, zh-CN: 重量}}\n", "").replace(
    ", weight]", "]"
)
OURS = """
fields:
  name: {max: 50}
  x_shelf: {type: text, label: {en: Shelf, zh-CN: 货架}}
views:
  list: {columns: [x_shelf, name, weight], sort: weight}
  x_heavy: {type: table, columns: [name, weight], where: weight > 10}
forms:
  main: {sections: {basics: {fields: [weight, x_shelf, name, code]}}}
rules:
  x_light: {check: weight < 1000, message: {en: Too heavy., zh-CN: 过重。}}
"""
ACTOR = Actor.system("test")


def head(*modules: str) -> dict[str, str]:
    return {"workspace.yaml": f"name: small\nlabel: {{en: Small}}\nmodules: [{', '.join(('core', *modules))}]\n"}


def shop(version: int = 1, item: str = ITEM) -> dict[str, str]:
    return {"modules/shop/module.yaml": SHOP.format(version=version), "modules/shop/entities/shop_item.yaml": item}


@pytest.fixture
def build(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Build]:
    """A workspace with the shop and what the company made of it, published."""
    made: list[FolderBench] = []

    def start(ours: str = OURS) -> FolderBench:
        bench = FolderBench(tmp_path / "small", database_url, clock)
        made.append(bench)
        bench.publish({**head("shop"), **shop(), "entities/shop_item.yaml": ours})
        return bench

    yield start
    for bench in made:
        bench.close()


def test_a_list_with_the_companys_columns_takes_the_vendors_new_properties(build: Build) -> None:
    bench = build()
    bench.publish(shop(2, ITEM_2))
    workspace = bench.open()
    item = workspace.model.entities["shop_item"]
    workspace.close()
    assert [".".join(column.path) for column in item.views["list"].columns] == ["x_shelf", "name", "weight"]
    assert (str(item.fields["code"].label), item.fields["code"].type.options["max"]) == ("Item code", 20)
    assert item.fields["name"].type.options["max"] == 50, "what the company said stays"


def test_after_any_reset_of_a_layout_every_field_is_placed_or_can_be(build: Build) -> None:
    bench = build()
    forms, views = "entities.shop_item.forms", "entities.shop_item.views.list.columns"
    clicked = {f"{forms}.main.sections.basics.fields": ["x_shelf", "name"], views: ["x_shelf"]}
    publish(bench.database, propose_changes(bench.database, bench.folder, clicked), ACTOR, clock=bench.clock)
    undone = propose_changes(bench.database, bench.folder, {}, undo=list(clicked))
    publish(bench.database, undone, ACTOR, clock=bench.clock)
    assert form_fields(bench) == ["weight", "x_shelf", "name", "code"]
    taken = propose_changes(bench.database, bench.folder, {}, take=[f"{forms}.main.sections.basics.fields", views])
    publish(bench.database, taken, ACTOR, clock=bench.clock)
    assert form_fields(bench) == ["name", "code", "weight", "x_shelf"], "the company's own comes last"
    bench.create("shop_item", name="A", weight=1, x_shelf="top left")
    placed = {f"{forms}.main.sections.basics.fields": ["x_shelf", "name", "code", "weight"]}
    publish(bench.database, propose_changes(bench.database, bench.folder, placed), ACTOR, clock=bench.clock)
    assert form_fields(bench)[0] == "x_shelf"
    assert bench.rows("SELECT x_shelf FROM t_shop_item") == [("top left",)]


def test_a_field_gone_from_a_module_leaves_every_page_of_the_company_open(build: Build) -> None:
    bench = build()
    record = bench.create("shop_item", name="Anvil", weight=90)
    proposal = bench.propose(shop(2, WITHOUT_WEIGHT))
    told = {item.path for kind in ("dead_override", "renamed") for item in proposal.report.of(kind)}
    assert told >= {
        "entities.shop_item.rules.x_light",
        "entities.shop_item.views.list.columns",
        "entities.shop_item.views.list.sort",
        "entities.shop_item.views.x_heavy.columns",
        "entities.shop_item.views.x_heavy.where",
        "entities.shop_item.forms.main.sections.basics.fields",
    }
    bench.carry_out(proposal)
    workspace = bench.open()
    administrator(workspace)
    client = application(workspace).test_client()
    workspaces.sign_in(client, "admin@example.com")
    for address in ("", "?view=list", "?view=x_heavy", "?sort=weight", "/new", f"/{record}", f"/{record}/edit"):
        assert (page(client, address), address) == ("Anvil" if address != "/new" else "Shelf", address)
    workspace.close()


def page(client: FlaskClient, address: str) -> str:
    """What is found on it, of the two words that stand on one of these pages."""
    answer = client.get(f"/shop_item{address}")
    assert answer.status_code == 200, (address, answer.text)
    assert "Weight" not in answer.text
    return next((word for word in ("Anvil", "Shelf") if word in answer.text), "")


def test_a_field_that_another_module_works_with_outlives_either_with_its_values(build: Build) -> None:
    bench = build()
    bench.create("shop_item", name="Anvil", code="A-1", weight=90)
    manifest = 'name: scan\nversion: 1.0.0\nlabel: Scan\nprefix: scan_\nrequires: {shop: "1.0.0"}\n'
    scan = {
        "modules/scan/module.yaml": manifest,
        "modules/scan/entities/shop_item.yaml": "fields: {code: {label: {en: Barcode}}, scan_at: {type: datetime}}\n",
    }
    bench.publish({**head("shop", "scan"), **scan})
    assert codes(bench) == ("Barcode", [("A-1",)])
    gone = bench.publish(head("shop"))
    assert [step.subject for step in gone.operations if step.kind == "retire_field"] == [
        "entities.shop_item.fields.scan_at"
    ]
    assert codes(bench) == ("Code", [("A-1",)])
    bench.publish({**head(), "entities/shop_item.yaml": None})
    assert bench.rows("SELECT code FROM t_shop_item") == [("A-1",)]
    bench.publish(head("shop", "scan"))
    assert codes(bench) == ("Barcode", [("A-1",)])


def codes(bench: FolderBench) -> tuple[str, list[tuple[str]]]:
    workspace = bench.open()
    label = str(workspace.model.entities["shop_item"].fields["code"].label)
    workspace.close()
    return label, bench.rows("SELECT code FROM t_shop_item")


def test_what_a_company_made_of_each_module_is_in_its_package(build: Build, tmp_path: Path) -> None:
    bench = build()
    clicked = {
        "entities.shop_item.fields.x_clicked": {"type": "integer"},
        "entities.shop_item.fields.code.label.en": "Our code",
        "entities.department.fields.x_floor": {"type": "text"},
        "entities.department.icon": "star",
        "roles.x_keeper": {"label": "Keeper", "grants": {"shop_item": {"read": "all"}}},
    }
    publish(bench.database, propose_changes(bench.database, bench.folder, clicked), ACTOR, clock=bench.clock)
    package = Package.from_bytes(pack(bench.database).to_bytes())
    target = Database.open(f"sqlite:///{tmp_path / 'target.sqlite'}")
    publish(target, propose_package(target, package), ACTOR, clock=bench.clock)
    trees = [tree_of(database) for database in (bench.database, target)]
    target.close()
    assert trees[0] == trees[1]
    entities = trees[1]["entities"]
    assert {"x_shelf", "x_clicked", "code"} <= set(entities["shop_item"]["fields"])
    assert entities["shop_item"]["fields"]["code"]["label"]["en"] == "Our code"
    assert (entities["department"]["icon"], "x_floor" in entities["department"]["fields"]) == ("star", True)
    assert "x_keeper" in trees[1]["roles"]


def test_a_promotion_leaves_every_record_as_it_was_but_for_the_declared_steps(
    build: Build, tmp_path: Path, clock: FixedClock
) -> None:
    ours = OURS.replace("  x_shelf:", "  x_size: {type: integer}\n  x_shelf:")
    bench = build(ours)
    for number in range(30):
        values = {"name": f"Item {number}", "weight": number, "x_size": number, "x_shelf": f"S{number % 3}"}
        bench.create("shop_item", **values)
    staging = FolderBench(tmp_path / "staging", f"sqlite:///{tmp_path / 'staging.sqlite'}", clock)
    staging.publish({**head("shop"), **shop(), "entities/shop_item.yaml": ours})
    changed = ours.replace("x_shelf: {", "x_rack: {was: [x_shelf], ").replace("x_shelf", "x_rack")
    changed = changed.replace("was: [x_rack]", "was: [x_shelf]").replace(
        "x_size: {type: integer}", "x_size: {type: decimal}"
    )
    staging.publish({"entities/shop_item.yaml": changed.replace("fields:\n", "fields:\n  x_new: {type: integer}\n", 1)})
    before = digest(bench)
    proposal = propose_package(bench.database, pack(staging.database))
    staging.close()
    assert digest(bench) == before, "a plan changes nothing"
    declared = {step.subject for step in proposal.plan.operations if step.rows and step.kind != "add_field"}
    assert declared == {"entities.shop_item.fields.x_size", "entities.shop_item.fields.x_rack"}
    publish(bench.database, proposal, ACTOR, clock=clock)
    assert digest(bench) == before
    workspace = bench.open()
    with workspace.reading(ACTOR) as unit:
        query = Query(entity="shop_item", select=("name", "x_size", "x_rack"), sort=("weight",), limit=100)
        found = workspace.reader.list(unit, workspace.access(ACTOR), query).records
    workspace.close()
    assert [(item["name"], int(float(item["x_size"])), item["x_rack"]) for item in found] == [
        (f"Item {number}", number, f"S{number % 3}") for number in range(30)
    ]
    publish(bench.database, propose_version(bench.database, 1), ACTOR, clock=clock)
    assert digest(bench) == before


def digest(bench: FolderBench) -> str:
    """Of every record, in the columns there were before."""
    rows = bench.rows(
        "SELECT id, version, name, code, weight, x_size, x_shelf, changed_at FROM t_shop_item ORDER BY id"
    )
    assert len(rows) == 30
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def form_fields(bench: FolderBench) -> list[str]:
    workspace = bench.open()
    form = workspace.model.entities["shop_item"].forms["main"]
    workspace.close()
    return list(form.sections["basics"].fields)


def tree_of(database: Database) -> dict[str, dict[str, dict[str, dict[str, dict[str, str]]]]]:
    with database.reading() as connection:
        found = published(connection)
    assert found is not None
    return {name: item.plain() for name, item in whole_tree(found.sources).map.items() if name != "workspace"}
