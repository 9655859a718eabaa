"""In charge of pools over the API: claims with an outcome each, giving back, consent, tonight, who would get it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from samples.api_calls import Caller, application, token
from samples.pool_world import Pond, open_pond
from tenon.clock import FixedClock

POOL = {
    "pools/open_sea.yaml": """
label: {en: Open sea, zh-CN: 公海}
entity: x_client
where: not signed
recycle: {no_followup: 30d, last_followup: last_contact}
claim: {roles: [x_seller], per_day: 2, approve_above: 3}
mask_before_claim: [phone]
release_reasons: x_why
assign: sharing
""",
    "assignments/sharing.yaml": """
label: {en: Sharing, zh-CN: 平分}
entity: x_client
rules: {sellers: {label: {en: Sellers, zh-CN: 销售}, to: 'role("x_seller")', method: round_robin}}
""",
}


@pytest.fixture
def pond(tmp_path: Path, sqlite_url: str, clock: FixedClock) -> Iterator[Pond]:
    opened = open_pond(tmp_path / "pond", sqlite_url, clock, POOL)
    yield opened
    opened.workspace.close()


def caller(pond: Pond, who: str, scopes: dict[str, frozenset[str]] | None = None) -> Caller:
    return Caller(application(pond.workspace), token(pond.workspace, pond.ids[who], scopes))


def test_pools_are_seen_claimed_from_and_given_back_to(pond: Pond) -> None:
    ids = [pond.client(name, phone="+86 138 0013 8000") and pond.ids[name] for name in ("a", "b", "c")]
    sam = caller(pond, "sam")
    (pool,) = sam.get("pools").body["pools"]
    assert (pool["name"], pool["masked"], pool["quota"]["left"]) == ("open_sea", ["phone"], 2)
    seen = sam.get("x_client", where=pool["where"]).body["records"]
    assert {each["phone"] for each in seen} == {None}
    assert [each["masked"] for each in seen] == [["phone"]] * 3
    described = sam.contract["components"]["schemas"]["x_client"]["properties"]
    assert described["masked"]["type"] == "array"
    outcome = sam.post("pools/open_sea/claim", {"records": ids}).body
    assert [each["state"] for each in outcome["outcomes"]] == ["claimed", "claimed", "refused"]
    assert outcome["outcomes"][2]["code"] == "conflict"
    assert outcome["left"] == 0
    mine = sam.get(f"x_client/{ids[0]}").body
    assert mine["phone"] == "+8613800138000"
    assert "masked" not in mine
    refused = sam.post("pools/open_sea/release", {"record": ids[0]})
    assert (refused.status, refused.body["errors"][0]["path"]) == (422, "reason")
    assert sam.post("pools/open_sea/release", {"record": ids[0], "reason": "wrong"}).status == 200
    found = sam.get(f"pools/open_sea/records/{ids[0]}").body
    assert (found["in_pool"], [each["kind"] for each in found["events"]]) == (True, ["released", "claimed"])


def test_a_manager_hands_out_passes_on_and_decides(pond: Pond) -> None:
    for name in ("a", "b"):
        pond.client(name)
    for number in range(3):
        pond.client(f"old{number}", "sam")
    chloe, sam = caller(pond, "chloe"), caller(pond, "sam")
    handed = chloe.post("pools/open_sea/hand_out", {"record": pond.ids["a"]}).body
    assert handed["state"] == "handed_out"
    assert chloe.post("pools/open_sea/transfer", {"record": pond.ids["a"], "to": pond.ids["sue"]}).status == 200
    assert pond.owner("a") == "sue"
    asked = sam.post("pools/open_sea/claim", {"records": [pond.ids["b"]]}).body
    assert asked["outcomes"][0]["state"] == "asked"
    assert [each["record"] for each in chloe.get("pools/open_sea").body["waiting"]] == [pond.ids["b"]]
    body = {"record": pond.ids["b"], "person": pond.ids["sam"], "agree": True}
    assert sam.post("pools/open_sea/decide", body).status == 403
    assert chloe.post("pools/open_sea/decide", body).status == 200
    assert pond.owner("b") == "sam"


def test_what_may_not_be_done_is_refused(pond: Pond) -> None:
    record = pond.client("a")
    reading = caller(pond, "sam", {"*": frozenset({"read"})})
    assert reading.post("pools/open_sea/claim", {"records": [record]}).status == 403
    sam, lena = caller(pond, "sam"), caller(pond, "lena")
    assert sam.post("pools/open_sea/claim", {"records": ["x"]}).status == 400
    assert "open_sea" in sam.get("pools/open_see").body["hint"]
    assert lena.get("pools").body == {"pools": []}
    assert lena.get("pools/open_sea").status == 404
    assert sam.get("pools/open_sea/tonight").status == 403
    assert sam.post("pools/open_sea/hand_out", {"record": record}).status == 403


def test_tonight_and_who_would_get_a_record_are_foretold(pond: Pond) -> None:
    pond.client("a", "sam", last_contact="2026-01-01")
    pond.clock.advance(days=29)
    boss = caller(pond, "boss")
    found = boss.get("pools/open_sea/tonight").body
    assert (found["at"], found["complete"]) == ("2026-04-12T18:00:00Z", True)
    assert [(each["record"], each["action"], each["reason"]) for each in found["records"]] == [
        (pond.ids["a"], "recycle", "no_followup")
    ]
    explained = caller(pond, "chloe").get("assignments/sharing/explain", record=pond.ids["a"]).body
    assert (explained["applies"], explained["rule"]) == (True, "sellers")
    assert caller(pond, "sue").get("assignments/sharing/explain", record=pond.ids["a"]).status == 404
    assert boss.get("assignments/nothing/explain", record=pond.ids["a"]).status == 404
