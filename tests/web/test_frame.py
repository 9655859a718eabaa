"""In charge of the promises about the frame: navigation, search, theme, errors, what may be kept where."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from samples import workspaces
from tenon.errors import Unavailable
from tenon.http import asking
from tenon.texts import say
from tenon.workspace import Workspace

PAGES = ("/", "/search?q=a", "/-/settings", "/-/settings/tokens", "/nowhere/at/all")
INLINE = re.compile(r"<script(?![^>]*(?:src=|application/json))|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.mark.parametrize("address", [*PAGES, "/sign-in"])
def test_no_page_has_inline_scripts_or_styles(app: Flask, address: str) -> None:
    client = app.test_client()
    if address != "/sign-in":
        workspaces.sign_in(client, workspaces.ADMINISTRATOR)
    page = client.get(address).text
    assert page.startswith("<!doctype html>")
    assert INLINE.findall(page) == []


def test_the_navigation_has_what_the_person_may_read_and_marks_where_he_is(signed_in: FlaskClient) -> None:
    page = signed_in.get("/").text
    assert 'href="/opportunity?view=board"' in page
    assert 'href="/user"' in page
    assert re.search(r'href="/" aria-current="page"', page)


def test_somebody_without_roles_meets_no_entity_in_the_frame(client: FlaskClient, workspace: Workspace) -> None:
    person = workspaces.add_person(workspace, "guest@example.com", roles=())
    workspaces.sign_in(client, "guest@example.com")
    page = client.get("/").text
    assert person
    assert "There is nothing here for you yet" in page
    assert 'class="places-group"' not in page
    assert "/new" not in page


def test_a_boosted_link_brings_the_page_without_its_frame(signed_in: FlaskClient) -> None:
    answer = signed_in.get("/search?q=a", headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert answer.text.startswith("<title>")
    assert '<main id="page"' in answer.text
    assert "<aside" not in answer.text
    assert "HX-Boosted" in answer.headers["Vary"]


def test_the_palette_offers_pages_records_and_new_things(signed_in: FlaskClient) -> None:
    everything = signed_in.get("/-/search").text
    assert 'href="/account/new"' in everything
    assert 'href="/-/settings"' in everything
    found = signed_in.get("/-/search?q=Jiangnan").text
    assert re.search(r'href="/(account|opportunity)/[0-9a-f-]{36}"', found)


def test_hostile_words_in_a_search_come_back_as_text(signed_in: FlaskClient) -> None:
    words = "<script>alert(1)</script>\"'}}{{7*7}}\u202e"
    for address in ("/search", "/-/search"):
        page = signed_in.get(address, query_string={"q": words})
        assert page.status_code == 200
        assert "<script>alert" not in page.text


def test_theme_and_density_are_kept_in_the_browser(signed_in: FlaskClient) -> None:
    workspaces.post(signed_in, "/-/display", theme="dark", back="/")
    workspaces.post(signed_in, "/-/display", density="compact", back="/")
    page = signed_in.get("/").text
    assert 'data-bs-theme="dark"' in page
    assert 'data-density="compact"' in page


def test_an_unknown_address_is_a_page_that_leads_on(signed_in: FlaskClient) -> None:
    answer = signed_in.get("/nowhere/at/all")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text
    assert 'href="/"' in answer.text


def test_a_fault_of_ours_shows_a_number_and_no_trace(app: Flask) -> None:
    app.add_url_rule("/broken", "broken", lambda: 1 // 0)
    client = app.test_client()
    workspaces.sign_in(client, workspaces.ADMINISTRATOR)
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert answer.headers["X-Trace"] in answer.text
    assert "ZeroDivision" not in answer.text


def test_a_refused_fragment_becomes_a_short_message(app: Flask) -> None:
    def refuse() -> str:
        raise Unavailable(say("The tide is out.", "潮水退了。"))

    app.add_url_rule("/refuse", "refuse", refuse)
    client = app.test_client()
    workspaces.sign_in(client, workspaces.ADMINISTRATOR)
    answer = client.get("/refuse", headers={"HX-Request": "true"})
    assert answer.status_code == 503
    assert "The tide is out." in answer.headers["HX-Trigger"]
    assert answer.headers["HX-Reswap"] == "none"


def test_pages_are_kept_by_nobody_and_built_files_for_ever(signed_in: FlaskClient) -> None:
    page = signed_in.get("/")
    assert "no-store" in page.headers["Cache-Control"]
    for address in re.findall(r'(?:href|src)="(/static/[^"#]+|/-/colors[^"]+)"', page.text):
        answer = signed_in.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"]
        answer.close()


def test_a_page_takes_few_statements_whatever_it_shows(signed_in: FlaskClient, workspace: Workspace) -> None:
    from tenon.database import count_statements

    signed_in.get("/")
    with count_statements(workspace.database) as counter:
        signed_in.get("/")
    assert counter.count <= 16
    with count_statements(workspace.database) as counter:
        signed_in.get("/search?q=a")
    assert counter.count <= 3


def test_a_view_knows_who_asks(app: Flask) -> None:
    app.add_url_rule("/who", "who", lambda: asking().actor.name)
    client = app.test_client()
    workspaces.sign_in(client, workspaces.ADMINISTRATOR)
    assert client.get("/who").text == "Ada Admin"
