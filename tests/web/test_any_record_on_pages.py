"""In charge of the promises of pages about look-ups of any record: chosen, shown, filtered by and added from."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from samples import workspaces
from samples.any_records import Desk
from tenon import web
from tenon.access import Access
from tenon.database import count_statements
from tenon.http import create_app


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, f"sqlite:///{tmp_path / 'trial.sqlite'}")
    yield desk
    desk.close()


@pytest.fixture
def browser(desk: Desk) -> FlaskClient:
    client = create_app(desk.workspace, [web.part]).test_client()
    workspaces.sign_in(client, workspaces.ADMINISTRATOR)
    return client


def send(browser: FlaskClient, page: str, /, **values: Any) -> Any:
    token = workspaces.csrf_token(browser, page)
    return browser.post(page, data={"csrf_token": token, **values})


def test_a_form_keeps_what_was_chosen_and_pages_link_to_it(browser: FlaskClient, desk: Desk) -> None:
    answer = send(browser, "/x_note/new", name="One", subject=f"x_client:{desk.big}", kept="")
    assert answer.status_code in (302, 303), answer.text
    address = answer.headers["Location"]
    link = f'<a href="/x_client/{desk.big}">Big</a>'
    assert link in browser.get(address).text
    assert link in browser.get("/x_note").text
    form = browser.get(f"{address}/edit").text
    assert f'value="x_client:{desk.big}"' in form
    assert 'data-title="Big"' in form
    refused = send(browser, f"{address}/edit", name="One", subject="x_client:nobody")
    assert refused.status_code == 422
    assert 'value="x_client:nobody"' in refused.text
    assert send(browser, f"{address}/edit", name="One", subject="").status_code in (302, 303)
    assert link not in browser.get(address).text


def test_the_picker_offers_the_records_of_a_named_entity_and_of_no_other(browser: FlaskClient, desk: Desk) -> None:
    offered = browser.get("/x_note/-/options?field=subject&entity=x_client&q=bi").json
    assert offered == [{"id": f"x_client:{desk.big}", "title": "Big"}]
    assert browser.get("/x_note/-/options?field=kept&entity=user").json[0]["id"] == f"user:{desk.sam.id}"
    assert browser.get("/x_note/-/options?field=subject&entity=user").status_code == 400
    assert browser.get("/x_note/-/options?field=subject").status_code == 404
    form = browser.get("/x_note/new").text
    assert "[&#34;x_client&#34;,&#34;Client&#34;],[&#34;x_partner&#34;,&#34;Partner&#34;]]" in form


def test_a_filter_by_a_record_is_made_of_rows_and_says_its_title(browser: FlaskClient, desk: Desk) -> None:
    desk.note(name="First", subject=f"x_client:{desk.big}")
    desk.note(name="Second", subject=f"x_partner:{desk.pal}")
    row = {"row.0.0.field": "subject", "row.0.0.operator": "equal", "row.0.0.value": f"x_client:{desk.big}"}
    answer = browser.get("/x_note/-/filter/apply", query_string=row)
    address = answer.headers.get("HX-Redirect") or answer.headers["Location"]
    found = browser.get(address).text
    assert "First" in found
    assert "Second" not in found
    assert "Subject is Big" in found
    panel = browser.get(address.replace("/x_note?", "/x_note/-/filter?")).text
    assert f'value="x_client:{desk.big}"' in panel
    narrow = f'/x_note?where=subject == "{desk.big}" and name == "First"'
    assert "Subject is Big" in browser.get(narrow).text
    with count_statements(desk.workspace.database) as counter:
        browser.get(narrow)
    assert counter.count <= 7, counter.texts


def test_a_record_lists_what_points_at_it_and_adds_to_it(browser: FlaskClient, desk: Desk) -> None:
    desk.note(name="First", subject=f"x_client:{desk.big}")
    page = browser.get(f"/x_client/{desk.big}/-/related/notes").text
    assert "First" in page
    assert f"/x_note/new?subject=x_client:{desk.big}" in page
    form = browser.get(f"/x_note/new?subject=x_client:{desk.big}").text
    assert f'value="x_client:{desk.big}"' in form


def test_what_the_reader_may_not_see_stands_in_no_page_and_stays(browser: FlaskClient, desk: Desk) -> None:
    note = desk.note(name="First", subject=f"x_client:{desk.small}")
    with desk.unit() as unit:
        writer, access = desk.here.writer, Access.of(desk.here.model, desk.system)
        for assignment in desk.here.reader.list(unit, access, desk.query("role_assignment")).records:
            writer.delete(unit, access, "role_assignment", assignment["id"], version=None)
        writer.create(unit, access, "role_assignment", {"person": desk.sam.id, "role": "x_seller"})
    for page in ("", "/edit", "/-/history"):
        assert desk.small not in browser.get(f"/x_note/{note}{page}").text
    assert "Hidden" in browser.get(f"/x_note/{note}").text
    assert send(browser, f"/x_note/{note}/edit", name="Second").status_code in (302, 303)
    assert desk.read(note)["title"] == "Small"
