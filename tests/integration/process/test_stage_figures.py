"""What the figures of stages promise, on both databases: plain Python comes to the same numbers, and so do lists."""

import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from samples import stage_world
from samples.stage_world import LOST, NOW, OPEN, ORDER, SYSTEM, Case
from tenon.access import Access
from tenon.clock import FixedClock
from tenon.database.counting import count_statements
from tenon.errors import Conflict, Forbidden, UnknownName
from tenon.insight import Figures, StageRequest, stage_figures
from tenon.insight.stages import both, over_where
from tenon.process.working_time import WorkingTime
from tenon.query import Kind, Passed, Query, Window
from tenon.workspace import Workspace

EARLY, LATE = NOW - timedelta(days=70), NOW - timedelta(days=25)
WINDOWS = (
    Window(),
    Window(since=EARLY, until=LATE),
    Window(cohort="stage", since=EARLY, until=LATE),
    Window(cohort="stage", since=LATE),
)
KINDS = tuple(kind for kind in get_args(Kind) if kind != "ended")


@dataclass
class World:
    workspace: Workspace
    cases: list[Case]
    people: dict[str, str]

    def figures(self, access: Access | None = None, **wanted: Any) -> Figures:
        found = access or self.workspace.access(SYSTEM)
        current = self.workspace.current
        with self.workspace.reading(found.actor) as unit:
            request = StageRequest(entity="x_case", **wanted)
            return stage_figures(current.reader, current.processes.calendars, unit, found, request)

    def count(self, where: str | None = None, passed: Passed | None = None, access: Access | None = None) -> int:
        found = access or self.workspace.access(SYSTEM)
        with self.workspace.reading(found.actor) as unit:
            query = Query(entity="x_case", where=where, passed=passed)
            return self.workspace.reader.count(unit, found, query).value

    def access(self, name: str) -> Access:
        with self.workspace.reading(SYSTEM) as unit:
            actor = self.workspace.current.processes.ground.actors(unit.connection, self.people[name], unit.now)
        assert actor is not None
        return self.workspace.access(actor)


