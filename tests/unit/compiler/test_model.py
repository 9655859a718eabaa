"""In charge of the promises about the compiled model: what comes out of a small workspace."""

from collections.abc import Callable

import pytest

from tenon.compiler import Compilation
from tenon.model import Model

Compiled = Callable[..., Compilation]


@pytest.fixture
def model(compiled: Compiled) -> Model:
    compilation = compiled()
    assert not compilation.problems
    assert compilation.model is not None
    return compilation.model


def test_every_entity_has_the_system_fields(model: Model) -> None:
    for entity in model.entities.values():
        assert {"id", "version", "created_at", "created_by", "changed_at", "changed_by"} <= set(entity.fields)


def test_an_owned_entity_has_an_owner_who_is_by_default_the_maker(model: Model) -> None:
    owner = model.entities["deal"].fields["owner"]
    assert owner.required
    assert owner.target == "user"
    assert owner.default is not None
    assert owner.default.text == "user"


def test_owner_and_region_are_found_through_parents(model: Model) -> None:
    assert model.entities["deal_line"].owner_path == ("deal", "owner")
    assert model.entities["deal_line"].region_path == ("deal", "account", "region")
    assert model.entities["region"].owner_path is None


def test_a_pipeline_brings_the_stage_and_its_time(model: Model) -> None:
    deal = model.entities["deal"]
    assert [option.key for option in deal.fields["stage"].type.settings.options] == ["open", "won", "lost"]
    assert deal.fields["stage_since"].system
    assert deal.pipeline is not None
    assert deal.pipeline.initial == "open"
    assert deal.pipeline.stages["open"].limit == 14 * 86400
    assert deal.pipeline.stages["won"].probability == 100


def test_a_roll_up_has_the_type_of_what_it_adds_up(model: Model) -> None:
    fields = model.entities["account"].fields
    assert (
        fields["deals_total"].type.expression_type() == model.entities["deal"].fields["amount"].type.expression_type()
    )
    assert fields["deal_count"].type.expression_type().scale == 0
    assert fields["deals_total"].value is not None
    assert ("deals", "amount") in fields["deals_total"].value.dependencies


def test_reverse_relationships_come_by_themselves(model: Model) -> None:
    assert model.entities["deal"].relationships["deal_line"].implied
    assert model.entities["user"].relationships["deal"].field == "owner"
    assert model.entities["department"].relationships["user_by_department"].implied  # “user” is the actor
    assert "deal" not in model.entities["account"].relationships  # it has the name “deals”


def test_an_entity_of_five_fields_without_views_and_forms_is_usable(compiled: Compiled) -> None:
    text = """
label: Visit
fields:
  name: {type: text, required: true}
  account: {type: lookup, to: account}
  day: {type: date, default: today()}
  cost: {type: money}
  report: {type: long_text}
grants:
  seller: {read: all, create: true}
"""
    model = compiled({"entities/x_visit.yaml": text}).model
    assert model is not None
    visit = model.entities["x_visit"]
    assert [column.path for column in visit.views["list"].columns] == [("name",), ("account",), ("day",), ("cost",)]
    assert visit.forms["main"].sections["basics"].fields == ("name", "account", "day", "cost", "report")
    assert model.navigation["workspace"].items["x_visit"].entity == "x_visit"
    assert model.roles["seller"].grants["x_visit"].operations == {"read": True, "create": True}


def test_scopes_become_expressions(model: Model) -> None:
    grants = model.roles["seller"].grants
    read, update = grants["deal"].operations["read"], grants["deal"].operations["update"]
    assert not isinstance(read, bool)
    assert read.text == "owner.department in user.department.subtree"
    assert not isinstance(update, bool)
    assert update.text == "owner == user"
    assert grants["deal"].operations["create"] is True
    assert "delete" not in grants["deal"].operations
    assert grants["deal"].scopes["read"] == "department_tree"


def test_a_grant_for_every_entity_leaves_out_those_with_their_own(model: Model) -> None:
    grants = model.roles["seller"].grants
    assert "export" not in grants["deal"].operations
    assert not isinstance(grants["account"].operations["export"], bool)
    assert grants["department"].operations["export"] is False  # it has no region


