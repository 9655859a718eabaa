"""In charge of the promise that a definition which names what is gone never makes an error page.

Administrators see a mark where it stood and what to do; everybody else sees the page without it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from samples import workspaces
from tenon.actors import Actor
from tenon.application import application
from tenon.clock import FixedClock
from tenon.compiler.company import with_changes
from tenon.database import UnitOfWork
from tenon.errors import MetadataError
from tenon.schema import published
from tenon.schema.versions import record_version
from tenon.workspace import Workspace
from tenon.workspace.publishing import propose, propose_version, publish

GIL = "gil@example.com"
MARK = "gone-mark"
LIST = ["name", "x_retired", "account", "account.x_past", "amount", "owner"]
LAYOUTS: dict[str, Any] = {
    "entities.opportunity.views.list.columns": LIST,
    "entities.opportunity.views.list.sort": ["-x_retired", "name"],
    "entities.opportunity.views.list.filters.x_lost": {"label": "Lost filter", "where": "x_retired > 1"},
    "entities.opportunity.views.board.card": ["account", "x_retired", "amount"],
    "entities.opportunity.views.board.sum": "x_retired",
    "entities.opportunity.views.x_broken": {"type": "table", "columns": ["name"], "where": "x_retired"},
    "entities.opportunity.views.x_lanes": {"type": "kanban", "by": "x_retired", "card": ["name"]},
    "entities.account.forms.main.sections.basics.fields": ["name", "x_retired", "status", "owner"],
    "entities.account.forms.main.sections.x_hollow": {"label": "Hollow", "fields": ["x_gone_too"]},
    "entities.account.forms.main.sections.x_hidden": {
        "label": "Hidden", "fields": ["website"], "visible_when": "x_retired > 3"},
    "entities.account.forms.main.related": ["contacts", "x_links"],
    "navigation.sales.items.x_past": {"entity": "x_entity"},
    "navigation.sales.items.opportunity": {"view": "x_no_view"},
    "workspace.home": "x_entity",
    "dashboards.x_desk": {"label": "Desk", "tiles": {"one": {"type": "kpi", "value": {"entity": "x_entity"}}}},
}  # fmt: skip
"""What a builder of another day left in the database: every place of a layout that can name something."""


@dataclass(frozen=True)
class Place:
    address: str
    gone: tuple[str, ...]


@pytest.fixture(scope="module")
def damaged(trial_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("damaged") / "trial"
    workspace = workspaces.copy(trial_folder, folder, workspaces.fixed_clock())
    workspaces.add_person(workspace, GIL, ["salesperson"])
    damage(workspace, LAYOUTS)
    yield workspace
    workspace.close()


def damage(workspace: Workspace, changes: Mapping[str, Any]) -> None:
    """As if what they name had been taken out of the database by hand."""
    with workspace.database.writing() as connection:
        now = published(connection)
        assert now is not None
        unit = UnitOfWork(actor=Actor.system("test"), connection=connection, now=workspace.now())
        record_version(unit, now.number + 1, "damaged", with_changes(now.sources, changes), "damage")
    workspace.reload()


def browser(workspace: Workspace, email: str) -> FlaskClient:
    app = application(workspace)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = app.test_client()
    workspaces.sign_in(client, email)
    return client


def first(workspace: Workspace, entity: str) -> str:
    table = workspace.tables[entity]
    with workspace.reading(Actor.system("test")) as unit:
        ((found,),) = unit.connection.execute(sa.select(table.c.id).where(table.c.deleted_at.is_(None)).limit(1))
    return str(found)


def places(workspace: Workspace) -> dict[str, Place]:
    account = first(workspace, "account")
    in_form = ("x_retired", "x_gone_too", "x_links")
    return {
        "list": Place("/opportunity?view=list", ("x_retired", "x_past")),
        "kanban": Place("/opportunity?view=board", ("x_retired",)),
        "a view that cannot be shown": Place("/opportunity?view=x_broken", ("x_retired",)),
        "form": Place(f"/account/{account}/edit", in_form),
        "new form": Place("/account/new", in_form),
        "record page": Place(f"/account/{account}", in_form),
        "navigation": Place("/", ("x_entity", "x_no_view")),
    }


def test_administrators_see_at_each_place_what_is_gone_and_what_to_do(damaged: Workspace) -> None:
    client = browser(damaged, workspaces.ADMINISTRATOR)
    for name, place in places(damaged).items():
        answer = client.get(place.address)
        assert answer.status_code == 200, name
        marks = re.findall(rf'<p class="{MARK}".*?</p>', answer.text, re.S)
        for gone in place.gone:
            assert any(gone in mark and "tenon rollback" in mark for mark in marks), (name, gone, marks)


def test_the_mark_of_a_field_stands_in_its_section(damaged: Workspace) -> None:
    page = browser(damaged, workspaces.ADMINISTRATOR).get("/account/new").text
    section = page.split('data-section="basics"', 1)[1].split("</section>", 1)[0]
    assert MARK in section
    assert "x_retired" in section


def test_everybody_else_sees_the_pages_without_it(damaged: Workspace) -> None:
    client = browser(damaged, GIL)
    for name, place in places(damaged).items():
        answer = client.get(place.address)
        assert answer.status_code in (200, 403, 404), name
        assert MARK not in answer.text
        told = answer.text.replace("x_broken", "")
        assert not [gone for gone in (*place.gone, "Lost filter", "Hollow") if gone in told], name


def test_what_is_left_of_the_layouts_is_shown_in_its_order(damaged: Workspace) -> None:
    page = browser(damaged, workspaces.ADMINISTRATOR).get("/opportunity?view=list").text
    assert re.findall(r'data-label="([^"]*)"', page)[:4] == ["Name", "Customer", "Amount", "Owner"]
    assert damaged.current.fallback is None


def test_a_section_whose_condition_is_broken_is_not_shown_to_everybody(damaged: Workspace) -> None:
    assert "Hidden" not in browser(damaged, GIL).get("/account/new").text


@pytest.mark.parametrize(("email", "entity"), [(workspaces.ADMINISTRATOR, "account"), (GIL, "opportunity")])
def test_no_address_answers_with_an_error_of_ours(damaged: Workspace, email: str, entity: str) -> None:
    client = browser(damaged, email)
    rules = [str(r.rule) for r in client.application.url_map.iter_rules() if "GET" in (r.methods or ())]
    record = first(damaged, entity)
    for rule in rules:
        address = re.sub(r"<[^>]*>", record, re.sub(r"<[^>]*\b(entity|name)>", entity, rule))
        assert client.get(address, buffered=True).status_code < 500, address
    assert len(rules) > 100


def test_the_files_and_an_older_version_mend_it(trial_folder: Path, tmp_path: Path, clock: FixedClock) -> None:
    with workspaces.copy(trial_folder, tmp_path / "trial", clock) as workspace:
        damage(workspace, LAYOUTS)
        assert workspace.current.gone
        with pytest.raises(MetadataError):
            propose(workspace.database, workspace.folder)
        proposal = propose_version(workspace.database, 1)
        assert not [operation for operation in proposal.plan.operations if operation.kind != "change_metadata"]
        publish(workspace.database, proposal, Actor.system("test"), clock=clock)
        assert workspace.reload().gone == ()


@pytest.mark.parametrize(
    "change",
    [
        {"entities.account.rules.x_check": {"check": "x_retired > 1", "message": "No."}},
        {"entities.account.grants.salesperson": {"read": "x_retired == 1"}},
        {"entities.account.fields.x_double": {"type": "formula", "value": "x_retired * 2"}},
    ],
    ids=["rule", "right", "formula"],
)
def test_what_decides_something_is_never_left_out_by_itself(
    trial_folder: Path, tmp_path: Path, clock: FixedClock, change: dict[str, Any]
) -> None:
    with workspaces.copy(trial_folder, tmp_path / "trial", clock) as workspace:
        damage(workspace, change)
        assert workspace.current.gone == ()
        assert workspace.current.fallback is not None
        assert workspace.current.fallback.in_force == 1
        client = browser(workspace, workspaces.ADMINISTRATOR)
        page = client.get("/account").text
        assert "version 1 stays in force" in page


LINKS = {
    "columns of another day": ("/opportunity?view=list&sort=-x_retired", 200),
    "a filter that is gone": ("/opportunity?view=list&filter=x_gone", 200),
    "a view that is gone": ("/opportunity?view=x_gone", 200),
    "a condition": ("/opportunity?view=list&where=x_retired > 1", 400),
    "a condition of a board": ("/opportunity?view=board&where=x_retired > 1", 400),
    "a pipeline that is gone": ("/opportunity?view=board&pipeline=x_gone", 200),
}


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("email", [workspaces.ADMINISTRATOR, GIL])
def test_a_shared_link_that_names_what_is_gone_leads_to_the_list(damaged: Workspace, link: str, email: str) -> None:
    address, status = LINKS[link]
    answer = browser(damaged, email).get(address)
    assert answer.status_code == status
    assert 'class="error-page"' not in answer.text
    assert 'class="list-bar"' in answer.text
    if status == 400:
        assert "Clear" in answer.text
        assert 'data-label="Amount"' not in answer.text, "records are not shown as if nothing had been asked"


def test_chosen_columns_that_are_gone_are_left_out(damaged: Workspace) -> None:
    client = browser(damaged, workspaces.ADMINISTRATOR)
    workspaces.post(client, "/opportunity/-/columns?view=list", column=["name", "x_retired", "amount"])
    page = client.get("/opportunity?view=list").text
    assert 'data-label="Amount"' in page
    assert 'data-label="x_retired"' not in page


def test_a_program_that_asks_for_a_field_that_is_gone_is_told_its_name(damaged: Workspace) -> None:
    client = browser(damaged, workspaces.ADMINISTRATOR)
    for query in ("select=name,x_retired", "where=x_retired > 1", "sort=-x_retired"):
        answer = client.get(f"/api/v1/opportunity?{query}")
        assert answer.status_code == 400
        assert answer.mimetype == "application/problem+json"
        assert "x_retired" in answer.get_json()["detail"]
