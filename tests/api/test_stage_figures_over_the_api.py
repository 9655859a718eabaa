"""What programs may rely on: figures of stages as documented, the lists behind them, and refusals that name things."""

from collections.abc import Iterator

import pytest

from samples import stage_world
from samples.api_calls import Caller, application, person, token
from tenon.clock import FixedClock
from tenon.workspace import Workspace

FIGURES = "x_case/stages/figures"


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("figures") / "trial"
    workspace = stage_world.build(folder, f"sqlite:///{folder / 'trial.sqlite'}", FixedClock(stage_world.NOW))
    stage_world.fill(workspace, 5)
    yield workspace
    workspace.close()


@pytest.fixture(scope="module")
def caller(cases: Workspace) -> Caller:
    return Caller(application(cases), token(cases, person(cases, "clerk", "administrator")))


def test_figures_and_the_records_behind_them(caller: Caller) -> None:
    found = caller.get(FIGURES, since="2026-01-01", until="2026-03-01", cohort="stage", group="size", total="amount")
    assert found.status == 200
    body = found.body
    assert (body["pipeline"], body["since"]) == ("main", "2025-12-31T16:00:00Z")
    assert [one["stage"] for one in body["stages"]] == list(stage_world.ORDER)
    offer = body["stages"][1]
    assert offer["entered"] == sum(offer[kind] for kind in ("here", "forward", "back", "lost", "away"))
    assert offer["now"]["limit"] == 2 * 86_400
    assert {group["key"] for group in body["groups"]} == {"small", "large", None}
    for kind in ("reached", "skipped", "next", "won", "forward"):
        passed = f"main,offer,{kind},stage,2025-12-31T16:00:00Z,2026-02-28T16:00:00Z"
        assert caller.get("x_case/count", passed=passed).body["count"] == offer[kind]
        assert len(caller.get("x_case", passed=passed, limit="100").body["records"]) == offer[kind]


def test_a_page_of_such_records_goes_on_where_it_stopped(caller: Caller) -> None:
    passed = "main,talk,reached,pipeline"
    first = caller.get("x_case", passed=passed, limit="5", select="id").body
    second = caller.get("x_case", passed=passed, limit="5", select="id", after=first["next"]).body
    assert {one["id"] for one in first["records"]}.isdisjoint(one["id"] for one in second["records"])
    other = caller.get("x_case", passed="main,talk,entered,pipeline", limit="5", after=first["next"])
    assert other.status == 400


def test_the_table_for_spreadsheets_says_the_same(caller: Caller) -> None:
    stages = caller.get(FIGURES).body["stages"]
    table = caller.get(FIGURES, format="csv")
    assert table.status == 200
    assert table.headers["Content-Type"].startswith("text/csv")
    lines = [line.split(",") for line in table.body.decode().splitlines()[1:]]
    assert [line[1] for line in lines] == [str(one["reached"]) for one in stages]


@pytest.mark.parametrize(
    ("given", "status", "path"),
    [
        ({"pipeline": "mian"}, 400, "pipeline"),
        ({"since": "yesterday"}, 400, "since"),
        ({"cohort": "both"}, 400, "cohort"),
        ({"group": "colour"}, 400, "group"),
        ({"where": "siez == 1"}, 400, ""),
        ({"grop": "size"}, 400, "grop"),
    ],
)
def test_what_is_wrong_is_named(caller: Caller, given: dict[str, str], status: int, path: str) -> None:
    refused = caller.get(FIGURES, **given)
    assert refused.status == status
    assert refused.headers["Content-Type"].startswith("application/problem+json")
    assert not path or path in {error["path"] for error in refused.body["errors"]} | {refused.body.get("where")}


@pytest.mark.parametrize("passed", ["main,offer", "main,offer,eaten", "main,offre,entered", "side,talk,entered", ""])
def test_a_figure_nobody_knows_is_refused(caller: Caller, passed: str) -> None:
    assert caller.get("x_case", passed=passed).status == 400


def test_entities_without_stages_and_readers_without_the_stage_have_no_figures(
    cases: Workspace, caller: Caller
) -> None:
    assert caller.get("user/stages/figures").status == 409
    blind = Caller(application(cases), token(cases, person(cases, "blind", "x_blind")))
    assert blind.get(FIGURES).status == 403
    paths = blind.get("openapi.json").body.get("paths", {})
    assert "/api/v1/x_case/stages/figures" not in paths