@pytest.fixture(scope="module")
def world(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    workspace = stage_world.build(tmp_path_factory.mktemp("stages"), module_database_url, FixedClock(NOW))
    people = {}
    access = workspace.access(SYSTEM)
    with workspace.unit(SYSTEM) as unit:
        for name, role in (("ann", "x_clerk"), ("bob", "x_clerk"), ("blind", "x_blind")):
            values = {"name": name, "email": f"{name}@example.com", "active": True}
            people[name] = workspace.writer.create(unit, access, "user", values).id
            workspace.writer.create(unit, access, "role_assignment", {"person": people[name], "role": role})
    cases = stage_world.fill(workspace, 7, [people["ann"], people["bob"]])
    yield World(workspace, cases, people)
    workspace.close()


@pytest.mark.parametrize("window", WINDOWS, ids=["ever", "came_then", "got_there_then", "got_there_since"])
def test_figures_are_what_plain_python_counts(world: World, window: Window) -> None:
    expected = stage_world.counts(world.cases, window)
    found = world.figures(window=window)
    for line in found.lines:
        seen = {kind: getattr(line.cell, kind) for kind in KINDS}
        assert seen == {kind: expected[line.stage.name][kind] for kind in KINDS}, line.stage.name
        cell = line.cell
        assert cell.entered == cell.here + cell.forward + cell.back + cell.lost + cell.away
    assert sum(line.cell.reached for line in found.lines) > 10
    losses = Counter({(loss.stage, loss.reason): loss.count for loss in found.losses})
    assert losses == stage_world.losses(world.cases, window)


@pytest.mark.parametrize(
    ("window", "kinds"), [(WINDOWS[1], KINDS), (WINDOWS[2], ("reached", "next"))], ids=["came_then", "got_there_then"]
)
def test_every_number_is_the_length_of_its_list(world: World, window: Window, kinds: tuple[Kind, ...]) -> None:
    found = world.figures(window=window)
    for line in found.lines:
        for kind in kinds:
            passed = Passed(pipeline="main", stage=line.stage.name, kind=kind, window=window)
            assert world.count(passed=passed) == getattr(line.cell, kind), (line.stage.name, kind)
    for stage in (None, *ORDER):
        lost = Passed(pipeline="main", stage=stage, kind="ended", window=window)
        assert world.count(passed=lost) == sum(loss.count for loss in found.losses if loss.stage == stage)
        priced = sum(loss.count for loss in found.losses if (loss.stage, loss.reason) == (stage, "price"))
        assert world.count(passed=replace(lost, reason="price")) == priced


@pytest.mark.parametrize("window", WINDOWS[:3], ids=["ever", "came_then", "got_there_then"])
def test_times_are_quartiles_of_ended_stays(world: World, window: Window) -> None:
    office = WorkingTime(world.workspace.current.model.calendars["office"], "Asia/Shanghai")
    for line in world.figures(window=window).lines:
        stays = stage_world.ended_stays(world.cases, window, line.stage.name)
        lengths = [_seconds(stay.left) - _seconds(stay.at) for stay in stays]
        assert (line.time.count if line.time else 0) == len(lengths)
        if line.time is not None and len(lengths) > 1:
            low, median, high = statistics.quantiles(lengths, n=4, method="inclusive")
            assert (line.time.low, line.time.median, line.time.high) == (round(low), round(median), round(high))
            assert line.time.mean == round(statistics.fmean(lengths))
        if line.stage.name == "offer":
            assert line.working is not None
            worked = [office.between(stay.at, stay.left) for stay in stays if stay.left is not None]
            assert abs(line.working.mean - statistics.fmean(worked)) <= 1
            assert abs(line.working.median - statistics.median(worked)) <= 1
        else:
            assert line.working is None


def test_what_stands_in_a_stage_and_what_is_over_its_limit(world: World) -> None:
    office = WorkingTime(world.workspace.current.model.calendars["office"], "Asia/Shanghai")
    over = {
        "talk": lambda case: case.since + timedelta(days=10) <= NOW,
        "offer": lambda case: office.after(case.since, 2 * 86_400) <= NOW,
    }
    for line in world.figures(window=WINDOWS[1], total="amount").lines:
        here = [case for case in world.cases if (case.pipeline, case.stage) == ("main", line.stage.name)]
        assert line.now.count == len(here)
        late = over.get(line.stage.name)
        assert line.now.over == (None if late is None else sum(map(late, here)))
        if line.now.over_since is not None:
            where = both('pipeline == "main"', over_where(line.stage.name, line.now.over_since))
            assert world.count(where) == line.now.over
        total = line.now.total
        assert (total is None) == (not here)


def test_groups_and_filters_split_the_whole(world: World) -> None:
    window = WINDOWS[1]
    whole = world.figures(window=window, group="size")
    assert {group.key for group in whole.groups} == {"small", "large", None}
    for number, line in enumerate(whole.lines):
        assert line.cell.reached == sum(group.lines[number].cell.reached for group in whole.groups)
        assert line.now.count == sum(group.lines[number].now.count for group in whole.groups)
    small = world.figures(window=window, where='size == "small"')
    assert [line.cell for line in small.lines] == [
        replace(line.cell, group=None) for group in whole.groups if group.key == "small" for line in group.lines
    ]
    assert stage_world.counts([case for case in world.cases if case.size == "small"], window)["talk"]["reached"] == (
        small.lines[0].cell.reached
    )


def test_everybody_sees_the_figures_of_what_he_may_read(world: World) -> None:
    whole, ann, bob = (world.figures(access) for access in (None, world.access("ann"), world.access("bob")))
    for all_of, hers, his in zip(whole.lines, ann.lines, bob.lines, strict=True):
        assert all_of.cell.entered == hers.cell.entered + his.cell.entered
        passed = Passed(pipeline="main", stage=hers.stage.name, kind="entered")
        assert world.count(passed=passed, access=world.access("ann")) == hers.cell.entered
    assert 0 < ann.lines[0].cell.reached < whole.lines[0].cell.reached
    by_owner = {group.key["title"]: group for group in world.figures(group="owner").groups}
    assert [line.cell.won for line in by_owner["ann"].lines] == [line.cell.won for line in ann.lines]


def test_who_may_not_read_the_stage_is_refused(world: World) -> None:
    blind = world.access("blind")
    with pytest.raises(Forbidden, match="stages of “Cases”"):
        world.figures(blind)
    with pytest.raises(Forbidden):
        world.count(passed=Passed(pipeline="main", stage="talk", kind="entered"), access=blind)


def test_what_is_not_there_is_named(world: World) -> None:
    with pytest.raises(UnknownName):
        world.figures(pipeline="mian")
    with pytest.raises(UnknownName):
        world.count(passed=Passed(pipeline="main", stage="tolk", kind="entered"))
    access = world.workspace.access(SYSTEM)
    with world.workspace.reading(SYSTEM) as unit, pytest.raises(Conflict, match="has no stages"):
        stage_figures(
            world.workspace.reader,
            world.workspace.current.processes.calendars,
            unit,
            access,
            StageRequest(entity="user"),
        )


def test_conversions_lead_from_step_to_step(world: World) -> None:
    found = world.figures()
    steps = [(line.stage.name, line.following.name if line.following else None) for line in found.steps]
    assert steps == [("talk", "offer"), ("offer", "sign"), ("sign", "won"), ("won", None), ("kept", None)]
    for line, after in zip(found.lines[: len(OPEN) - 1], found.lines[1:], strict=False):
        assert line.cell.next == after.cell.reached
        assert line.conversion is not None
        assert abs(float(line.conversion) - after.cell.reached / line.cell.reached) < 0.0001
    assert all(line.conversion is None for line in found.lines if line.stage.name in (*LOST, "won"))


def test_the_number_of_statements_does_not_depend_on_anything(world: World) -> None:
    world.figures(group="owner", total="amount", window=WINDOWS[1])
    with count_statements(world.workspace.database) as counted:
        world.figures(group="owner", total="amount", window=WINDOWS[1])
    assert 1 < counted.count <= 10


def _seconds(moment: datetime | None) -> int:
    assert moment is not None
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() // 1)
