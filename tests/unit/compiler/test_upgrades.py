"""The promises about upgrades: the company's changes stay in force, and what became of each is told at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from samples import upgrades
from tenon import resources
from tenon.compiler import Compilation, Sources, check, explain, read_layers, schemas
from tenon.compiler.company import with_changes
from tenon.compiler.settling import settle
from tenon.compiler.upgrades import UpgradeReport, upgrade_report

Made = Callable[..., Sources]


def upgraded(before: Sources, after: Sources) -> tuple[Sources, Compilation, UpgradeReport]:
    settled, compilation = settle(before, after)
    report = upgrade_report(before, settled, problems=compilation.problems, model=compilation.model)
    return settled, compilation, report


@pytest.fixture
def rental(tmp_path: Path) -> tuple[Sources, Sources]:
    """A module in two versions under a company that changed one thing of every kind."""
    folder = tmp_path / "company"
    before = read_layers(upgrades.place(folder, "v1"))
    return before, read_layers(upgrades.place(folder, "v2"))


def test_every_override_is_in_force_after_the_upgrade(rental: tuple[Sources, Sources]) -> None:
    _sources, compilation, _report = upgraded(*rental)
    assert compilation.model is not None
    found = {path: explain(compilation.model, path).value for path in {**upgrades.KEPT, **upgrades.FOLLOWED}}
    assert found == {**upgrades.KEPT, **upgrades.FOLLOWED}


def test_every_kind_of_metadata_is_in_the_pair_of_versions() -> None:
    kinds = {path.name.removesuffix(".schema.json") for path in resources.folder("metadata").glob("*.schema.json")}
    assert kinds == {*upgrades.EVERY_KIND, *upgrades.APART}
    parts = {path.split(".")[0] for path, *_values in upgrades.EVERY_KIND.values()}
    apart = {part for part, kind in schemas.KINDS.items() if kind in upgrades.APART}
    assert parts == schemas.KINDS.keys() - apart


@pytest.mark.parametrize("kind", upgrades.EVERY_KIND)
def test_of_every_kind_the_companys_value_is_in_force_and_the_conflict_is_told(
    rental: tuple[Sources, Sources], kind: str
) -> None:
    path, before, after, mine = upgrades.EVERY_KIND[kind]
    _sources, compilation, report = upgraded(*rental)
    assert compilation.model is not None
    assert explain(compilation.model, path).value == mine
    assert [(item.before, item.after, item.mine) for item in report.conflicts if item.path == path] == [
        (before, after, mine)
    ]


def test_the_report_has_three_values_of_everything_both_sides_changed(rental: tuple[Sources, Sources]) -> None:
    _sources, _compilation, report = upgraded(*rental)
    told = {item.path: (item.before, item.after) for item in report.conflicts if not item.path.endswith(".zh-CN")}
    assert told == upgrades.CONTESTED
    english = {path.removesuffix(".en") for path in told}
    assert {item.path.removesuffix(".zh-CN") for item in report.conflicts} - {*told} <= english


def test_dead_and_redundant_overrides_are_told(rental: tuple[Sources, Sources]) -> None:
    _sources, _compilation, report = upgraded(*rental)
    assert [item.path for item in report.of("dead_override")] == [upgrades.DEAD]
    assert [item.path for item in report.of("redundant_override")] == [upgrades.REDUNDANT]


def test_every_new_item_is_told(rental: tuple[Sources, Sources]) -> None:
    _sources, _compilation, report = upgraded(*rental)
    assert {item.path for item in report.of("new_item")} == upgrades.NEW


def test_new_things_are_told_with_the_places_people_will_see_them_at(rental: tuple[Sources, Sources]) -> None:
    _sources, _compilation, report = upgraded(*rental)
    places = {item.path: [str(place) for place in item.places] for item in report.of("new_item")}
    assert places["entities.rent_item.fields.deposit"] == ["in the form, section The machine"]
    assert "entities.rent_item.fields.shade" not in places


def test_overrides_under_an_old_name_are_told(rental: tuple[Sources, Sources]) -> None:
    _sources, _compilation, report = upgraded(*rental)
    assert "entities.rent_item.fields.colour" in {item.path for item in report.of("renamed")}


def test_nothing_is_reported_when_nothing_changed(rental: tuple[Sources, Sources]) -> None:
    before, after = rental
    assert upgraded(before, before)[2].is_empty
    settled, _compilation, _report = upgraded(before, after)
    assert not upgraded(settled, settled)[2].conflicts


BROKEN: dict[str, str] = {
    "entities/deal.yaml": """
