"""The promises about what a company says in its builder: laid over the files, explained, pulled, taken back."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenon.compiler import BUILDER, Compilation, Sources, check, explain
from tenon.compiler.company import pulled, taken, with_changes
from tenon.errors import BadRequest, UnknownName
from tenon.model import Model

Made = Callable[..., Sources]

DEAL = """\
# ours
fields:
  amount: {label: {en: Volume}}   # as we say
  x_tax: {type: text, label: Tax}
"""
CHANGES: list[tuple[str, Any]] = [
    ("entities.deal.fields.amount.label.en", "Sum"),
    ("entities.deal.fields.amount.label.en", "Amount"),
    ("entities.deal.fields.amount.label", {"zh-CN": "总额"}),
    ("entities.deal.fields.x_tax.label", "Tax number"),
    ("entities.deal.fields.x_tax", None),
    ("entities.deal.fields.x_size", {"type": "integer"}),
    ("entities.deal.fields.x_size", None),
    ("entities.deal.fields.x_a", {"type": "text", "label": {"en": "A", "zh-CN": "甲"}}),
    ("entities.deal.views.list.columns", ["name", "amount"]),
    ("entities.deal.views.list.filters.mine", None),
    ("entities.deal.views.x_mine", {"type": "table", "columns": ["name"]}),
    ("entities.deal.icon", "star"),
    ("entities.deal.rules.x_r", {"check": "amount > 0", "message": {"en": "No", "zh-CN": "否"}}),
    ("entities.x_visit", {"label": "Visit", "fields": {"name": {"type": "text"}}}),
    ("entities.x_visit.fields.x_more", {"type": "date"}),
    ("entities.x_call", {"label": "Call", "fields": {"name": {"type": "text"}}}),
    ("entities.x_visit", None),
    ("choices.loss_reason.options.x_other", {"label": {"en": "Other", "zh-CN": "其他"}}),
    ("choices.loss_reason.options.price", {"color": "green"}),
    ("roles.seller.grants.deal.update", "department"),
    ("navigation.sales.label", {"en": "Selling", "zh-CN": "售卖"}),
    ("workspace.currency", "EUR"),
    ("translations.zh-CN.entities.deal.label", "交易"),
]


def model_of(sources: Sources) -> Model:
    compilation: Compilation = check(sources)
    assert compilation.model is not None, [str(item.message) for item in compilation.problems]
    return compilation.model


def test_the_builder_stands_above_the_clients_files(sources: Made) -> None:
    changed = with_changes(sources({"entities/deal.yaml": DEAL}), {"entities.deal.fields.amount.label.en": "Sum"})
    origin = explain(model_of(changed), "deal.amount.label.en")
    assert (origin.layer, origin.value) == (BUILDER, "Sum")
    assert [(lower.layer, lower.value) for lower in origin.overrides] == [("sales", "Amount"), ("workspace", "Volume")]


def test_explain_names_author_and_version_of_what_the_builder_set(sources: Made) -> None:
    first = with_changes(sources({}), {"entities.deal.icon": "star"}).signed("Ann", 3)
    second = with_changes(first, {"entities.deal.fields.amount.label.en": "Sum"}).signed("Bob", 4)
    model = model_of(Sources.from_json(second.to_json()))
    icon, label = explain(model, "deal.icon"), explain(model, "deal.amount.label.en")
    assert [(icon.author, icon.version), (label.author, label.version)] == [("Ann", 3), ("Bob", 4)]


def test_what_the_builder_adds_to_a_module_carries_the_prefix(sources: Made) -> None:
    changed = with_changes(sources({}), {"entities.deal.fields.size": {"type": "integer"}})
    assert [problem.code for problem in check(changed).problems] == ["missing_prefix"]


def test_what_the_builder_adds_to_the_clients_own_needs_no_prefix(sources: Made) -> None:
    own = sources({"entities/x_visit.yaml": "label: Visit\nfields: {name: {type: text}}\n"})
    model = model_of(with_changes(own, {"entities.x_visit.fields.day": {"type": "date"}}))
    assert "day" in model.entities["x_visit"].fields


def test_a_change_back_to_the_lower_value_leaves_nothing_in_the_builder(sources: Made) -> None:
    changed = with_changes(sources({}), {"entities.deal.fields.amount.label.en": "Sum"})
    assert with_changes(changed, {"entities.deal.fields.amount.label.en": "Amount"}).layer(BUILDER) == ()


def test_undo_takes_back_what_the_builder_said(sources: Made) -> None:
    changed = with_changes(sources({}), {"entities.deal.icon": "star", "entities.deal.title": "account"})
    assert with_changes(changed, {}, undo=["entities.deal.icon", "entities.deal.title"]) == sources({})


@pytest.mark.parametrize("path", ["entity.deal.icon", "modules.sales.version", "entities", "entities..deal"])
def test_a_path_to_nowhere_is_refused(sources: Made, path: str) -> None:
    with pytest.raises((UnknownName, BadRequest)):
        with_changes(sources({}), {path: "x"})


def test_taking_the_layers_below_drops_the_override_from_files_and_builder(sources: Made) -> None:
    own = with_changes(sources({"entities/deal.yaml": DEAL}), {"entities.deal.fields.amount.label.en": "Sum"})
    after = taken(own, ["deal.amount.label.en"])
    origin = explain(model_of(after), "deal.amount.label.en")
    assert (origin.layer, origin.value) == ("sales", "Amount")
    assert after.layer(BUILDER) == ()
    assert "x_tax: {type: text, label: Tax}" in after.texts["entities/deal.yaml"]


def test_taking_what_is_no_override_is_refused_with_a_suggestion(sources: Made) -> None:
    with pytest.raises(UnknownName) as refused:
        taken(sources({"entities/deal.yaml": DEAL}), ["entities.deal.fields.amuont.label.en"])
    assert "amount" in str(refused.value.hint)


def test_a_pull_keeps_comments_and_says_the_same(sources: Made) -> None:
    changed = with_changes(
        sources({"entities/deal.yaml": DEAL}),
        {"entities.deal.fields.x_tax.label": "Number", "entities.deal.views.x_mine": {"type": "table"}},
    )
    after = pulled(changed)
    assert model_of(after).digest == model_of(changed).digest
    assert "amount: {label: {en: Volume}}   # as we say\n" in after.texts["entities/deal.yaml"]
    assert after.layer(BUILDER) == ()
    assert pulled(after) == after


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(CHANGES), max_size=8), st.sampled_from([{}, {"entities/deal.yaml": DEAL}]))
def test_any_changes_pulled_give_the_same_digest_and_pulling_again_the_same_bytes(
    sources: Made, changes: list[tuple[str, Any]], own: dict[str, str]
) -> None:
    changed = sources(own)
    for path, value in changes:
        candidate = with_changes(changed, {path: value})
        changed = candidate if check(candidate).model is not None else changed
    after = pulled(changed)
    assert model_of(after).digest == model_of(changed).digest
    assert after.layer(BUILDER) == ()
    assert pulled(after).to_json() == after.to_json()


def test_what_a_module_relies_on_stays_whoever_wants_to_override_it(sources: Made) -> None:
    changed = with_changes(sources({}), {"entities.deal.fields.amount.type": "text", "entities.deal.owned": False})
    found = [problem.path for problem in check(changed).problems if problem.code == "fixed_property"]
    assert found == ["entities.deal.fields.amount.type", "entities.deal.owned"]
