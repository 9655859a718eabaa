"""In charge of the promises of forms and pages about pictures, files, signatures and secrets."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from samples import every_type, workspaces
from tenon import web
from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.http import create_app
from tenon.query import Query
from tenon.workspace import Workspace

SECRET = "6222 0212 3456 7890"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def visits(tmp_path: Path, clock: FixedClock) -> Iterator[Workspace]:
    folder = tmp_path / "visits"
    workspace = every_type.build(folder, f"sqlite:///{folder / 'trial.sqlite'}", clock)
    yield workspace
    workspace.close()


@pytest.fixture
def browser(visits: Workspace) -> FlaskClient:
    client = create_app(visits, [web.part]).test_client()
    workspaces.sign_in(client, workspaces.ADMINISTRATOR)
    return client


def send(browser: FlaskClient, page: str, /, **values: Any) -> TestResponse:
    token = workspaces.csrf_token(browser, page)
    return browser.post(page, data={"csrf_token": token, **values}, content_type="multipart/form-data")


def filled(**values: Any) -> dict[str, Any]:
    return {
        "name": "One",
        "photo": "",
        "photo.upload": (io.BytesIO(PNG), "a.png", "text/plain"),
        "paper": "",
        "paper.upload": (io.BytesIO(b"hello"), "b.txt"),
        "signed": "Ann Lee",
        "bank": SECRET,
        **values,
    }


def created(browser: FlaskClient, **values: Any) -> str:
    response = send(browser, "/x_visit/new", **filled(**values))
    assert response.status_code in (302, 303), response.text
    return str(response.headers["Location"])


def stored(visits: Workspace, *names: str) -> list[dict[str, Any]]:
    actor = Actor.system("test")
    with visits.reading(actor) as unit:
        query = Query(entity="x_visit", select=names)
        found = visits.reader.list(unit, Access.of(visits.model, actor), query).records
    return [{name: record[name] for name in names} for record in found]


def test_a_new_record_can_have_files_that_are_required(browser: FlaskClient, visits: Workspace) -> None:
    created(browser)
    (found,) = stored(visits, "photo", "paper", "photo.mime_type", "paper.record_id", "id", "signed.name")
    assert (found["photo"]["title"], found["paper"]["title"]) == ("a.png", "b.txt")
    assert found["photo.mime_type"] == "image/png"
    assert found["paper.record_id"] == found["id"]
    assert found["signed.name"] == "Ada Admin"


def test_a_refused_new_record_leaves_no_file_behind(browser: FlaskClient, visits: Workspace) -> None:
    response = send(browser, "/x_visit/new", **filled(signed=""))
    assert response.status_code == 422
    with visits.database.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(visits.tables["file"])).scalar() == 0
    assert [path for path in (visits.folder / ".tenon" / "files").rglob("*") if path.is_file()] == []


def test_what_is_no_picture_is_refused_whatever_it_is_called(browser: FlaskClient, visits: Workspace) -> None:
    fake = (io.BytesIO(b"<svg onload=alert(1)>"), "a.png", "image/png")
    response = send(browser, "/x_visit/new", **filled(**{"photo.upload": fake}))
    assert response.status_code == 422
    assert "is no picture" in response.text
    assert stored(visits, "id") == []


def test_a_secret_stands_in_no_page_and_an_empty_input_keeps_it(browser: FlaskClient, visits: Workspace) -> None:
    address = created(browser)
    pages = [browser.get(f"{address}{part}").text for part in ("", "/edit", "/-/field/bank", "/-/history")]
    pages.append(browser.get("/x_visit").text)
    assert all(SECRET not in page for page in pages)
    assert send(browser, f"{address}/edit", name="Two", bank="").status_code in (302, 303)
    assert revealed(browser, address) == SECRET
    assert send(browser, f"{address}/edit", bank="", **{"bank.clear": "1"}).status_code in (302, 303)
    assert revealed(browser, address) is None


def revealed(browser: FlaskClient, address: str) -> Any:
    token = workspaces.csrf_token(browser, "/x_visit/new")
    response = browser.post(f"{address}/-/reveal/bank", headers={"X-CSRFToken": token})
    assert response.headers["Cache-Control"] == "no-store"
    return response.get_json()["value"]


def test_that_somebody_looked_is_remembered(browser: FlaskClient, visits: Workspace) -> None:
    address = created(browser)
    assert revealed(browser, address) == SECRET
    outbox = sa.Table("tenon_outbox", sa.MetaData(), autoload_with=visits.database.engine)
    with visits.database.engine.connect() as connection:
        rows = "\n".join(str(tuple(row)) for row in connection.execute(outbox.select()))
    assert "record.revealed" in rows
    assert SECRET not in rows


def test_a_secret_is_asked_for_by_post_with_its_token_alone(browser: FlaskClient) -> None:
    address = created(browser)
    assert browser.get(f"{address}/-/reveal/bank").status_code == 405
    assert browser.post(f"{address}/-/reveal/bank").status_code == 400


def test_an_address_is_sent_in_parts_and_taken_away_when_all_are_empty(browser: FlaskClient, visits: Workspace) -> None:
    parts = {"country": "CN", "province": "广东省", "city": "深圳市", "street": "科技园路"}
    address = created(browser, address="", **{f"address.{name}": value for name, value in parts.items()})
    assert stored(visits, "address.city", "address.street") == [
        {"address.city": "深圳市", "address.street": "科技园路"}
    ]
    send(browser, f"{address}/edit", address="", **{"address.country": "CN"})
    assert stored(visits, "address") == [{"address": None}]


def test_places_are_offered_to_forms(browser: FlaskClient) -> None:
    places = browser.get("/-/places/CN").get_json()
    assert "深圳市" in places["cities"]["广东省"]
    assert "南山区" in places["districts"]["深圳市"]
