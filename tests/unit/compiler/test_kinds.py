"""In charge of the promises about every kind of metadata: examples hold, every key is explained in both languages."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tenon.compiler import Compilation, check, read_layers, schemas
from tenon.compiler.crons import cron_fault
from tenon.model.usage import uses_of

COMPANY = Path(__file__).parents[2] / "samples" / "company"
KINDS = sorted(set(schemas.KINDS.values()) | {"view", "form", "duplicate"})
OWN = [
    "dashboards",
    "reports",
    "scores",
    "targets",
    "segments",
    "templates",
    "webforms",
    "connectors",
    "tours",
    "courses",
]


@pytest.mark.parametrize("kind", KINDS)
def test_the_examples_of_a_kind_follow_its_schema(kind: str) -> None:
    schema = schemas.whole(kind)
    assert schema.get("examples"), kind
    validator = Draft202012Validator(schema) if kind != "entity" else schemas.validator(kind)
    for example in schema["examples"]:
        assert [error.message for error in validator.iter_errors(example)] == []


@pytest.mark.parametrize("kind", [*KINDS, "analysis", "common"])
def test_every_key_is_explained_in_both_languages(kind: str) -> None:
    schema = schemas.load(kind)
    unexplained = [
        path
        for path, item in described("", schema)
        if "$ref" not in item and not (item.get("description") and item.get("description:zh-CN"))
    ]
    assert unexplained == []


def described(path: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every property that is written out in a schema."""
    for name, item in schema.get("properties", {}).items():
        yield f"{path}.{name}", item
        yield from described(f"{path}.{name}", item)
    for key in ("additionalProperties", "items"):
        if isinstance(schema.get(key), dict):
            yield from described(f"{path}.*", schema[key])
    for name, item in schema.get("$defs", {}).items():
        yield from described(f"{path}#{name}", item)


@pytest.fixture(scope="module")
def company() -> Compilation:
    """A company that says something of every kind, upon the standard modules."""
    return check(read_layers(COMPANY))


def test_a_company_with_things_of_every_kind_has_no_problem(company: Compilation) -> None:
    assert [f"{problem.location} {problem.message}" for problem in company.problems] == []
    assert company.model is not None
    assert [kind for kind in OWN if not getattr(company.model, kind)] == []


def test_every_kind_of_view_is_understood(company: Compilation) -> None:
    assert company.model is not None
    views = company.model.entities["x_task"].views
    assert {view.type for view in views.values()} == set(schemas.load("view")["properties"]["type"]["enum"])
    assert views["plan"].depends == "first"
    assert views["tree"].parent == "parent"
    assert list(views["pivot"].figures.across) == ["month"]


def test_a_translation_reaches_the_text_of_any_kind(company: Compilation) -> None:
    assert company.model is not None
    trend = company.model.dashboards["boss"].tiles["trend"]
    assert trend.figures.measures["total"].label.in_("zh-CN") == "合计"
    assert set(company.model.templates["task_sheet"].body.languages) == {"en", "zh-CN"}


USES = {
    "entities.x_contract.fields.amount": {
        "dashboards.boss",
        "reports.by_month",
        "scores.key_customer",
        "targets.sales",
        "templates.contract",
    },
    "entities.x_contract.fields.signed_on": {
        "dashboards.boss",
        "reports.by_month",
        "scores.key_customer",
        "targets.sales",
        "templates.contract_mail",
    },
    "entities.x_lead.fields.email": {"webforms.free_trial"},
    "entities.account.fields.erp_code": {"connectors.erp"},
    "entities.account.fields.x_tier": {
        "connectors.erp",
        "dashboards.boss",
        "scores.key_customer",
        "segments.key_customers",
    },
    "entities.opportunity.fields.amount": {"dashboards.boss", "tours.first_deal"},
    "templates.contract": {"templates.contract_mail"},
    "segments.sleeping": {"segments.key_customers"},
    "tours.first_deal": {"courses.fields"},
    "roles.boss": {"dashboards.boss"},
}


@pytest.mark.parametrize("subject", USES)
def test_where_a_thing_is_used_is_known_for_every_kind(company: Compilation, subject: str) -> None:
    assert company.model is not None
    users = {".".join(use.path.split(".")[:2]) for use in uses_of(company.model, subject)}
    assert USES[subject] <= users


@pytest.mark.parametrize("text", ["0 3 1 * *", "*/15 8-18 * * 1-5", "0 0 29 2 *", "5,35 * * * 0", "0 0 31 1,4 *"])
def test_times_that_come_are_taken(text: str) -> None:
    assert cron_fault(text) is None


@pytest.mark.parametrize(
    "text",
    ["60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "*/0 * * * *", "5-1 * * * *", "0 0 30 2 *"],
)
def test_times_that_never_come_are_refused(text: str) -> None:
    assert cron_fault(text) is not None
