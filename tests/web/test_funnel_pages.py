"""What the funnel page promises: its numbers are the lengths of the lists they lead to, in every language and view."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from samples import stage_world, workspaces
from tenon.clock import FixedClock
from tenon.database.counting import count_statements
from tenon.workspace import Workspace

NUMBER = re.compile(r'<a(?: class="[^"]*")? href="([^"]+)">(\d+)</a>')
COUNTED = re.compile(r'list-count quiet" role="status">(\d+) record')
FUNNEL = "/x_case/-/funnel"


@pytest.fixture(scope="module")
def moving() -> FixedClock:
    return FixedClock(stage_world.NOW)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, moving: FixedClock) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("funnel") / "trial"
    workspace = stage_world.build(folder, f"sqlite:///{folder / 'trial.sqlite'}", moving)
    stage_world.fill(workspace, 3)
    yield workspace
    workspace.close()


@pytest.fixture
def empty(tmp_path: Path, clock: FixedClock) -> Iterator[Workspace]:
    folder = tmp_path / "empty"
    workspace = stage_world.build(folder, f"sqlite:///{folder / 'trial.sqlite'}", clock)
    yield workspace
    workspace.close()


@pytest.mark.parametrize(
    "asked",
    ["", '?first=2026-01-01&last=2026-02-15&cohort=stage&group=size&where=size != "small"', "?view=board"],
    ids=["all", "narrowed_and_compared", "from_the_board"],
)
def test_every_number_leads_to_exactly_its_records(signed_in: FlaskClient, asked: str) -> None:
    page = signed_in.get(FUNNEL + asked).text
    links = list(dict(NUMBER.findall(page)).items())
    assert len(links) > 20
    for address, number in links[:: 3 if asked else 2]:
        found = COUNTED.search(signed_in.get(html.unescape(address)).text)
        assert found is not None, address
        assert found[1] == number, address


def test_a_figure_is_a_chip_of_the_list_and_goes_along_on_its_board(signed_in: FlaskClient) -> None:
    passed = "main,offer,entered,stage,2025-12-31T16:00:00Z,2026-02-15T16:00:00Z"
    page = signed_in.get(f"/x_case?passed={passed}").text
    assert "Offer: entered · Jan 1, 2026 – Feb 15, 2026 (got to the stage then)" in page
    count = COUNTED.search(page)
    board = signed_in.get(f"/x_case?view=board&pipeline=-&passed={passed}").text
    assert count is not None
    assert sum(map(int, re.findall(r'<span class="count">(\d+)</span>', board))) == int(count[1])


def test_the_page_says_what_is_asked(signed_in: FlaskClient) -> None:
    page = signed_in.get(f"{FUNNEL}?first=2026-03-01&last=2026-03-31").text
    assert re.search(r'class="chip chip-sm" href="[^"]*" aria-current="true">This month<', page)
    side = signed_in.get(f"{FUNNEL}?pipeline=side").text
    assert "Due" in side
    assert "Offer" in side
    assert "Void" not in side
    assert signed_in.get("/user/-/funnel").status_code == 404


def test_the_table_goes_out_for_spreadsheets(signed_in: FlaskClient) -> None:
    answer = signed_in.get("/x_case/-/funnel.csv?group=size")
    assert answer.mimetype == "text/csv"
    lines = answer.text.splitlines()
    assert lines[0].startswith("\ufeffGroup,Stage,Got here,Entered,Skipped,")
    assert len(lines) == 1 + 3 * len(stage_world.ORDER)


def test_a_page_without_records_says_so(empty: Workspace, clock: FixedClock) -> None:
    from tenon import web
    from tenon.http import create_app

    client = create_app(empty, [web.part]).test_client()
    workspaces.sign_in(client, workspaces.ADMINISTRATOR)
    assert "No record came this way" in client.get(FUNNEL).text


def test_the_stage_bar_tells_times_and_the_limit(client: FlaskClient, workspace: Workspace, moving: FixedClock) -> None:
    owner = stage_world.administrator(workspace)
    access = workspace.access(stage_world.SYSTEM)
    with workspace.unit(stage_world.SYSTEM) as unit:
        record = workspace.writer.create(unit, access, "x_case", {"name": "Fresh", "stage": "sign", "owner": owner}).id
    moving.advance(days=3)
    with workspace.unit(stage_world.SYSTEM) as unit:
        workspace.writer.move_stage(unit, access, "x_case", record, "talk", version=None)
    moving.advance(days=12)
    workspaces.sign_in(client, workspaces.ADMINISTRATOR)
    bar = client.get(f"/x_case/{record}").text.split('class="way-steps"')[1].split("</ol>")[0]
    assert re.search(r"way-spent is-over.*12 days · over the limit of 10 days", bar)
    assert re.search(r'way-spent">3 days<', bar)


def test_statements_of_the_page_do_not_grow_with_what_is_asked(signed_in: FlaskClient, workspace: Workspace) -> None:
    address = f"{FUNNEL}?group=size&first=2026-01-01"
    signed_in.get(address)
    with count_statements(workspace.database) as counted:
        signed_in.get(address)
    assert 5 < counted.count <= 16
