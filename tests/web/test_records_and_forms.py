"""In charge of the promises about record pages, forms and the recycle bin as the server sends and takes them."""

import io
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from samples import workspaces
from tenon.access import Access
from tenon.actors import Actor
from tenon.database import count_statements
from tenon.query import Query
from tenon.workspace import Workspace

RECORD_BUDGET = 12
HOSTILE = ("<script>alert(1)</script>", "'; drop table t_account; --", "=1+1", "\u202eabc", "😀" * 30, '"><img src=x>')


def found(workspace: Workspace, entity: str, where: str | None = None, *select: str) -> dict[str, Any]:
    actor = Actor.system("test")
    with workspace.reading(actor) as unit:
        query = Query(entity=entity, select=("id", "version", *select), where=where, limit=1)
        return workspace.reader.list(unit, Access.of(workspace.model, actor), query).records[0]


@pytest.mark.parametrize("entity", ["opportunity", "account", "contact", "product", "user", "region", "department"])
def test_a_record_costs_few_statements(signed_in: FlaskClient, workspace: Workspace, entity: str) -> None:
    address = f"/{entity}/{found(workspace, entity)['id']}"
    signed_in.get(address)
    with count_statements(workspace.database) as counter:
        assert signed_in.get(address).status_code == 200
    assert counter.count <= RECORD_BUDGET, counter.texts


@pytest.mark.parametrize("part", ["/edit", "/-/history", "/-/delete", "/-/field/name", "/-/related/lines"])
def test_parts_of_a_record_cost_few_statements(signed_in: FlaskClient, workspace: Workspace, part: str) -> None:
    address = f"/opportunity/{found(workspace, 'opportunity')['id']}{part}"
    signed_in.get(address)
    with count_statements(workspace.database) as counter:
        assert signed_in.get(address).status_code == 200
    assert counter.count <= RECORD_BUDGET, counter.texts


def test_the_stage_bar_says_what_the_next_stage_still_wants(signed_in: FlaskClient, workspace: Workspace) -> None:
    deal = found(workspace, "opportunity", 'stage == "prospecting" and count(lines) == 0')["id"]
    change(workspace, deal, {"stage": "engaging", "amount": None})
    page = signed_in.get(f"/opportunity/{deal}").text
    assert "For “Proposal” there is still missing: Amount" in page
    assert "Add at least one product line first." in page


def test_a_new_form_begins_with_defaults_and_with_what_the_address_names(
    signed_in: FlaskClient, workspace: Workspace
) -> None:
    account = found(workspace, "account", None, "name")
    page = signed_in.get(f"/opportunity/new?account={account['id']}&next_step=Call").text
    assert re.search(rf'<option value="{account["id"]}"[^>]* selected', page)
    assert re.search(r'name="next_step"[^>]*value="Call"', page)
    assert re.search(r'name="probability"[^>]*value="10"', page)
    assert "Ada Admin" in page


def test_a_record_is_made_and_shown(signed_in: FlaskClient, workspace: Workspace) -> None:
    response = workspaces.post(signed_in, "/competitor/new", name="Rival Ltd")
    assert response.status_code == 303
    page = signed_in.get(response.headers["Location"]).text
    assert "Rival Ltd" in page
    assert "created" in page
    assert "created." not in signed_in.get(response.headers["Location"]).text.split('id="record"')[0]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_shown_as_texts(signed_in: FlaskClient, name: str) -> None:
    response = workspaces.post(signed_in, "/competitor/new", name=name)
    if response.status_code == 422:
        assert "<script>alert" not in response.text
        return
    for address in (response.headers["Location"], "/competitor", f"{response.headers['Location']}/edit"):
        page = signed_in.get(address).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_save_and_new_opens_an_empty_form(signed_in: FlaskClient) -> None:
    response = workspaces.post(signed_in, "/competitor/new", name="Rival Ltd", then="new")
    assert response.headers["Location"] == "/competitor/new"


