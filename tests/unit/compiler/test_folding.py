"""In charge of the promises about layers: merge patch, order, origins, and what may not be overridden."""

from collections.abc import Callable

import pytest

from tenon.compiler import Compilation, Sources, check, explain
from tenon.errors import UnknownName

Compiled = Callable[..., Compilation]


def codes(compilation: Compilation) -> list[str]:
    return [problem.code for problem in compilation.problems]


def test_a_client_changes_one_label_and_nothing_else(compiled: Compiled) -> None:
    before, after = compiled(), compiled({"entities/deal.yaml": "fields: {amount: {label: Volume}}\n"})
    assert before.model is not None
    assert after.model is not None
    assert str(after.model.entities["deal"].fields["amount"].label) == "Volume"
    assert list(after.model.entities["deal"].fields) == list(before.model.entities["deal"].fields)


def test_null_removes_what_a_lower_layer_says(compiled: Compiled) -> None:
    model = compiled({"entities/deal.yaml": "views: {list: {filters: {mine: null}}}\n"}).model
    assert model is not None
    assert not model.entities["deal"].views["list"].filters


def test_removing_what_is_not_there_is_a_problem(compiled: Compiled) -> None:
    assert codes(compiled({"entities/deal.yaml": "fields: {amuont: null}\n"})) == ["nothing_to_remove"]


def test_items_stand_after_or_before_the_neighbour_they_name(compiled: Compiled) -> None:
    text = "fields:\n  x_a: {type: text, after: name}\n  x_b: {type: text, before: name}\n"
    model = compiled({"entities/deal.yaml": text}).model
    assert model is not None
    assert list(model.entities["deal"].fields)[:4] == ["x_b", "name", "x_a", "account"]


def test_a_neighbour_that_is_not_there_gets_a_suggestion(compiled: Compiled) -> None:
    found = compiled({"entities/deal.yaml": "fields: {x_a: {type: text, after: nmae}}\n"}).problems
    assert [problem.code for problem in found] == ["unknown_neighbour"]
    assert "name" in str(found[0].hint)


def test_explain_tells_layer_file_line_and_what_was_overridden(compiled: Compiled) -> None:
    model = compiled({"entities/deal.yaml": "fields:\n  amount: {label: {en: Volume}}\n"}).model
    assert model is not None
    origin = explain(model, "deal.amount.label.en")
    assert (origin.layer, str(origin.location), origin.value) == ("workspace", "entities/deal.yaml:2:24", "Volume")
    assert [(lower.layer, lower.value) for lower in origin.overrides] == [("sales", "Amount")]
    assert explain(model, "entities.deal.fields.amount.label.zh-CN").layer == "sales"


def test_explain_suggests_the_nearest_name(compiled: Compiled) -> None:
    model = compiled().model
    assert model is not None
    with pytest.raises(UnknownName) as refused:
        explain(model, "deal.amuont.label")
    assert "amount" in str(refused.value.hint)


def test_origins_cover_every_leaf(compiled: Compiled) -> None:
    model = compiled().model
    assert model is not None
    paths = list(model.origins)
    assert len(paths) == len(model.origins) > 50
    assert all(model.origins[path].layer in ("core", "sales", "workspace") for path in paths)


def test_what_a_module_relies_on_cannot_be_overridden(compiled: Compiled) -> None:
    found = compiled({"entities/deal.yaml": "fields: {amount: {type: text}}\n"}).problems
    assert "fixed_property" in [problem.code for problem in found]


def test_the_same_thing_in_two_files_of_one_layer_is_a_problem(compiled: Compiled) -> None:
    own = {"entities/deal.yaml": "views: {list: {sort: name}}\n", "entities/deal/views.yaml": "list: {sort: amount}\n"}
    assert codes(compiled(own)) == ["written_twice"]


def test_a_file_is_the_subtree_its_path_says(compiled: Compiled) -> None:
    one = compiled({"entities/deal.yaml": "views: {x_mine: {type: table, columns: [name]}}\n"})
    two = compiled({"entities/deal/views.yaml": "x_mine: {type: table, columns: [name]}\n"})
    assert one.model is not None
    assert two.model is not None
    assert one.model.digest == two.model.digest


def test_the_digest_changes_with_the_metadata(compiled: Compiled) -> None:
    one, two = compiled().model, compiled({"entities/deal.yaml": "icon: star\n"}).model
    assert one is not None
    assert two is not None
    assert one.digest != two.digest


def test_sources_survive_being_stored(sources: Callable[..., Sources]) -> None:
    kept = sources({"roles/x.yaml": 'label: \u202eé 😀 " \\ \n'})
    assert Sources.from_json(kept.to_json()) == kept
    assert check(Sources.from_json(kept.to_json())).problems == check(kept).problems


@pytest.mark.parametrize(
    ("own", "name"),
    [
        ({"entities/visit.yaml": "label: Visit\nfields: {name: {type: text}}\n"}, "x_visit"),
        ({"entities/deal.yaml": "fields: {note: {type: text}}\n"}, "x_note"),
    ],
)
def test_what_a_client_adds_carries_the_prefix(compiled: Compiled, own: dict[str, str], name: str) -> None:
    found = compiled(own).problems
    assert [problem.code for problem in found] == ["missing_prefix"]
    assert name in str(found[0].hint)


def test_fields_of_the_clients_own_entities_need_no_prefix(compiled: Compiled) -> None:
    assert not compiled({"entities/x_visit.yaml": "label: Visit\nfields: {name: {type: text}}\n"}).problems


def test_an_add_on_module_uses_its_declared_prefix(compiled: Compiled, sales: dict[str, str]) -> None:
    module = "name: sales\nversion: 1.0.0\nlabel: Sales\nprefix: sl_\n"
    found = compiled({}, sales={**sales, "module.yaml": module}, local=("sales",)).problems
    assert {problem.code for problem in found} == {"missing_prefix"}


def test_a_file_that_says_null_removes_the_whole_thing(compiled: Compiled) -> None:
    model = compiled({"entities/deal_line.yaml": "null\n"}).model
    assert model is not None
    assert "deal_line" not in model.entities
