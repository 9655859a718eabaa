"""In charge of the promises about lists and boards as the server sends them."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient

from samples import workspaces
from tenon.access import Access
from tenon.actors import Actor
from tenon.database import count_statements
from tenon.workspace import Workspace

IDENTITY, BELL = 1, 1
"""The statement that finds out who asks, and the one that counts his notices."""
ROW = re.compile(r'<tr data-id="([^"]+)"')


def add_rivals(workspace: Workspace, count: int) -> None:
    actor = Actor.system("test")
    with workspace.unit(actor) as unit:
        rows = [{"name": f"Rival {number:03}"} for number in range(count)]
        workspace.writer.create_many(unit, Access.of(workspace.model, actor), "competitor", rows)


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/opportunity?view=list", 3),
        ("/opportunity?view=list&filter=open&q=a&sort=account.name", 3),
        ('/opportunity?where=account == "0190a1b2-0000-7000-8000-000000000012" and owner == user', 3),
        ("/account", 3),
        ("/user", 3),
        ("/competitor", 3),
        ("/opportunity?deleted=1", 3),
        ("/opportunity?view=board", 1 + 6),
    ],
)
def test_a_list_costs_few_statements(signed_in: FlaskClient, workspace: Workspace, address: str, most: int) -> None:
    add_rivals(workspace, 60)
    signed_in.get(address)
    with count_statements(workspace.database) as counter:
        assert signed_in.get(address).status_code == 200
    assert counter.count <= most + IDENTITY + BELL, counter.texts


def test_the_address_is_the_whole_state(signed_in: FlaskClient) -> None:
    whole = ROW.findall(signed_in.get("/opportunity?view=list").text)
    won = signed_in.get("/opportunity?view=list&filter=won").text
    both = ROW.findall(signed_in.get("/opportunity?view=list&filter=won&where=amount > 100000&sort=-amount").text)
    assert 0 < len(both) < len(ROW.findall(won)) < len(whole)
    assert 'role="switch" aria-checked="true"' in won


def test_every_record_comes_once_when_all_pages_are_read(signed_in: FlaskClient, workspace: Workspace) -> None:
    add_rivals(workspace, 120)
    address, seen = "/competitor", []
    while address:
        page = signed_in.get(address, headers={"HX-Request": "true", "HX-Target": "more-rows"}).text
        seen += ROW.findall(page)
        found = re.search(r'hx-get="(/competitor\?after=[^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) > 120


def test_a_long_list_says_at_least_and_counts_exactly_on_demand(signed_in: FlaskClient, workspace: Workspace) -> None:
    add_rivals(workspace, 1050)
    assert "1000+ records" in signed_in.get("/competitor").text
    exact = re.search(r"(\d+) records", signed_in.get("/competitor/-/count").text)
    assert exact is not None
    assert int(exact[1]) >= 1050


def test_nothing_found_and_nothing_there_are_told_apart(signed_in: FlaskClient) -> None:
    assert "No records match" in signed_in.get("/account?q=no+such+words").text
    assert "Clear filters" in signed_in.get("/account?q=no+such+words").text
    assert "There is nothing under" in signed_in.get("/file").text


def test_a_condition_is_shown_in_words_and_can_be_taken_away(signed_in: FlaskClient) -> None:
    page = signed_in.get('/opportunity?view=list&where=stage == "won" and amount > 1000').text
    assert "Stage is Won" in page
    assert "Amount is more than CN¥1,000.00" in page
    assert "where=amount+%3E+1000.00" in page


def test_a_condition_that_cannot_be_understood_is_refused_with_a_hint(signed_in: FlaskClient) -> None:
    response = signed_in.get("/opportunity?where=amont > 3")
    assert response.status_code == 400
    assert "amount" in response.text


def test_chosen_columns_stay_until_they_are_given_up(signed_in: FlaskClient) -> None:
    chosen = ["name", "account.region", "created_at"]
    workspaces.post(signed_in, "/opportunity/-/columns?view=list", column=chosen)
    page = signed_in.get("/opportunity?view=list").text
    assert "Customer › Region" in page
    assert 'data-label="Amount"' not in page
    workspaces.post(signed_in, "/opportunity/-/columns?view=list", usual="1")
    assert 'data-label="Amount"' in signed_in.get("/opportunity?view=list").text


def test_the_export_is_the_list_as_it_is_narrowed(signed_in: FlaskClient) -> None:
    response = signed_in.get("/opportunity/-/export?view=list&filter=won")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.data.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert len(rows) == len(ROW.findall(signed_in.get("/opportunity?view=list&filter=won").text))
    assert {row["Stage"] for row in rows} <= {"Won", "won"}


def test_who_may_not_export_is_neither_offered_it_nor_given_it(client: FlaskClient, workspace: Workspace) -> None:
    workspaces.add_person(workspace, "gil@example.com", ["viewer"])
    workspaces.sign_in(client, "gil@example.com")
    assert "/opportunity/-/export" not in client.get("/opportunity").text
    assert client.get("/opportunity/-/export").status_code == 403


def test_lanes_carry_numbers_and_sums_of_all_records_not_of_those_shown(
    signed_in: FlaskClient, workspace: Workspace
) -> None:
    actor = Actor.system("test")
    with workspace.unit(actor) as unit:
        access = Access.of(workspace.model, actor)
        account = workspace.reader.options(unit, access, "account")[0]["id"]
        owner = workspace.reader.options(unit, access, "user")[0]["id"]
        rows = [{"name": f"Deal {number}", "account": account, "owner": owner, "amount": 10} for number in range(40)]
        for outcome in workspace.writer.create_many(unit, access, "opportunity", rows):
            assert outcome.error is None
    page = signed_in.get('/opportunity?view=board&where=starts_with(name, "Deal ")').text
    lane = page.split('data-lane="prospecting"')[1].split('data-lane="engaging"')[0]
    assert '<span class="count">40</span>' in lane
    assert "CN¥400" in lane
    assert lane.count("data-card=") == 30
    more = re.search(r'hx-get="([^"]*/lane/prospecting[^"]*)"', lane)
    assert more is not None
    assert signed_in.get(more[1].replace("&amp;", "&")).text.count("data-card=") == 10


def test_an_unknown_entity_is_not_found(signed_in: FlaskClient) -> None:
    assert signed_in.get("/oportunity").status_code == 404


@pytest.mark.parametrize(
    "address", ["/opportunity?after=nonsense", "/opportunity?sort=nonsense", "/opportunity?view=x"]
)
def test_a_mangled_address_is_answered_without_a_fault(signed_in: FlaskClient, address: str) -> None:
    assert signed_in.get(address).status_code < 500