def test_a_refused_form_keeps_everything_and_links_each_complaint(signed_in: FlaskClient) -> None:
    sent = {"amount": "lots", "amount.currency": "EUR", "next_step": "Call", "lines.0.quantity": "-1", "lines.0.id": ""}
    response = workspaces.post(signed_in, "/opportunity/new", **sent)
    assert response.status_code == 422
    page = response.text
    assert '<a href="#field-amount">' in page
    assert re.search(r'name="amount"[^>]*value="lots"', page)
    assert "<option selected>EUR</option>" in page
    assert re.search(r'name="next_step"[^>]*value="Call"', page)
    assert re.search(r'name="lines.0.quantity"[^>]*value="-1"', page)


def test_an_order_and_its_lines_are_saved_together_or_not_at_all(signed_in: FlaskClient, workspace: Workspace) -> None:
    account, product = found(workspace, "account")["id"], found(workspace, "product", "active")["id"]
    order = {"name": "Both or none", "account": account, "lines.0.product": product, "lines.0.price": "100"}
    refused = workspaces.post(signed_in, "/opportunity/new", **order, **{"lines.0.quantity": "0"})
    assert refused.status_code == 422
    assert '<a href="#field-lines-0-quantity">' in refused.text
    assert "No records match" in signed_in.get("/opportunity?q=Both+or+none").text
    saved = workspaces.post(signed_in, "/opportunity/new", **order, **{"lines.0.quantity": "2"})
    assert saved.status_code == 303
    assert found(workspace, "opportunity", 'name == "Both or none"', "lines_total")["lines_total"]["amount"] == "200.00"


def test_lines_are_changed_added_and_taken_away_with_their_order(signed_in: FlaskClient, workspace: Workspace) -> None:
    deal = found(workspace, "opportunity", "count(lines) >= 2", "name")["id"]
    page = signed_in.get(f"/opportunity/{deal}/edit").text
    fields = dict(
        re.findall(r'name="((?:lines\.\d+\.(?:id|version|originals))|version|originals)" value="([^"]*)"', page)
    )
    sent = {name: value.replace("&#34;", '"') for name, value in fields.items()}
    product = found(workspace, "product", "active")["id"]
    sent |= {"lines.0.quantity": "7", "lines.1.gone": "1", "lines.9.product": product, "lines.9.quantity": "1"}
    before = len([name for name in sent if name.endswith(".version") and name.startswith("lines")])
    assert workspaces.post(signed_in, f"/opportunity/{deal}/edit", **sent).status_code == 303
    actor = Actor.system("test")
    with workspace.reading(actor) as unit:
        query = Query(entity="opportunity_line", select=("quantity",), where=f'opportunity == "{deal}"')
        lines = workspace.reader.list(unit, Access.of(workspace.model, actor), query).records
    assert len(lines) == before
    assert "7.00" in {line["quantity"] for line in lines}


def test_a_field_nobody_touched_is_never_sent(signed_in: FlaskClient, workspace: Workspace) -> None:
    deal = found(workspace, "opportunity", None, "next_step")
    address = f"/opportunity/{deal['id']}"
    page = signed_in.get(f"{address}/edit").text
    fields = dict(re.findall(r'name="(version|originals)" value="([^"]*)"', page))
    originals = json.loads(fields["originals"].replace("&#34;", '"'))
    sent = {"version": fields["version"], "originals": json.dumps(originals), "description": "Mine"}
    change(workspace, deal["id"], {"next_step": "Theirs"})
    response = workspaces.post(signed_in, f"{address}/edit", **sent, next_step=deal["next_step"] or "")
    assert response.status_code == 303
    after = found(workspace, "opportunity", f'id == "{deal["id"]}"', "next_step", "description")
    assert (after["next_step"], after["description"]) == ("Theirs", "Mine")