fields:
  amount: {label: {en: Volume}}
  x_half: {type: formula, of: money, value: amount / 2}
rules:
  x_positive: {check: amount > 0, message: {en: More than nothing., zh-CN: 须大于零。}}
views:
  list: {columns: [name, amount, probability, x_half], sort: amount}
  x_big: {type: table, columns: [name], where: amount > 1000}
forms:
  main: {sections: {basics: {fields: [account, amount, name]}, x_more: {fields: [x_half]}}}
""",
    "entities/deal_line.yaml": "fields: {product: {label: {en: Thing}}}\n",
    "roles/seller.yaml": "grants: {deal: {fields: {amount: read}}}\n",
}


def without_amount(sales: dict[str, str]) -> dict[str, str]:
    deal = sales["entities/deal.yaml"]
    for line in ("  amount: {type: money, label: {en: Amount, zh-CN: 金额}}\n", "    sort: -amount\n"):
        deal = deal.replace(line, "")
    deal = deal.replace("value: amount * probability / 100", 'value: probability * 1, label: "W"')
    deal = deal.replace("account.region, amount]", "account.region]").replace(
        "[name, account, amount]", "[name, account]"
    )
    account = sales["entities/account.yaml"].replace("sum(deals.amount)", "count(deals)")
    return {**sales, "entities/deal.yaml": deal, "entities/account.yaml": account}


def test_a_field_gone_from_the_module_breaks_nothing_and_every_broken_place_is_told(
    sources: Made, sales: dict[str, str]
) -> None:
    before, after = sources(BROKEN), sources(BROKEN, sales=without_amount(sales))
    settled, compilation, report = upgraded(before, after)
    assert compilation.model is not None, [str(p.message) for p in compilation.problems if p.severity == "error"]
    deal = compilation.model.entities["deal"]
    assert [column.path for column in deal.views["list"].columns] == [("name",), ("probability",)]
    assert list(deal.forms["main"].sections["basics"].fields) == ["account", "name"]
    assert "x_positive" not in deal.rules
    told = {item.path for item in (*report.of("dead_override"), *report.of("renamed"))}
    assert told >= {
        "entities.deal.fields.amount",
        "entities.deal.fields.x_half",
        "entities.deal.rules.x_positive",
        "entities.deal.views.list.columns",
        "entities.deal.views.list.sort",
        "entities.deal.views.x_big.where",
    }
    assert settled.layer("workspace") == after.layer("workspace")


def test_what_was_set_aside_comes_back_with_what_it_needs(sources: Made, sales: dict[str, str]) -> None:
    before = sources(BROKEN)
    lost, _compilation, _report = upgraded(before, sources(BROKEN, sales=without_amount(sales)))
    again, compilation, _report = upgraded(lost, before)
    assert again == before
    assert compilation.model is not None


def test_adjusted_sources_compile_alike_from_storage(sources: Made, sales: dict[str, str]) -> None:
    settled, compilation, _report = upgraded(sources(BROKEN), sources(BROKEN, sales=without_amount(sales)))
    stored = check(Sources.from_json(settled.to_json()))
    assert stored.model is not None
    assert compilation.model is not None
    assert stored.model.digest == compilation.model.digest


def test_what_was_agreed_at_an_upgrade_holds_afterwards(rental: tuple[Sources, Sources]) -> None:
    before, after = rental
    settled, compilation, _report = upgraded(before, after)
    assert settled.adjustments
    again, same, report = upgraded(settled, after)
    assert (again, report.conflicts) == (settled, ())
    assert compilation.model is not None
    assert same.model is not None
    assert same.model.digest == compilation.model.digest


def test_a_first_installation_reads_old_names_as_todays_and_sets_nothing_aside(
    rental: tuple[Sources, Sources], sources: Made, sales: dict[str, str]
) -> None:
    _before, after = rental
    settled, compilation = settle(None, after)
    assert compilation.model is not None
    assert [item.path[:2] for item in settled.adjustments] == [("automations", "rent_closed")]
    assert settle(None, sources(BROKEN, sales=without_amount(sales)))[1].model is None


def test_a_mistake_made_just_now_stays_a_problem(sources: Made, sales: dict[str, str]) -> None:
    own = {"entities/deal.yaml": "views: {x_new: {type: table, columns: [name, amount]}}\n"}
    _sources, compilation, _report = upgraded(sources({}), sources(own, sales=without_amount(sales)))
    assert compilation.model is None


def test_expressions_and_columns_follow_a_rename(sources: Made, sales: dict[str, str]) -> None:
    own = {
        "entities/deal.yaml": """
