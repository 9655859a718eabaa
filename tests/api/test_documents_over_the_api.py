"""Documents and templates over the API: made with the caller's rights, kept once, described as they answer."""

import io

import pypdf

from samples.api_calls import Caller, World


def opportunity(caller: Caller) -> str:
    """One with a line."""
    account = caller.post("account", {"name": "Quoted 报价客户"}).body["id"]
    deal = caller.post("opportunity", {"name": "Quoted", "account": account}).body["id"]
    product = caller.post("product", {"name": "Pump 水泵", "code": f"P-{deal[-12:]}", "list_price": "1200.50"}).body[
        "id"
    ]
    line = caller.post("opportunity_line", {"opportunity": deal, "product": product, "quantity": "2"})
    assert line.status == 201, line
    return str(deal)


def test_a_quotation_is_made_kept_and_fetched(world: World) -> None:
    deal = opportunity(world.admin)
    listed = world.admin.get(f"opportunity/{deal}/documents").body
    assert [each["template"] for each in listed["templates"]] == ["quotation"]
    assert listed["formats"] == ["pdf", "docx", "html"]
    wanted = {"template": "quotation", "language": "zh-CN"}
    made = world.admin.post(f"opportunity/{deal}/documents", wanted, headers={"Idempotency-Key": deal})
    assert (made.status, made.body["edition"], made.body["notes"]) == (201, 1, []), made
    again = world.admin.post(f"opportunity/{deal}/documents", wanted, headers={"Idempotency-Key": deal})
    assert again.body["file"]["id"] == made.body["file"]["id"]
    file = made.body["file"]
    assert (file["name"], file["mime_type"]) == ("报价单 Quoted.pdf", "application/pdf")
    pages = pypdf.PdfReader(io.BytesIO(world.admin.get(f"files/{file['id']}").body)).pages
    text = pages[0].extract_text()
    assert "Quoted 报价客户" in text
    assert "Pump 水泵" in text
    assert len(world.admin.get(f"opportunity/{deal}/files").body["files"]) == 1


def test_what_cannot_be_made_is_refused_in_words(world: World) -> None:
    deal = opportunity(world.admin)
    address = f"opportunity/{deal}/documents"
    assert world.admin.post(address, {"template": "nothing"}).status == 400
    assert world.admin.post(address, {"template": "quotation", "format": "exe"}).status == 400
    assert world.admin.post(address, {}).status == 400
    assert world.seller.post(address, {"template": "quotation"}).status == 404
    assert world.viewer.post(address, {"template": "quotation"}).status == 403
    assert world.admin.get(address).status == 200
    assert world.admin.get(f"opportunity/{deal}/files").body == {"files": []}


def test_administrators_look_at_templates_without_sending_anything(world: World) -> None:
    templates = world.admin.get("templates").body["templates"]
    assert "quotation" in [each["name"] for each in templates]
    made_up = world.admin.post("templates/quotation/preview", {"language": "en"}).body
    assert made_up["html"].startswith("<h1>Quotation</h1>")
    assert (made_up["sms"], made_up["notes"]) == (None, [])
    deal = opportunity(world.admin)
    told = world.admin.post("templates/quotation/preview", {"record": deal, "language": "zh-CN"}).body
    assert "Quoted 报价客户" in told["html"]
    assert world.seller.get("templates").status == 403
    assert world.seller.post("templates/quotation/preview", {}).status == 403
    assert world.admin.post("templates/nothing/preview", {}).status == 400
    assert world.admin.post("templates/quotation/preview", {"record": "x"}).status == 404
