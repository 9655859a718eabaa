"""In charge of the promises about pipelines that programs rely on: actions, moves, filters, description."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from samples import two_pipelines
from samples.api_calls import Caller, application, person, token
from tenon.clock import FixedClock


@pytest.fixture
def deals(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Caller]:
    workspace = two_pipelines.build(tmp_path / "trial", database_url, clock)
    clerk = person(workspace, "clerk", "administrator")
    yield Caller(application(workspace), token(workspace, clerk))
    workspace.close()


def test_what_is_possible_is_said_of_the_record_s_own_pipeline(deals: Caller) -> None:
    deal = deals.get("x_deal", where='name == "Alpha"').body["records"][0]
    assert (deal["pipeline"], deal["stage"]) == ("fresh", "talk")
    actions = deals.get(f"x_deal/{deal['id']}/actions").body["actions"]
    assert [(one["pipeline"], one["stage"], one["possible"]) for one in actions] == [
        ("fresh", "offer", True),
        ("fresh", "won", False),  # no offer may be passed by
        ("fresh", "lost", True),
        ("renewal", "due", True),
    ]
    assert [one["key"] for one in actions[2]["asks"]] == ["price", "timing"]


def test_a_move_may_name_stage_pipeline_or_both(deals: Caller) -> None:
    deal = deals.get("x_deal", where='name == "Beta"').body["records"][0]
    address = f"x_deal/{deal['id']}/actions/stage"
    assert deals.post(address, {}).status == 400
    moved = deals.post(address, {"pipeline": "renewal"})
    assert (moved.body["pipeline"], moved.body["stage"]) == ("renewal", "offer")
    back = deals.post(address, {"pipeline": "fresh", "stage": "lost", "reason": "price"})
    assert (back.body["pipeline"], back.body["stage"]) == ("fresh", "lost")
    moves = deals.get(f"x_deal/{deal['id']}/stage_history").body["moves"]
    assert [(one["pipeline"], one["to_stage"], one["reason"]) for one in moves] == [
        ("fresh", "offer", None),
        ("renewal", "offer", None),
        ("fresh", "lost", "price"),
    ]


def test_refusals_name_what_is_wrong(deals: Caller) -> None:
    deal = deals.get("x_deal", where='name == "Alpha"').body["records"][0]
    address = f"x_deal/{deal['id']}/actions/stage"
    unknown = deals.post(address, {"pipeline": "renewals"})
    assert (unknown.status, unknown.body["errors"][0]["path"]) == (422, "pipeline")
    reason = deals.post(address, {"stage": "lost"})
    assert (reason.status, reason.body["errors"][0]["path"]) == (422, "reason")
    batch = deals.post(
        "batch", {"operations": [{"do": "stage", "entity": "x_deal", "id": deal["id"], "pipeline": "renewal"}]}
    )
    assert batch.body["outcomes"][0]["status"] == 200


def test_filters_and_figures_across_pipelines(deals: Caller) -> None:
    assert deals.get("x_deal/count", where='stage == "offer"').body["count"] == 2
    assert deals.get("x_deal/count", where='stage == "offer" and pipeline == "renewal"').body["count"] == 1
    groups = deals.get("x_deal/aggregate", group="pipeline", sort="pipeline").body["groups"]
    assert [(one["pipeline"], one["count()"]) for one in groups] == [("fresh", 2), ("renewal", 2)]


def test_the_description_knows_the_pipelines(deals: Caller) -> None:
    described = deals.get("model").body["entities"]["x_deal"]
    assert [one["name"] for one in described["pipelines"]] == ["fresh", "renewal"]
    assert [option["key"] for option in described["fields"]["pipeline"]["options"]] == ["fresh", "renewal"]