@pytest.mark.parametrize(
    ("entity", "scope", "text"),
    [
        ("user", "own", "id == user.id"),
        ("user", "department_tree", "department in user.department.subtree"),
        ("user", "region", "not is_blank(user.region) and region == user.region"),
        ("department", "department_tree", "id in user.department.subtree"),
        ("region", "region_tree", "id in user.region.subtree"),
        ("region", "own", "created_by == user"),
        ("deal_line", "own", "deal.owner == user"),
        ("deal_line", "region_tree", "deal.account.region in user.region.subtree"),
    ],
)
def test_a_scope_means_the_way_to_owner_department_or_region(
    compiled: Compiled, entity: str, scope: str, text: str
) -> None:
    compilation = compiled({"roles/x_r.yaml": f"label: R\ngrants: {{{entity}: {{read: {scope}}}}}\n"})
    assert not compilation.problems
    assert compilation.model is not None
    permit = compilation.model.roles["x_r"].grants[entity].operations["read"]
    assert not isinstance(permit, bool)
    assert permit.text == text


def test_roles_are_options_of_the_choice_role(model: Model) -> None:
    assert [option.key for option in model.choices["role"].options] == ["seller"]


def test_an_entity_without_a_place_joins_the_group_of_its_module(model: Model) -> None:
    assert list(model.navigation["sales"].items) == ["deal", "account"]
    assert "deal_line" not in model.navigation["sales"].items  # a part of deals


def test_a_clients_field_without_a_place_is_at_the_end_of_the_form(compiled: Compiled) -> None:
    model = compiled({"entities/deal.yaml": "fields: {x_note: {type: text}}\n"}).model
    assert model is not None
    assert model.entities["deal"].forms["main"].sections["basics"].fields[-1] == "x_note"


def test_translation_files_are_laid_over_labels(compiled: Compiled) -> None:
    text = "entities.deal.fields.amount.label: Betrag\nentities: {deal: {label: Geschäft}}\npages: {save: Sichern}\n"
    compilation = compiled({"translations/de.yaml": text})
    model = compilation.model
    assert not compilation.problems
    assert model is not None
    assert model.entities["deal"].fields["amount"].label.in_("de") == "Betrag"
    assert model.entities["deal"].label.in_("zh-CN") == "商机"
    assert model.translations["de"] == {"save": "Sichern"}


def test_a_translation_of_nothing_is_a_warning(compiled: Compiled) -> None:
    compilation = compiled({"translations/de.yaml": "entities.deal.fields.amuont.label: Betrag\n"})
    assert [(problem.code, problem.severity) for problem in compilation.problems] == [("unused_translation", "warning")]
    assert "entities.deal.fields.amount.label" in str(compilation.problems[0].hint)
    assert compilation.model is not None


def test_a_text_without_the_workspaces_language_is_a_warning(compiled: Compiled) -> None:
    own = {
        "workspace.yaml": "name: demo\nmodules: [sales]\nlanguage: zh-CN\n",
        "roles/x_r.yaml": "label: {en: Reader}\n",
    }
    compilation = compiled(own)
    assert [problem.code for problem in compilation.problems] == ["missing_translation"]
    assert compilation.model is not None


def test_data_sets_are_rows_for_an_entity(compiled: Compiled) -> None:
    own = {
        "data/department.csv": "code,name\nhq,Head office\n",
        "demo/deals.yaml": "entity: deal\nkey: name\nrows: [{name: A, account: Acme, amount: 10.5, stage: won}]\n",
    }
    compilation = compiled(own)
    assert not compilation.problems
    assert compilation.model is not None
    units, demo = compilation.model.data
    assert (units.entity, units.key, units.demo) == ("department", ("code",), False)
    assert (demo.key, demo.demo, demo.rows[0]["amount"]) == (("name",), True, 10.5)


def test_regions_stand_before_their_children(compiled: Compiled) -> None:
    model = compiled({"regions.yaml": "east: {label: East, regions: {shanghai: {label: Shanghai}}}\n"}).model
    assert model is not None
    assert [(seed.code, seed.parent) for seed in model.regions] == [("east", None), ("shanghai", "east")]
