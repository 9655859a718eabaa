"""Web forms for front ends of one's own: anybody may answer, nobody may read, other sites only where they are named."""

from typing import Any

from samples.api_calls import Answer, World

SITE = "https://www.example.com"
FORM = "forms/x_ask"


def answered(world: World, answers: dict[str, Any], *, seconds: int = 20, **headers: str) -> Answer:
    granted = world.anonymous.get(FORM).body["pass"]
    world.clock.advance(seconds=seconds)
    return world.anonymous.post(FORM, {"pass": granted, "answers": answers}, headers=headers)


def contacts(world: World, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.admin.get("contact", where=f'name == "{name}"').body["records"]
    return found


def test_anybody_may_ask_and_answer(world: World) -> None:
    asked = world.admin.get(FORM, language="zh-CN").body
    assert [each["name"] for each in asked["fields"]] == ["called", "email", "gender", "notes"]
    assert (asked["fields"][0]["label"], asked["fields"][2]["options"]) == (
        "您的姓名",
        [{"key": "male", "label": "男"}],
    )
    answer = answered(world, {"called": "Over the wire", "email": "wire@example.com", "notes": "hello"})
    assert (answer.status, answer.body["message"]) == (200, "Thank you.")
    (contact,) = contacts(world, "Over the wire")
    assert (contact["notes"], contact["owner"]["id"]) == ("hello", world.people["admin"])


def test_the_same_pass_is_one_answer(world: World) -> None:
    granted = world.anonymous.get(FORM).body["pass"]
    world.clock.advance(seconds=20)
    body = {"pass": granted, "answers": {"called": "Only once"}}
    assert [world.anonymous.post(FORM, body).status for _time in range(3)] == [200, 200, 200]
    assert len(contacts(world, "Only once")) == 1


def test_what_is_wrong_is_told_by_the_name_of_the_question(world: World) -> None:
    answer = answered(world, {"email": "nonsense", "gender": "female", "owner": world.people["admin"]})
    assert answer.status == 422
    codes = {each["path"]: each["code"] for each in answer.body["errors"]}
    assert codes == {
        "answers.called": "required",
        "answers.email": "not_an_email",
        "answers.gender": "not_offered",
        "answers.owner": "unknown_name",
    }
    early = answered(world, {"called": "Too quick"}, seconds=1)
    assert (early.status, early.body["errors"][0]["code"]) == (422, "too_quick")
    forged = world.anonymous.post(FORM, {"pass": "forged", "answers": {"called": "Forged"}})
    assert (forged.status, forged.body["errors"][0]["code"]) == (422, "stale_token")
    assert (contacts(world, "Too quick"), contacts(world, "Forged")) == ([], [])


def test_an_answer_tells_nothing_of_what_is_there(world: World) -> None:
    answer = answered(world, {"called": "Nosy"})
    assert set(answer.body) == {"received", "message", "redirect"}
    assert world.anonymous.get("contact").status == 401
    assert world.seller.get("form_submission").status in (403, 404)


def test_only_the_sites_named_may_send_and_read_the_answer(world: World) -> None:
    allowed = answered(world, {"called": "From a site"}, Origin=SITE)
    assert (allowed.status, allowed.headers["Access-Control-Allow-Origin"]) == (200, SITE)
    strange = answered(world, {"called": "From elsewhere"}, Origin="https://evil.example")
    assert (strange.status, "Access-Control-Allow-Origin" in strange.headers) == (403, False)
    assert contacts(world, "From elsewhere") == []
    leave = world.anonymous.call("OPTIONS", FORM, headers={"Origin": SITE})
    assert (leave.status, leave.headers["Access-Control-Allow-Methods"]) == (204, "GET, POST")
    assert leave.headers["Access-Control-Allow-Origin"] == SITE
    bad = answered(world, {}, Origin=SITE)
    assert (bad.status, bad.headers["Access-Control-Allow-Origin"]) == (422, SITE)


def test_a_form_that_is_not_there(world: World) -> None:
    assert world.anonymous.get("forms/x_nothing").status == 404
    assert world.anonymous.post("forms/x_nothing", {"pass": "x", "answers": {}}).status == 404
    assert world.anonymous.post(FORM, b"no json").status == 400
