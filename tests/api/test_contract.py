"""The description of the API: valid, complete for its reader, silent about what he may not see."""

import json

import pytest
from jsonschema import Draft202012Validator

from samples.api_calls import World
from tenon.access import Access
from tenon.actors import Actor
from tenon.api import contract_of


def test_every_schema_of_the_description_is_json_schema(world: World) -> None:
    for schema in world.admin.contract["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_reference_of_the_description_leads_somewhere(world: World) -> None:
    text = json.dumps(world.admin.contract)
    for pointer in {part.split('"')[0] for part in text.split('"$ref": "#/')[1:]}:
        place = world.admin.contract
        for name in pointer.split("/"):
            place = place[name]


def test_every_entity_has_the_whole_api(world: World) -> None:
    """Nobody makes by hand what the product writes by itself."""
    paths = world.admin.contract["paths"]
    access = Access.of(world.workspace.model, Actor(id="x", name="", roles=frozenset({"administrator"})))
    assert not access.can("approval_task", "create")
    for entity in world.workspace.model.entities:
        record = f"/api/v1/{entity}/{{id}}"
        assert set(paths[f"/api/v1/{entity}"]) == ({"get", "post"} if access.can(entity, "create") else {"get"})
        assert set(paths[record]) == {"get", "patch", "delete"}
        assert {f"{record}/restore", f"{record}/history", f"{record}/files", f"{record}/actions"} <= set(paths)
        assert {f"/api/v1/{entity}/count", f"/api/v1/{entity}/aggregate"} <= set(paths)


def test_operations_have_names_of_their_own(world: World) -> None:
    names = [operation["operationId"] for path in world.admin.contract["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))


def test_a_reader_sees_no_operation_that_writes(world: World) -> None:
    """But those on approvals, which anybody may be asked for, and on web forms, which anybody may send."""
    contract = world.viewer.contract
    open_to_all = ("/api/v1/batch", "/api/v1/approvals/", "/api/v1/forms/")
    written = [
        (path, method)
        for path, operations in contract["paths"].items()
        for method in operations
        if method != "get" and not path.startswith(open_to_all) and "/file" not in path
    ]
    entities = {path.split("/")[3] for path, _method in written}
    writable = {name for name in world.workspace.model.entities if _may_write(world, name)}
    assert entities <= writable


def test_fields_out_of_sight_are_in_no_schema_and_in_no_model(world: World) -> None:
    account = world.viewer.contract["components"]["schemas"]["account"]
    assert "name" in account["properties"]
    assert "annual_revenue" not in account["properties"]
    assert "annual_revenue" in world.admin.contract["components"]["schemas"]["account"]["properties"]
    assert "annual_revenue" not in world.viewer.get("model").body["entities"]["account"]["fields"]


def test_the_model_says_what_the_caller_may_do(world: World) -> None:
    account = world.seller.get("model").body["entities"]["account"]
    assert account["operations"] == ["read", "create", "update"]
    assert account["fields"]["name"]["writable"] == ["create", "update"]
    assert account["fields"]["id"]["writable"] == []
    assert account["fields"]["status"]["options"][0]["label"]["zh-CN"]
    assert account["relationships"]["people"]["entity"] == "contact"


def test_decimals_and_money_are_described_as_they_are_answered(world: World) -> None:
    schemas = world.admin.contract["components"]["schemas"]
    amount = schemas["opportunity"]["properties"]["amount"]["anyOf"][0]
    assert amount["properties"] == {"amount": {"type": "string"}, "currency": {"type": "string"}}
    assert schemas["opportunity"]["properties"]["probability"]["anyOf"][0]["type"] == "string"


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_description_speaks_the_language_of_its_reader(world: World, language: str) -> None:
    access = Access.of(world.workspace.model, Actor.system("test"))
    account = contract_of(access, language)["components"]["schemas"]["account"]
    assert account["title"] == {"en": "Customer", "zh-CN": "客户"}[language]


def _may_write(world: World, entity: str) -> bool:
    actor = Actor(id=world.people["viewer"], name="", roles=frozenset({"viewer"}))
    access = Access.of(world.workspace.model, actor)
    return any(access.can(entity, operation) for operation in ("create", "update", "delete"))
