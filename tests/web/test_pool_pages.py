"""In charge of the pages of pools: the list with what is left, claiming, giving back, consent, tonight."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from samples import workspaces
from samples.pool_world import Pond, open_pond
from tenon import web
from tenon.clock import FixedClock
from tenon.http import create_app

POOL = {
    "pools/open_sea.yaml": """
label: {en: Open sea, zh-CN: 公海}
entity: x_client
where: not signed
recycle: {no_followup: 30d, warn: 3d, last_followup: last_contact}
claim: {roles: [x_seller], per_day: 2, hold: 20, approve_above: 4}
mask_before_claim: [phone]
release_reasons: x_why
""",
    "navigation.yaml": """
x_sales: {label: {en: Sales, zh-CN: 销售}, items: {clients: {entity: x_client}}}
""",
}


@pytest.fixture
def pond(tmp_path: Path, sqlite_url: str, clock: FixedClock) -> Iterator[Pond]:
    opened = open_pond(tmp_path / "pond", sqlite_url, clock, POOL)
    yield opened
    opened.workspace.close()


@pytest.fixture
def app(pond: Pond) -> Flask:
    app = create_app(pond.workspace, [web.part])
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def client(pond: Pond, app: Flask, who: str) -> FlaskClient:
    workspaces.give_password(pond.workspace, f"{who}@pond.example")
    found = app.test_client()
    workspaces.sign_in(found, f"{who}@pond.example")
    return found


def test_somebody_claims_what_he_ticked_and_sees_what_is_left(pond: Pond, app: Flask) -> None:
    for name in ("Alpha", "Beta", "Gamma"):
        pond.client(name, phone="+86 138 0013 8000")
    sam = client(pond, app, "sam")
    text = sam.get("/pools/open_sea").text
    assert "0 / 2" in text
    assert "13800138000" not in text
    assert "shown after the claim" in text
    assert 'href="/pools/open_sea"' in sam.get("/x_client").text
    ids = [pond.ids[name] for name in ("Alpha", "Beta", "Gamma")]
    after = workspaces.post(sam, "/pools/open_sea/claim", id=ids)
    assert after.status_code == 303
    text = sam.get("/pools/open_sea").text
    assert "2 claimed." in text
    assert "2 / 2" in text
    assert [pond.owner(name) for name in ("Alpha", "Beta", "Gamma")].count("sam") == 2
    assert sam.get("/pools").location == "/pools/open_sea"


def test_a_record_says_how_it_came_into_the_pool_and_is_claimed_there(pond: Pond, app: Flask) -> None:
    record = pond.client("Alpha", "sam", phone="+86 138 0013 8000")
    sam, sue = client(pond, app, "sam"), client(pond, app, "sue")
    assert "pool-panel" in sam.get(f"/x_client/{record}").text
    panel = sam.get(f"/x_client/{record}/-/pools").text
    assert "Wrong contact" in panel
    workspaces.post(sam, "/pools/open_sea/release", record=record, reason="wrong", note="No answer for weeks")
    assert pond.owner("Alpha") is None
    panel = sue.get(f"/x_client/{record}/-/pools").text
    assert "Wrong contact" in panel
    assert "No answer for weeks" in panel
    assert "2 more for you now" in panel
    assert workspaces.post(sue, "/pools/open_sea/claim", one=record, back="record").location == f"/x_client/{record}"
    assert pond.owner("Alpha") == "sue"


def test_a_refusal_is_said_on_the_page(pond: Pond, app: Flask) -> None:
    record = pond.client("Alpha", "sam")
    sam = client(pond, app, "sam")
    assert workspaces.post(sam, "/pools/open_sea/release", record=record).location == f"/x_client/{record}"
    assert "Say why you give it back." in sam.get(f"/x_client/{record}").text
    workspaces.post(sam, "/pools/open_sea/claim")
    assert "Choose at least one record." in sam.get("/pools/open_sea").text
    assert sam.get("/pools/nothing").status_code == 404
    assert sam.get("/pools/open_sea/tonight").status_code == 403


def test_a_manager_decides_and_an_administrator_looks_ahead(pond: Pond, app: Flask) -> None:
    for number in range(4):
        pond.client(f"Old {number}", "sam", last_contact="2026-03-14")
    record = pond.client("Alpha")
    sam, chloe, boss = (client(pond, app, who) for who in ("sam", "chloe", "boss"))
    assert "needs consent" in sam.get("/pools/open_sea").text
    workspaces.post(sam, "/pools/open_sea/claim", one=record)
    assert "Claims that wait for you" in chloe.get("/pools/open_sea").text
    workspaces.post(chloe, "/pools/open_sea/decide", record=record, person=pond.ids["sam"], agree="1")
    assert pond.owner("Alpha") == "sam"
    assert "Claims that wait for you" not in chloe.get("/pools/open_sea").text
    pond.clock.advance(days=29)
    boss = client(pond, app, "boss")
    text = boss.get("/pools/open_sea/tonight").text
    assert "Taken back" in text
    assert "Old 0" in text
    assert "没有" not in text


def test_masked_values_say_so_on_every_page_and_in_the_file_and_never_what_they_are(pond: Pond, app: Flask) -> None:
    number = "+86 138 0013 8000"
    pooled = pond.client("Alpha", phone=number)
    empty = pond.client("Beta")
    pond.client("Gamma", "chloe")
    chloe = client(pond, app, "chloe")
    mask = re.compile(r'<span class="masked" title="[^"]+">•••')
    listed = chloe.get("/x_client").text
    assert len(mask.findall(listed)) == 2, "an empty value in the pool is not told from a filled one; one that is owned"
    for record in (pooled, empty):
        assert len(mask.findall(chloe.get(f"/x_client/{record}").text)) == 1
    file = chloe.get("/x_client/-/export").data.decode("utf-8-sig")
    assert sorted(line.count("•••") for line in file.splitlines()[1:]) == [0, 1, 1]
    shown = [listed, file, chloe.get(f"/x_client/{pooled}").text, chloe.get("/pools/open_sea").text]
    assert not [page for page in shown if "8000" in page]
    form = chloe.get(f"/x_client/{pooled}/edit").text
    assert 'name="phone"' not in form, "nothing is typed over what is not seen"
    assert chloe.get(f"/x_client/{pooled}/-/field/phone").status_code == 403
    boss = client(pond, app, "boss")
    assert "•••" not in boss.get("/x_client").text
    assert "0013 8000" in boss.get("/x_client").text
