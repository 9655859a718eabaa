"""The life of a record over the API; every answer here is also checked against the OpenAPI description."""

import pytest

from samples.api_calls import Caller, World


def make(caller: Caller, name: str, **values: object) -> str:
    answer = caller.post("account", {"name": name, **values})
    assert answer.status == 201, answer
    return str(answer.body["id"])


def test_a_created_record_is_answered_whole_with_its_address_and_version(world: World) -> None:
    answer = world.admin.post("account", {"name": "Birch", "annual_revenue": 12.5, "tags": ["a"]})
    assert answer.status == 201
    assert answer.headers["Location"] == f"/api/v1/account/{answer.body['id']}"
    assert answer.version == answer.body["version"] == 1
    assert answer.body["annual_revenue"] == {"amount": "12.50", "currency": "CNY"}
    assert answer.body["owner"] == {"id": world.people["admin"], "title": "Admin"}
    assert world.admin.get(f"account/{answer.body['id']}").body == answer.body


def test_little_is_answered_to_those_who_prefer_little(world: World) -> None:
    answer = world.admin.post("account", {"name": "Brief"}, headers={"Prefer": "return=minimal"})
    assert set(answer.body) == {"id", "version"}


def test_select_takes_paths_and_answers_only_what_was_asked(world: World) -> None:
    account = make(world.admin, "Path")
    answer = world.admin.get(f"account/{account}", select="name,owner.name")
    assert set(answer.body) == {"id", "version", "name", "owner.name"}
    assert answer.body["owner.name"] == "Admin"


def test_included_records_come_along(world: World) -> None:
    account = make(world.admin, "Included")
    world.admin.post("opportunity", {"name": "First", "account": account})
    answer = world.admin.get(f"account/{account}", select="name", include="owner,opportunities")
    assert set(answer.body) == {"id", "version", "name", "included"}
    assert answer.body["included"]["owner"]["name"] == "Admin"
    children = answer.body["included"]["opportunities"]
    assert [record["name"] for record in children["records"]] == ["First"]
    assert children["more"] is False


def test_a_list_is_filtered_sorted_paged_and_counted(world: World) -> None:
    for place in range(5):
        make(world.admin, f"Paged {place}", employees=place)
    where = 'starts_with(name, "Paged") and employees > 0'
    query = {"where": where, "sort": "-employees", "limit": 3, "select": "name"}
    first = world.admin.get("account", **query, count="true")
    assert [record["name"] for record in first.body["records"]] == ["Paged 4", "Paged 3", "Paged 2"]
    assert (first.body["count"], first.body["capped"]) == (4, False)
    second = world.admin.get("account", **query, after=first.body["next"])
    assert [record["name"] for record in second.body["records"]] == ["Paged 1"]
    assert second.body["next"] is None
    assert world.admin.get("account/count", where=where).body == {"count": 4}


def test_groups_are_measured(world: World) -> None:
    for city in ("Grouped a", "Grouped a", "Grouped b"):
        make(world.admin, "Grouped", city=city)
    answer = world.admin.get(
        "account/aggregate",
        group="city,year(created_at)",
        measure="count(),max(name)",
        where='contains(city, "Grouped")',
    )
    assert [group["count()"] for group in answer.body["groups"]] == [2, 1]
    assert answer.body["groups"][0]["max(name)"] == "Grouped"


def test_a_change_is_merged_and_needs_the_version_it_was_made_on(world: World) -> None:
    account = make(world.admin, "Merged", city="Wuxi")
    refused = world.admin.patch(f"account/{account}", {"name": "Merged 2"})
    assert (refused.status, refused.body["type"]) == (428, "/errors/missing_version")
    changed = world.admin.patch(f"account/{account}", {"name": "Merged 2", "version": 1})
    assert (changed.status, changed.version) == (200, 2)
    assert (changed.body["name"], changed.body["city"]) == ("Merged 2", "Wuxi")


def test_a_lost_update_is_refused_with_both_values(world: World) -> None:
    account = make(world.admin, "Disputed")
    world.admin.patch(f"account/{account}", {"name": "Theirs"}, headers={"If-Match": '"1"'})
    answer = world.admin.patch(f"account/{account}", {"name": "Ours"}, headers={"If-Match": '"1"'})
    assert answer.status == 412
    assert answer.body["current"]["name"] == "Theirs"
    assert answer.body["sent"] == {"name": "Ours"}
    assert answer.body["version"] == 2
    assert world.admin.patch(f"account/{account}", {"name": "Ours"}, headers={"If-Match": "*"}).status == 200


def test_a_deleted_record_is_gone_until_it_is_restored(world: World) -> None:
    account = make(world.admin, "Binned")
    assert world.admin.delete(f"account/{account}").body["deleted"] is True
    assert world.admin.get(f"account/{account}").status == 404
    assert world.admin.get(f"account/{account}", deleted="true").body["name"] == "Binned"
    assert world.admin.post(f"account/{account}/restore").status == 200
    assert world.admin.get(f"account/{account}").status == 200


def test_a_delete_of_another_version_is_refused(world: World) -> None:
    account = make(world.admin, "Kept")
    world.admin.patch(f"account/{account}", {"city": "Wuxi"}, headers={"If-Match": "*"})
    assert world.admin.delete(f"account/{account}", query={"version": 1}).status == 412
    assert world.admin.delete(f"account/{account}", headers={"If-Match": '"2"'}).status == 200


def test_every_complaint_is_told_at_its_field(world: World) -> None:
    answer = world.admin.post("account", {"employees": "many", "email": "x", "colour": "red"})
    assert answer.status == 422
    assert {entry["path"] for entry in answer.body["errors"]} >= {"employees", "email", "colour"}


