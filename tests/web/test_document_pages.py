"""Documents on the pages of records, records on paper, and templates before anybody gets them."""

import io
import re

import pypdf
import pytest
from flask.testing import FlaskClient

from samples import workspaces
from samples.workspaces import csrf_token, post
from tenon.actors import Actor
from tenon.query import Query
from tenon.workspace import Workspace

LI_NA = 'opportunity.owner.email == "li.na@example.com"'


@pytest.fixture
def deal(workspace: Workspace) -> str:
    """An opportunity of Li Na that has lines."""
    actor = Actor.system("test")
    with workspace.reading(actor) as unit:
        query = Query(entity="opportunity_line", select=("opportunity",), where=LI_NA, limit=1)
        found = workspace.reader.list(unit, workspace.access(actor), query).records
    return str(found[0]["opportunity"]["id"])


def test_a_document_is_downloaded_or_kept_from_the_page_of_a_record(signed_in: FlaskClient, deal: str) -> None:
    page = signed_in.get(f"/opportunity/{deal}").get_data(as_text=True)
    assert f"/opportunity/{deal}/-/documents" in page
    dialog = signed_in.get(f"/opportunity/{deal}/-/documents").get_data(as_text=True)
    assert 'value="quotation"' in dialog
    sent = signed_in.get(f"/opportunity/{deal}/-/documents/file?template=quotation&language=zh-CN")
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert "报价单" in pypdf.PdfReader(io.BytesIO(sent.data)).pages[0].extract_text()
    assert "No files yet" in signed_in.get(f"/opportunity/{deal}/-/files").get_data(as_text=True)
    for number in (1, 2):
        answer = post(signed_in, f"/opportunity/{deal}/-/documents", template="quotation", format="docx")
        assert answer.status_code in (200, 204, 302, 303), number
    files = signed_in.get(f"/opportunity/{deal}/-/files").get_data(as_text=True)
    assert len(re.findall(r"/api/v1/files/", files)) == 2
    assert "(2).docx" in files


def test_an_entity_without_templates_offers_none(signed_in: FlaskClient, workspace: Workspace) -> None:
    page = signed_in.get("/competitor").get_data(as_text=True)
    record = re.search(r"/competitor/([0-9a-f-]{36})", page)
    assert record is not None
    assert "/-/documents" not in signed_in.get(record[0]).get_data(as_text=True)
    assert signed_in.get(f"{record[0]}/-/documents/file?template=quotation").status_code == 400


def test_a_record_on_paper_shows_its_form_and_its_lists(signed_in: FlaskClient, deal: str) -> None:
    page = signed_in.get(f"/opportunity/{deal}/-/print").get_data(as_text=True)
    assert "data-print" in page
    assert "Margin" in page
    assert "<thead>" in page
    assert "Discount" in page


def test_paper_shows_no_more_than_the_page(workspace: Workspace, client: FlaskClient, deal: str) -> None:
    workspaces.give_password(workspace, "li.na@example.com")
    workspaces.sign_in(client, "li.na@example.com")
    page = client.get(f"/opportunity/{deal}/-/print").get_data(as_text=True)
    assert "Discount" in page
    assert "Margin" not in page


def test_administrators_look_at_every_template(signed_in: FlaskClient, deal: str) -> None:
    assert "Quotation" in signed_in.get("/-/templates").get_data(as_text=True)
    page = signed_in.get(f"/-/templates/quotation?record={deal}&language=en").get_data(as_text=True)
    assert "<iframe" in page
    shown = signed_in.get(f"/-/templates/quotation/page?record={deal}&language=zh-CN")
    assert "<h1>报价单</h1>" in shown.get_data(as_text=True)
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "script-src" not in shown.headers["Content-Security-Policy"]
    sent = signed_in.get("/-/templates/quotation/file?format=html")
    assert sent.headers["Content-Disposition"].startswith("attachment")


def test_nobody_else_does(workspace: Workspace, client: FlaskClient) -> None:
    workspaces.give_password(workspace, "li.na@example.com")
    workspaces.sign_in(client, "li.na@example.com")
    for address in ("/-/templates", "/-/templates/quotation", "/-/templates/quotation/page"):
        assert client.get(address).status_code == 403
    assert csrf_token(client, "/opportunity")
    assert post(client, "/-/templates/quotation/send").status_code == 403
