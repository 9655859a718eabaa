"""In charge of the promise that a view of any type opens: a table stands in for what is not drawn otherwise."""

import pytest
from flask.testing import FlaskClient

from tenon.actors import Actor
from tenon.workspace import Workspace
from tenon.workspace.publishing import propose, publish

VIEWS = """
x_calendar: {type: calendar, from: close_date, label: {en: Deadlines, zh-CN: 截止}}
x_timeline: {type: timeline, from: created_at, to: close_date, group: owner}
x_map: {type: map, place: account.region}
x_cards: {type: cards, card: [amount]}
x_pivot: {type: pivot, rows: {who: owner}, across: {stage: stage}, measures: {all: sum(opportunity.amount)}}
x_chart: {type: chart, groups: {stage: stage}, measures: {deals: count(opportunity)}, columns: [name, stage]}
"""
NAMES = [line.partition(":")[0] for line in VIEWS.strip().splitlines() if "type: calendar" not in line]
FORMS = """
x_quick: {use: quick, sections: {basics: {fields: [name, account]}}, before: main}
x_won: {stages: [won], sections: {basics: {fields: [name]}}, before: main}
"""


@pytest.fixture
def pages(workspace: Workspace, signed_in: FlaskClient) -> FlaskClient:
    folder = workspace.folder / "entities" / "opportunity"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "views.yaml").write_text(VIEWS, encoding="utf-8")
    (folder / "forms.yaml").write_text(FORMS, encoding="utf-8")
    publish(workspace.database, propose(workspace.database, workspace.folder), Actor.system("test"))
    return signed_in


@pytest.mark.parametrize("name", NAMES)
def test_a_view_of_any_type_lists_its_records(pages: FlaskClient, name: str) -> None:
    answer = pages.get(f"/opportunity?view={name}")
    assert answer.status_code == 200
    assert "<table" in answer.text
    assert 'aria-current="page">' in answer.text


def test_forms_for_single_uses_leave_the_pages_as_they_are(pages: FlaskClient) -> None:
    answer = pages.get("/opportunity/new")
    assert answer.status_code == 200
    assert 'name="close_date"' in answer.text