def test_a_stage_is_moved_by_its_action_and_remembered(world: World) -> None:
    account = make(world.admin, "Staged")
    deal = world.admin.post("opportunity", {"name": "Stage", "account": account}).body
    offered = {item["stage"]: item for item in world.admin.get(f"opportunity/{deal['id']}/actions").body["actions"]}
    assert offered["lost"]["possible"] is False
    assert offered["lost"]["reasons"]
    refused = world.admin.post(f"opportunity/{deal['id']}/actions/stage", {"stage": "lost"})
    assert refused.status == 422
    body = {"stage": "lost", "values": {"loss_reason": "price"}, "reason": "too dear", "version": 1}
    moved = world.admin.post(f"opportunity/{deal['id']}/actions/stage", body)
    assert (moved.status, moved.body["stage"]) == (200, "lost"), moved
    history = world.admin.get(f"opportunity/{deal['id']}/stage_history").body["moves"]
    assert [(move["from_stage"], move["to_stage"]) for move in history] == [
        (None, deal["stage"]),
        (deal["stage"], "lost"),
    ]
    changes = world.admin.get(f"opportunity/{deal['id']}/history").body["changes"]
    assert changes[0]["changes"]["stage"] == {"old": deal["stage"], "new": "lost"}


def test_records_are_tied_and_untied(world: World) -> None:
    account = make(world.admin, "Tied")
    contact = world.admin.post("contact", {"name": "Li Lei"}).body["id"]
    tie = world.admin.post(f"account/{account}/people/{contact}", {"job_title": "CFO"})
    assert (tie.status, tie.body["entity"]) == (200, "account_contact"), tie
    again = world.admin.post(f"account/{account}/people/{contact}", {"job_title": "CFO"})
    assert again.body["changed"] is False
    listed = world.admin.get(f"account/{account}/people", select="name")
    assert [record["name"] for record in listed.body["records"]] == ["Li Lei"]
    assert world.admin.delete(f"account/{account}/people/{contact}").body == {"unlinked": 1}
    assert world.admin.delete(f"account/{account}/people/{contact}").status == 404


def test_search_finds_records_by_words(world: World) -> None:
    make(world.admin, "Quixotic Zebra")
    found = world.admin.get("search", q="xotic zeb").body["records"]
    assert [(item["entity"], item["title"]) for item in found] == [("account", "Quixotic Zebra")]
    assert world.admin.get("search").status == 400


def test_upsert_creates_then_changes_then_leaves_alone(world: World) -> None:
    def upsert(**values: object) -> tuple[int, str]:
        answer = world.admin.call("PUT", "account/by/erp_code/E-77", values)
        return answer.status, str(answer.body["outcome"])

    assert upsert(name="Upserted") == (201, "created")
    assert upsert(name="Upserted", city="Wuxi") == (200, "changed")
    assert upsert(name="Upserted", city="Wuxi") == (200, "unchanged")


def test_upsert_does_not_choose_among_several(world: World) -> None:
    make(world.admin, "Twin")
    make(world.admin, "Twin")
    answer = world.admin.call("PUT", "account/by/name/Twin", {"city": "Wuxi"})
    assert (answer.status, len(answer.body["matches"])) == (300, 2)


@pytest.mark.parametrize(("atomic", "status", "left"), [(True, 409, 0), (False, 207, 1)])
def test_a_batch_tells_of_each_operation(world: World, atomic: bool, status: int, left: int) -> None:
    name = f"Batch {atomic}"
    operations = [
        {"do": "create", "entity": "account", "values": {"name": name}},
        {"do": "create", "entity": "account", "values": {"name": ""}},
    ]
    answer = world.admin.post("batch", {"atomic": atomic, "operations": operations})
    assert answer.status == status
    assert [outcome["status"] for outcome in answer.body["outcomes"]] == [424 if atomic else 201, 422]
    assert world.admin.get("account/count", where=f'name == "{name}"').body == {"count": left}


def test_a_batch_does_every_kind_of_write(world: World) -> None:
    account = make(world.admin, "Batched")
    deal = world.admin.post("opportunity", {"name": "Batched", "account": account}).body["id"]
    lost = {"loss_reason": "price"}
    answer = world.admin.post(
        "batch",
        {
            "atomic": True,
            "operations": [
                {"do": "change", "entity": "account", "id": account, "values": {"city": "Wuxi"}, "version": 1},
                {"do": "stage", "entity": "opportunity", "id": deal, "stage": "lost", "values": lost},
                {"do": "delete", "entity": "opportunity", "id": deal},
                {"do": "restore", "entity": "opportunity", "id": deal},
                {"do": "upsert", "entity": "account", "field": "erp_code", "value": "B-1", "values": {"name": "New"}},
            ],
        },
    )
    assert [outcome["status"] for outcome in answer.body["outcomes"]] == [200, 200, 200, 200, 201], answer.body


def test_a_deleted_record_blocks_nobody_and_says_who_took_its_place_when_it_returns(world: World) -> None:
    first = world.admin.post("account", {"name": "First", "erp_code": "TAKEN-1"})
    assert world.admin.post("account", {"name": "Second", "erp_code": "TAKEN-1"}).status == 409
    assert world.admin.delete(f"account/{first.body['id']}").status == 200
    second = world.admin.post("account", {"name": "Second", "erp_code": "TAKEN-1"})
    assert second.status == 201
    refused = world.admin.post(f"account/{first.body['id']}/restore", {})
    assert (refused.status, refused.body["errors"][0]["path"]) == (409, "erp_code")
    assert refused.body["other"] == {"entity": "account", "id": second.body["id"], "title": "Second"}
    assert world.admin.get(f"{refused.body['other']['entity']}/{refused.body['other']['id']}").status == 200
