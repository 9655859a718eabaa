"""Files go where their record goes."""

import io

from samples.api_calls import Answer, Caller, World


def attach(caller: Caller, account: str, name: str = "offer.txt", content: bytes = b"hello") -> Answer:
    form = {"file": (io.BytesIO(content), name)}
    return caller.call("POST", f"account/{account}/files", data=form, content_type="multipart/form-data")


def make(caller: Caller, name: str) -> str:
    return str(caller.post("account", {"name": name}).body["id"])


def test_a_file_is_listed_with_its_record_and_fetched_as_a_download(world: World) -> None:
    account = make(world.admin, "Filed")
    made = attach(world.admin, account, "报价.txt")
    assert (made.status, made.body["name"], made.body["size"]) == (201, "报价.txt", 5), made
    assert [item["id"] for item in world.admin.get(f"account/{account}/files").body["files"]] == [made.body["id"]]
    fetched = world.admin.get(f"files/{made.body['id']}")
    assert fetched.body == b"hello"
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in fetched.headers["Content-Security-Policy"]


def test_a_file_of_a_record_out_of_sight_is_out_of_sight(world: World) -> None:
    made = attach(world.admin, make(world.admin, "Not yours"))
    assert world.seller.get(f"files/{made.body['id']}").status == 404
    assert world.seller.get(f"file/{made.body['id']}").status == 404
    assert world.viewer.get(f"files/{made.body['id']}").body == b"hello"


def test_who_may_not_change_the_record_adds_no_file(world: World) -> None:
    account = make(world.admin, "Read only")
    assert attach(world.viewer, account).status == 403
    assert attach(world.seller, account).status == 404
    assert world.admin.get(f"account/{account}/files").body == {"files": []}


def test_a_signed_address_needs_no_token_until_it_expires(world: World) -> None:
    made = attach(world.admin, make(world.admin, "Signed")).body
    client = world.app.test_client()
    assert client.get(made["signed"], buffered=True).data == b"hello"
    assert client.get(f"{made['signed']}x").status_code == 404
    assert client.get(made["address"]).status_code == 401
    other = attach(world.admin, make(world.admin, "Other")).body
    assert client.get(f"{other['address']}?{made['signed'].partition('?')[2]}").status_code == 404


def test_where_the_bytes_lie_is_nobodys_to_choose_or_to_know(world: World) -> None:
    made = attach(world.admin, make(world.admin, "Keys")).body
    assert "storage_key" not in world.admin.get(f"file/{made['id']}").body
    assert world.admin.post("file", {"name": "x", "storage_key": "x"}).status == 422
    assert world.admin.patch(f"file/{made['id']}", {"record_id": made["id"], "version": 1}).status == 422


def test_a_form_without_a_file_is_refused(world: World) -> None:
    account = make(world.admin, "No file")
    answer = world.admin.call(
        "POST", f"account/{account}/files", data={"other": "x"}, content_type="multipart/form-data"
    )
    assert answer.status == 400
