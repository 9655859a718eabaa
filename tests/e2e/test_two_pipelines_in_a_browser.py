"""In charge of the promises about several pipelines in a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from samples import two_pipelines
from tenon.clock import FixedClock
from tenon.workspace import Workspace

pytestmark = pytest.mark.browser
NewPage = Callable[..., Page]
Findings = Callable[[Page], list[str]]


@pytest.fixture
def workspace(tmp_path: Path, clock: FixedClock) -> Iterator[Workspace]:
    folder = tmp_path / "trial"
    workspace = two_pipelines.build(folder, f"sqlite:///{folder / 'trial.sqlite'}", clock)
    yield workspace
    workspace.close()


def test_a_board_switches_pipelines_and_a_card_moves_within_its_own(
    signed_in: NewPage, workspace: Workspace, findings: Findings
) -> None:
    page = signed_in(allowed=(409, 422))
    page.goto("/x_deal?view=board")
    cards = page.locator(".board-card .name")
    expect(cards).to_have_text(["Alpha", "Beta"])
    page.get_by_role("link", name="Renewals").click()
    expect(cards).to_have_text(["Gamma", "Delta"])
    assert findings(page) == []
    card, lane = page.locator(".board-card", has_text="Gamma"), page.locator('[data-lane-cards="offer"]')
    with page.expect_response(lambda answer: answer.url.endswith("/stage")) as answer:
        card.drag_to(lane)
    assert answer.value.status == 200
    expect(page.locator('[data-lane="due"] .count')).to_have_text("0")
    assert two_pipelines.deal(workspace, "Gamma")["stage"] == "offer"
    page.get_by_role("link", name="All", exact=True).click()
    expect(cards).to_have_count(4)
    with page.expect_response(lambda answer: answer.url.endswith("/stage")) as answer:
        page.locator(".board-card", has_text="Alpha").drag_to(page.locator('[data-lane-cards="due"]'))
    assert answer.value.status == 409
    expect(page.locator('[data-lane-cards="talk"] .name')).to_have_text(["Alpha"])
    assert two_pipelines.deal(workspace, "Alpha")["stage"] == "talk"


def test_a_lost_card_asks_for_its_reason(signed_in: NewPage, workspace: Workspace) -> None:
    page = signed_in(allowed=(422,))
    page.goto("/x_deal?view=board")
    page.locator(".board-card", has_text="Alpha").drag_to(page.locator('[data-lane-cards="lost"]'))
    page.get_by_role("dialog").get_by_label("Reason").select_option("timing")
    with page.expect_response(lambda answer: answer.url.endswith("/stage")) as answer:
        page.get_by_role("button", name="Save and move").click()
    assert answer.value.status == 200
    expect(page.locator('[data-lane-cards="lost"] .name')).to_have_text(["Alpha"])
    assert two_pipelines.deal(workspace, "Alpha")["stage"] == "lost"


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_the_pipeline_of_a_record_is_changed_in_a_dialog(
    signed_in: NewPage, workspace: Workspace, findings: Findings, width: int, theme: str
) -> None:
    page = signed_in(width=width, theme=theme)
    page.goto(f"/x_deal/{two_pipelines.deal(workspace, 'Gamma')['id']}")
    expect(page.locator(".way-step > :first-child")).to_have_text(["Due", "Offer", "Won", "Lost"])
    page.get_by_role("button", name="Change pipeline…").click()
    dialog = page.get_by_role("dialog", name="Change pipeline…")
    expect(dialog.get_by_label("Stage")).to_have_value("talk")
    assert findings(page) == []
    page.get_by_role("button", name="Save and move").click()
    expect(page.locator(".way-step > :first-child")).to_have_text(["Talk", "Offer", "Won", "Lost"])
    assert two_pipelines.deal(workspace, "Gamma")["pipeline"] == "fresh"
