"""How many statements a call costs does not depend on how many records there are."""

import pytest

from samples.api_calls import World
from tenon.database import count_statements


@pytest.fixture(scope="module")
def account(world: World) -> str:
    """With a dozen deals."""
    made = str(world.admin.post("account", {"name": "Counted"}).body["id"])
    for number in range(12):
        world.admin.post("opportunity", {"name": f"Counted {number}", "account": made})
    return made


@pytest.mark.parametrize(
    ("address", "query", "most"),
    [
        ("opportunity", {}, 2),
        ("opportunity", {"count": "true", "select": "name,account.name,account.owner.name"}, 3),
        ("opportunity", {"include": "account,owner"}, 2),
        ("opportunity", {"include": "lines,competitors"}, 4),
        ("opportunity/count", {}, 2),
        ("opportunity/aggregate", {"group": "stage,account", "measure": "sum(amount),count()"}, 2),
        ("account/{account}", {"include": "opportunities"}, 3),
        ("account/{account}/opportunities", {}, 3),
        ("account/{account}/history", {}, 4),
        ("search", {"q": "counted"}, 2),
        ("model", {}, 1),
        ("limits", {}, 1),
    ],
)
def test_reading_costs_a_fixed_number_of_statements(
    world: World, account: str, address: str, query: dict[str, str], most: int
) -> None:
    assert _cost(world, "GET", address.format(account=account), query=query) <= most


def test_writing_costs_a_fixed_number_of_statements(world: World, account: str) -> None:
    deal = {"name": "Cost", "account": account}
    _cost(world, "POST", "opportunity", deal)
    assert _cost(world, "POST", "opportunity", deal) <= 6
    assert _cost(world, "PATCH", f"account/{account}", {"city": "Wuxi"}, headers={"If-Match": "*"}) <= 6


def _cost(world: World, method: str, address: str, body: object = None, **options: object) -> int:
    contract = world.admin.contract
    assert contract
    with count_statements(world.workspace.database) as counter:
        assert world.admin.call(method, address, body, **options).status < 400  # type: ignore[arg-type]
    return int(counter.count)
