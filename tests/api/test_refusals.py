"""Whatever is sent, the answer is JSON, clear, and no fault of ours."""

import pytest

from samples.api_calls import World

NOBODY = "0190a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b"


@pytest.mark.parametrize(
    ("address", "query", "status", "hint"),
    [
        ("acount", {}, 404, "account"),
        ("account/123", {}, 404, ""),
        (f"account/{NOBODY}", {}, 404, ""),
        (f"account/{NOBODY}/histry", {}, 400, ""),
        ("account", {"slect": "name"}, 400, "select"),
        ("account", {"select": "nam"}, 400, "name"),
        ("account", {"select": "name.first"}, 400, ""),
        ("account", {"select": ".".join(["parent"] * 30)}, 400, ""),
        ("account", {"select": ",".join(["name"] * 700)}, 400, ""),
        ("account", {"where": "nme == 1"}, 400, "name"),
        ("account", {"where": "name =="}, 400, ""),
        ("account", {"where": "name"}, 400, ""),
        ("account", {"where": "__import__('os')"}, 400, ""),
        ("account", {"where": '"\x00" == name'}, 400, ""),
        ("account", {"sort": "nme"}, 400, "name"),
        ("account", {"sort": "-"}, 400, ""),
        ("account", {"limit": "0"}, 400, ""),
        ("account", {"limit": "501"}, 400, ""),
        ("account", {"limit": "-5"}, 400, ""),
        ("account", {"limit": "ten"}, 400, ""),
        ("account", {"limit": "٣"}, 400, ""),
        ("account", {"limit": ["1", "2"]}, 400, ""),
        ("account", {"count": "yes"}, 400, ""),
        ("account", {"after": "zzz"}, 400, ""),
        ("account", {"after": "W10"}, 400, ""),
        ("account", {"include": "oportunities"}, 400, "opportunities"),
        ("account/aggregate", {"measure": "sum(name)"}, 400, ""),
        ("account/aggregate", {"group": "month("}, 400, ""),
        ("search", {"q": "x", "limit": "51"}, 400, ""),
        ("files/" + NOBODY, {}, 404, ""),
        ("files/" + NOBODY, {"key": "forged"}, 404, ""),
        ("model", {"x": "1"}, 400, ""),
    ],
)
def test_a_wrong_question_is_answered_with_what_is_wrong(
    world: World, address: str, query: dict[str, object], status: int, hint: str
) -> None:
    answer = world.admin.call("GET", address, query=query)
    assert answer.status == status, answer
    assert answer.body["detail"]
    assert hint in answer.body.get("hint", "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"name": NaN}',
        b'{"name": "\\ud800"}',
        b"[" * 5000,
        b'{"name":1}x',
    ],
)
def test_a_body_that_is_no_record_is_refused(world: World, body: bytes) -> None:
    answer = world.admin.call("POST", "account", body)
    assert (answer.status, answer.body["type"]) == (400, "/errors/bad_request"), answer


@pytest.mark.parametrize(
    "name",
    ["", " ", "\x00", "a\x00b", "x" * 5_000_000, 7.5, True, [], {}, None],
    ids=["empty", "blank", "nul", "nul within", "5 MB", "number", "boolean", "list", "object", "null"],
)
def test_a_name_that_is_none_is_refused(world: World, name: object) -> None:
    answer = world.admin.post("account", {"name": name})
    assert answer.status == 422, answer
    assert answer.body["errors"][0]["path"] == "name"


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "'; DROP TABLE t_account; --", "=1+1", "\u202eabc", "👩‍👩‍👧 客户"]
)
def test_hostile_text_comes_back_as_it_was_sent(world: World, name: str) -> None:
    made = world.admin.post("account", {"name": name})
    assert made.status == 201, made
    kept = made.body["name"]
    assert kept == name.replace("\u202e", "")
    quoted = kept.replace("\\", "\\\\").replace('"', '\\"')
    assert world.admin.get("account", where=f'name == "{quoted}"').body["records"][0]["name"] == kept


def test_a_body_over_the_limit_is_refused(world: World) -> None:
    answer = world.admin.post("account", {"name": "x" * 8_100_000})
    assert answer.status == 413


def test_a_body_must_be_json(world: World) -> None:
    answer = world.admin.call("POST", "account", b"name=x", content_type="application/x-www-form-urlencoded")
    assert answer.status == 400
    assert answer.body["errors"][0]["code"] == "not_json"


@pytest.mark.parametrize("tag", ["abc", '"x"', '"-1"', "\xb2"])
def test_an_if_match_that_is_no_version_is_refused(world: World, tag: str) -> None:
    account = world.admin.post("account", {"name": "Tag"}).body["id"]
    assert world.admin.patch(f"account/{account}", {"city": "x"}, headers={"If-Match": tag}).status == 400


@pytest.mark.parametrize("version", ["1", 1.5, True, -1, 10**12, None])
def test_a_version_that_is_none_is_refused(world: World, version: object) -> None:
    account = world.admin.post("account", {"name": "Version"}).body["id"]
    assert world.admin.patch(f"account/{account}", {"city": "x", "version": version}).status in (400, 428)


@pytest.mark.parametrize("secret", ["", "x", "tenon_" + "a" * 43, "\xe9"])
def test_a_wrong_token_is_refused(world: World, secret: str) -> None:
    client = world.app.test_client()
    response = client.get("/api/v1/account", headers={"Authorization": f"Bearer {secret}"})
    assert (response.status_code, response.mimetype) == (401, "application/problem+json")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_is_asked_to_sign_in(world: World, method: str) -> None:
    answer = world.anonymous.call(method, "account", {} if method == "POST" else None)
    assert (answer.status, answer.body["type"]) == (401, "/errors/unauthenticated")


@pytest.mark.parametrize(
    ("method", "address"),
    [("PUT", "account"), ("DELETE", "account/count"), ("POST", "search"), ("GET", "batch"), ("TRACE", "model")],
)
def test_a_method_that_is_not_served_is_refused_in_json(world: World, method: str, address: str) -> None:
    response = world.app.test_client().open(
        f"/api/v1/{address}", method=method, headers={"Authorization": f"Bearer {world.admin.secret}"}
    )
    assert (response.status_code, response.mimetype) == (405, "application/problem+json")
    assert response.headers["Allow"]


def test_a_token_does_no_more_than_its_scopes(world: World) -> None:
    reader = world.caller("admin", {"account": frozenset({"read"})})
    assert reader.get("account").status == 200
    assert reader.post("account", {"name": "x"}).status == 403
    assert reader.get("contact").status == 404
    assert set(reader.get("model").body["entities"]) == {"account"}
    assert "/api/v1/account/{id}" in reader.contract["paths"]
    assert "post" not in reader.contract["paths"]["/api/v1/account"]
    assert not [path for path in reader.contract["paths"] if path.startswith("/api/v1/contact")]


def test_refusals_speak_the_language_of_the_caller(world: World) -> None:
    response = world.app.test_client().get("/api/v1/account", headers={"Accept-Language": "zh-CN"})
    assert response.json["detail"] == "请先登录。"