def test_a_disputed_field_shows_both_values_and_the_choice_decides(
    signed_in: FlaskClient, workspace: Workspace
) -> None:
    deal = found(workspace, "opportunity", None, "next_step")
    address = f"/opportunity/{deal['id']}/edit"
    sent = {"version": str(deal["version"]), "originals": json.dumps({"next_step": deal["next_step"]})}
    change(workspace, deal["id"], {"next_step": "Theirs"})
    refused = workspaces.post(signed_in, address, **sent, next_step="Mine")
    assert refused.status_code == 409
    assert "Theirs" in refused.text
    version = re.search(r'name="version" value="(\d+)"', refused.text)
    assert version is not None
    again = {**sent, "version": version[1], "keep.next_step": "mine"}
    assert workspaces.post(signed_in, address, **again, next_step="Mine").status_code == 303
    assert found(workspace, "opportunity", f'id == "{deal["id"]}"', "next_step")["next_step"] == "Mine"


def test_a_move_that_wants_fields_asks_for_exactly_those(signed_in: FlaskClient, workspace: Workspace) -> None:
    deal = found(workspace, "opportunity", 'stage == "prospecting"')
    asked = workspaces.post(signed_in, f"/opportunity/{deal['id']}/stage", stage="lost", version=str(deal["version"]))
    assert asked.status_code == 422
    assert asked.headers["HX-Retarget"] == "#sheet-place"
    assert 'name="loss_reason"' in asked.text
    assert 'name="amount"' not in asked.text
    reason = re.search(r'<option value="(\w+)"', asked.text)
    assert reason is not None
    moved = workspaces.post(signed_in, f"/opportunity/{deal['id']}/stage", stage="lost", loss_reason=reason[1])
    assert moved.status_code == 200
    assert found(workspace, "opportunity", f'id == "{deal["id"]}"', "stage")["stage"] == "lost"


def test_a_move_that_is_not_allowed_is_refused_with_the_reason(signed_in: FlaskClient, workspace: Workspace) -> None:
    deal = found(workspace, "opportunity", 'stage == "prospecting"')
    refused = workspaces.post(signed_in, f"/opportunity/{deal['id']}/stage", stage="won")
    assert refused.status_code == 409
    assert "cannot move" in json.loads(refused.headers["HX-Trigger"])["toast"]["message"]


def test_a_card_moves_on_a_board_that_is_not_by_stage(signed_in: FlaskClient, workspace: Workspace) -> None:
    account = found(workspace, "account", "not is_blank(level)", "level")
    level = next(
        option.key for option in workspace.model.choices["account_level"].options if option.key != account["level"]
    )
    moved = workspaces.post(signed_in, f"/account/{account['id']}/lane?view=by_level", lane=level, version="")
    assert moved.status_code == 204
    assert found(workspace, "account", f'id == "{account["id"]}"', "level")["level"] == level


def test_what_was_deleted_is_in_the_bin_and_comes_back(signed_in: FlaskClient, workspace: Workspace) -> None:
    deal = found(workspace, "opportunity", "count(lines) > 0", "name")
    address = f"/opportunity/{deal['id']}"
    assert "Products:" in signed_in.get(f"{address}/-/delete").text
    assert workspaces.post(signed_in, f"{address}/delete").headers["Location"] == "/opportunity"
    page = signed_in.get("/opportunity").text
    assert f'action="{address}/restore"' in page
    assert signed_in.get(address).status_code == 404
    assert deal["id"] in signed_in.get("/opportunity?deleted=1").text
    assert workspaces.post(signed_in, f"{address}/restore").headers["Location"] == address
    assert signed_in.get(address).status_code == 200


def test_what_others_need_is_not_deleted_and_it_is_said_why(signed_in: FlaskClient, workspace: Workspace) -> None:
    account = found(workspace, "opportunity", None, "account")["account"]["id"]
    response = workspaces.post(signed_in, f"/account/{account}/delete")
    assert response.headers["Location"] == f"/account/{account}"
    assert 'role="alert"' in signed_in.get(response.headers["Location"]).text