fields: {amount: {label: {en: Volume}}}
rules: {x_r: {check: amount > 0, message: {en: More., zh-CN: 更多。}}}
views: {list: {columns: [name, amount]}}
"""
    }
    deal = sales["entities/deal.yaml"]
    deal = deal.replace("  amount: {type: money,", "  value: {type: money, was: [amount],")
    deal = deal.replace("amount * prob", "value * prob").replace("region, amount]", "region, value]")
    deal = deal.replace("sort: -amount", "sort: -value").replace("account, amount]", "account, value]")
    account = sales["entities/account.yaml"].replace("deals.amount", "deals.value")
    renamed = {**sales, "entities/deal.yaml": deal, "entities/account.yaml": account}
    _sources, compilation, report = upgraded(sources(own), sources(own, sales=renamed))
    assert compilation.model is not None, [str(p.message) for p in compilation.problems if p.severity == "error"]
    found = compilation.model.entities["deal"]
    assert str(found.fields["value"].label) == "Volume"
    assert [column.path for column in found.views["list"].columns] == [("name",), ("value",)]
    assert str(found.rules["x_r"].check.text) == "value > 0"
    assert {item.path for item in report.of("renamed")} >= {"entities.deal.rules.x_r.check"}


def test_what_a_module_needs_is_no_longer_removed(sources: Made, sales: dict[str, str]) -> None:
    own = {"entities/deal_line.yaml": "fields: {product: null}\n"}
    line = sales["entities/deal_line.yaml"] + "views: {list: {type: table, columns: [product]}}\n"
    after = sources(own, sales={**sales, "entities/deal_line.yaml": line})
    _sources, compilation, report = upgraded(sources(own), after)
    assert compilation.model is not None
    assert "product" in compilation.model.entities["deal_line"].fields
    assert [item.path for item in report.of("dead_override")] == ["entities.deal_line.fields.product"]


def test_the_companys_order_stays_when_a_module_inserts_fields(sources: Made, sales: dict[str, str]) -> None:
    own = {"entities/deal.yaml": "fields:\n  x_a: {type: text, after: name}\n  probability: {before: account}\n"}
    inserted = "fields:\n  first: {type: text}\n  second: {type: text, after: amount}\n"
    deal = sales["entities/deal.yaml"].replace("fields:\n", inserted, 1)
    before, after = sources(own), sources(own, sales={**sales, "entities/deal.yaml": deal})
    _sources, compilation, _report = upgraded(before, after)
    _same, former, _none = upgraded(before, before)
    assert compilation.model is not None
    assert former.model is not None
    fields = list(compilation.model.entities["deal"].fields)
    assert [name for name in fields if name not in ("first", "second")] == list(former.model.entities["deal"].fields)


def test_the_builders_own_changes_are_reported_when_the_files_below_change(sources: Made) -> None:
    before = with_changes(sources({}), {"entities.deal.icon": "star"})
    after = with_changes(sources({"entities/deal.yaml": "icon: flag\n"}), {"entities.deal.icon": "star"})
    (item,) = upgraded(before, after)[2].items
    assert (item.kind, item.path, item.layer, item.after, item.mine) == (
        "vendor_changed_under_override",
        "entities.deal.icon",
        "builder",
        "flag",
        "star",
    )


@pytest.mark.parametrize(("removed", "told"), [("amount: null", "entities.deal.fields.amount"), ("name: {max: 9}", "")])
def test_a_module_changing_what_the_company_removed_is_told(
    sources: Made, sales: dict[str, str], removed: str, told: str
) -> None:
    line: dict[str, Any] = {"entities/deal_line.yaml": "fields: {product: null}\n"}
    changed = sales["entities/deal_line.yaml"].replace("product: {type: text}", "product: {type: text, max: 5}")
    after = sources(line, sales={**sales, "entities/deal_line.yaml": changed})
    report = upgraded(sources(line), after)[2]
    assert [(item.path, item.mine) for item in report.conflicts] == [("entities.deal_line.fields.product", None)]
