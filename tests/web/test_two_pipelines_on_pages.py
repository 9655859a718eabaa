"""In charge of the promises about pages of records that go through one of several pipelines."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from samples import two_pipelines, workspaces
from tenon.clock import FixedClock
from tenon.workspace import Workspace

CARD = re.compile(r'class="name" href="/x_deal/[^"]+">([^<]+)<')
LANE = re.compile(r'data-lane="([^"]*)"')


@pytest.fixture
def workspace(tmp_path: Path, clock: FixedClock) -> Iterator[Workspace]:
    folder = tmp_path / "trial"
    workspace = two_pipelines.build(folder, f"sqlite:///{folder / 'trial.sqlite'}", clock)
    yield workspace
    workspace.close()


@pytest.mark.parametrize(
    ("pipeline", "lanes", "cards"),
    [
        ("", ["talk", "offer", "won", "lost"], {"Alpha", "Beta"}),
        ("renewal", ["due", "offer", "won", "lost"], {"Gamma", "Delta"}),
        ("-", ["talk", "offer", "due", "won", "lost"], {"Alpha", "Beta", "Gamma", "Delta"}),
        ("no_such", ["talk", "offer", "won", "lost"], {"Alpha", "Beta"}),
    ],
)
def test_a_board_shows_the_lanes_and_cards_of_one_pipeline_or_of_all(
    signed_in: FlaskClient, pipeline: str, lanes: list[str], cards: set[str]
) -> None:
    page = signed_in.get(f"/x_deal?view=board&pipeline={pipeline}").text
    assert LANE.findall(page) == lanes
    assert set(CARD.findall(page)) == cards
    assert all(label in page for label in ("New business", "Renewals"))


def test_figures_of_lanes_and_further_cards_stay_in_the_pipeline(signed_in: FlaskClient) -> None:
    heads = signed_in.get("/x_deal/-/lanes?view=board&pipeline=renewal").text
    assert "head-due" in heads
    assert "head-talk" not in heads
    assert set(CARD.findall(signed_in.get("/x_deal/-/lane/offer?view=board&pipeline=renewal").text)) == {"Delta"}


def test_a_list_may_be_narrowed_to_a_pipeline(signed_in: FlaskClient) -> None:
    page = signed_in.get('/x_deal?view=list&where=pipeline == "renewal"').text
    assert set(CARD.findall(page)) == {"Gamma", "Delta"}


def test_the_stage_bar_is_that_of_the_record_s_own_pipeline(signed_in: FlaskClient, workspace: Workspace) -> None:
    page = signed_in.get(f"/x_deal/{two_pipelines.deal(workspace, 'Gamma')['id']}").text
    bar = page.split('class="way-steps"')[1].split("</ol>")[0]
    assert "Due" in bar
    assert "Talk" not in bar
    assert "Renewals" in page.split('class="way-pipeline"')[1].split("</p>")[0]


def test_a_change_of_the_pipeline_asks_for_the_stage_and_proposes_one(
    signed_in: FlaskClient, workspace: Workspace
) -> None:
    deal = two_pipelines.deal(workspace, "Gamma")
    dialog = signed_in.get(f"/x_deal/{deal['id']}/-/pipeline?version=1").text
    assert '<option value="talk" selected>' in dialog
    moved = workspaces.post(signed_in, f"/x_deal/{deal['id']}/stage", pipeline="fresh", stage="talk", version="1")
    assert moved.status_code == 200
    deal = two_pipelines.deal(workspace, "Gamma")
    assert (deal["pipeline"], deal["stage"]) == ("fresh", "talk")
    assert "in pipeline New business" in signed_in.get(f"/x_deal/{deal['id']}/-/history").text


def test_what_the_other_pipeline_wants_is_asked_in_the_same_dialog(
    signed_in: FlaskClient, workspace: Workspace
) -> None:
    deal = two_pipelines.deal(workspace, "Gamma")
    address = f"/x_deal/{deal['id']}/stage"
    asked = workspaces.post(signed_in, address, pipeline="fresh", stage="offer", version="1")
    assert asked.status_code == 422
    assert '<input type="hidden" name="pipeline" value="fresh">' in asked.text
    workspaces.post(
        signed_in, address, pipeline="fresh", stage="offer", version="1", amount="7", **{"amount.currency": "CNY"}
    )
    assert two_pipelines.deal(workspace, "Gamma")["stage"] == "offer"


def test_a_stage_with_reasons_asks_for_one(signed_in: FlaskClient, workspace: Workspace) -> None:
    deal = two_pipelines.deal(workspace, "Alpha")
    address = f"/x_deal/{deal['id']}/stage"
    asked = workspaces.post(signed_in, address, stage="lost", version="1")
    assert asked.status_code == 422
    assert '<option value="timing">Timing</option>' in asked.text
    assert workspaces.post(signed_in, address, stage="lost", reason="timing", version="1").status_code == 200
    assert "Timing" in signed_in.get(f"/x_deal/{deal['id']}/-/history").text


def test_an_entity_with_one_pipeline_has_nothing_to_change_into(signed_in: FlaskClient, workspace: Workspace) -> None:
    deal = two_pipelines.deal(workspace, "Alpha")
    assert signed_in.get(f"/user/{deal['id']}/-/pipeline").status_code in (404, 403)
