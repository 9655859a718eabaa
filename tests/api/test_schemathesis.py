"""Calls made up from the description find no fault of ours and no answer that the description does not know."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from samples.api_calls import World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
ENTITIES = ("account", "opportunity", "contact", "account_contact", "file")
OWN = (
    *("forms", "approvals", "assignments", "leavers", "pools"),
    *("batch", "search", "model", "limits", "files", "versions", "changes", "templates"),
)
RESERVED = ("approvals", "restore", "history", "stage_history", "actions", "files", "documents")
KEY = {"$ref": "#/components/parameters/IdempotencyKey"}
MISSING = "0190a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b"
CALLS = 600


@pytest.fixture(scope="module")
def described(world: World) -> Any:
    """The operations of some entities (all are alike), with ids of records that are there."""
    ids = records(world)
    schema = schemathesis.openapi.from_dict(narrowed(world.admin.contract, ids))
    schema.app = world.app
    return [found.ok() for found in schema.get_all_operations()]


def test_made_up_calls_find_no_fault_and_no_breach(world: World, described: list[Any]) -> None:
    headers = {"Authorization": f"Bearer {world.admin.secret}"}

    @seed(20260314)
    @settings(
        max_examples=CALLS,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(described).flatmap(lambda operation: operation.as_strategy()))
    def one(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    one()


def records(world: World) -> dict[str, list[str]]:
    """A few of each, so that calls meet something."""
    accounts = [world.admin.post("account", {"name": f"Made up {number}"}).body["id"] for number in range(3)]
    contact = world.admin.post("contact", {"name": "Made up"}).body["id"]
    deals = [
        world.admin.post("opportunity", {"name": "Made up", "account": account}).body["id"] for account in accounts
    ]
    tie = world.admin.post(f"account/{accounts[0]}/people/{contact}", {}).body["id"]
    return {"account": accounts, "contact": [contact], "opportunity": deals, "account_contact": [tie]}


def narrowed(contract: dict[str, Any], ids: dict[str, list[str]]) -> dict[str, Any]:
    """The same description for a few entities, with values that get calls past the first refusal."""
    every = sorted(identity for known in ids.values() for identity in known)
    paths = {path: item for path, item in contract["paths"].items() if _kept(path.split("/")[3:])}
    for path, item in paths.items():
        known = ids.get(path.split("/")[3], every)
        for method, operation in item.items():
            parameters = [_aimed(parameter, known, every) for parameter in operation.get("parameters", ())]
            operation["parameters"] = [item for item in parameters if method == "post" or item != KEY]
    return {**contract, "paths": paths}


def _kept(parts: list[str]) -> bool:
    """Of the relationships, which are all alike, only a few."""
    if parts[0] not in (*ENTITIES, *OWN):
        return False
    return len(parts) < 3 or parts[1] != "{id}" or parts[2] in ("people", "competitors", *RESERVED)


def _aimed(parameter: dict[str, Any], known: list[str], every: list[str]) -> dict[str, Any]:
    if parameter.get("$ref", "").endswith("/IfMatch"):
        return {"name": "If-Match", "in": "header", "schema": {"enum": ["*", '"1"', '"x"']}}
    if parameter.get("in") != "path" or parameter["name"] not in ("id", "other"):
        return parameter
    return {**parameter, "schema": {"enum": [*(known if parameter["name"] == "id" else every), MISSING]}}