def test_many_records_are_changed_only_as_far_as_one_may(client: FlaskClient, workspace: Workspace) -> None:
    person = workspaces.add_person(workspace, "gil@example.com", ["salesperson"])
    mine = found(workspace, "account")["id"]
    actor = Actor.system("test")
    with workspace.unit(actor) as unit:
        access = Access.of(workspace.model, actor)
        workspace.writer.change(unit, access, "account", mine, {"owner": person}, version=None)
        page = workspace.reader.list(unit, access, Query(entity="account", select=("id",), limit=5)).records
    other = next(record["id"] for record in page if record["id"] != mine)
    workspaces.sign_in(client, "gil@example.com")
    asked = client.get("/account/-/bulk/change", query_string={"id": [mine, other], "field": "city"})
    assert "Change 1 records" in asked.text
    workspaces.post(client, "/account/-/bulk/change", id=[mine, other], field="city", city="Zzyzx")
    with workspace.reading(actor) as unit:
        changed = workspace.reader.list(unit, access, Query(entity="account", select=("id",), where='city == "Zzyzx"'))
    assert [record["id"] for record in changed.records] == [mine]


def test_who_may_only_look_is_told_why_and_offered_nothing_else(client: FlaskClient, workspace: Workspace) -> None:
    workspaces.add_person(workspace, "gil@example.com", ["viewer"])
    workspaces.sign_in(client, "gil@example.com")
    address = f"/opportunity/{found(workspace, 'opportunity')['id']}"
    page = client.get(address).text
    assert "Why can I not change this?" in page
    assert "viewer" in page
    for offered in ("/edit", "/-/field/", "/-/delete", "/stage", "/clone"):
        assert f"{address}{offered}" not in page
    assert client.get(f"{address}/edit").status_code == 403
    assert "Probability" not in page


def test_the_picker_offers_what_the_look_up_may_point_to(signed_in: FlaskClient, workspace: Workspace) -> None:
    withdrawn = found(workspace, "product", None, "name")
    change(workspace, withdrawn["id"], {"active": False}, entity="product")
    offered = signed_in.get("/opportunity_line/-/options?field=product&q=").json
    assert offered
    assert withdrawn["id"] not in {each["id"] for each in offered}


def test_defaults_follow_the_chosen_record(signed_in: FlaskClient, workspace: Workspace) -> None:
    product = found(workspace, "product", "active", "list_price")
    answer = signed_in.get(f"/opportunity_line/-/defaults?field=product&id={product['id']}").json
    assert answer["price"]["text"] == product["list_price"]["amount"].removesuffix(".00")
    assert answer["price"]["currency"] == "CNY"


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_both_languages_say_everything(signed_in: FlaskClient, workspace: Workspace, language: str) -> None:
    workspaces.post(signed_in, "/-/language", language=language)
    deal = found(workspace, "opportunity")["id"]
    for address in ("/opportunity?view=list", "/opportunity?view=board", f"/opportunity/{deal}", "/opportunity/new"):
        assert f'lang="{language}"' in signed_in.get(address).text


def change(workspace: Workspace, identity: str, values: dict[str, Any], entity: str = "opportunity") -> None:
    """What somebody else does meanwhile."""
    actor = Actor.system("somebody else")
    with workspace.unit(actor) as unit:
        workspace.writer.change(unit, Access.of(workspace.model, actor), entity, identity, values, version=None)


def test_a_file_chosen_in_a_form_is_kept_with_the_record(signed_in: FlaskClient, workspace: Workspace) -> None:
    contact = found(workspace, "contact")["id"]
    sent = {"csrf_token": workspaces.csrf_token(signed_in, "/-/settings"), "version": "", "photo": ""}
    photo = (io.BytesIO(b"\x89PNG not really"), "pictures/face.png")
    response = signed_in.post(
        f"/contact/{contact}/edit", data={**sent, "photo.upload": photo}, content_type="multipart/form-data"
    )
    assert response.status_code == 303
    file = found(workspace, "file", None, "name", "size", "record_entity", "record_id", "storage_key")
    assert (file["name"], file["size"]) == ("face.png", 15)
    assert (file["record_entity"], file["record_id"]) == ("contact", contact)
    assert workspace.files.path(file["storage_key"]).read_bytes() == b"\x89PNG not really"
    assert found(workspace, "contact", f'id == "{contact}"', "photo")["photo"]["id"] == file["id"]
