"""In charge of records that go through one of several pipelines: which one, by which rules, and how they change it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from factories.folder_bench import FolderBench, administrator
from samples.two_pipelines import FILES
from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.errors import Conflict, InvalidInput
from tenon.query import Aggregate, Query
from tenon.records import ImportOptions, PastStage
from tenon.workspace import Workspace


class Desk:
    """One administrator at work."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.person = Actor(id=administrator(workspace), name="Ada", roles=frozenset({"administrator"}))

    def do(self, verb: str, *arguments: Any, **options: Any) -> Any:
        with self.workspace.unit(self.person) as unit:
            access = Access.of(self.workspace.model, self.person)
            return getattr(self.workspace.current.writer, verb)(unit, access, "x_deal", *arguments, **options)

    def create(self, **values: Any) -> str:
        return str(self.do("create", {"name": "Deal", **values}).id)

    def move(self, record: str, stage: str | None = None, **options: Any) -> Any:
        return self.do("move_stage", record, stage, version=None, **options)

    def read(self, verb: str, *arguments: Any) -> Any:
        with self.workspace.unit(self.person) as unit:
            access = Access.of(self.workspace.model, self.person)
            return getattr(self.workspace.current.reader, verb)(unit, access, *arguments)

    def stand(self, record: str) -> tuple[str, str]:
        found = self.read("one", "x_deal", record, ("pipeline", "stage"))
        return found["pipeline"], found["stage"]

    def find(self, where: str) -> int:
        return len(self.read("list", Query(entity="x_deal", where=where)).records)


@pytest.fixture
def desk(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Desk]:
    bench = FolderBench(tmp_path / "small", database_url, clock)
    bench.publish(FILES)
    workspace = bench.open()
    yield Desk(workspace)
    workspace.close()
    bench.close()


def test_a_new_record_takes_the_first_pipeline_that_fits_it(desk: Desk) -> None:
    assert desk.stand(desk.create()) == ("fresh", "talk")  # by the default of its kind
    assert desk.stand(desk.create(kind="renewal")) == ("renewal", "due")
    assert desk.stand(desk.create(kind=None)) == ("fresh", "talk")
    record = desk.create(kind="renewal", stage="offer")
    assert desk.stand(record) == ("renewal", "offer")
    assert float(desk.read("one", "x_deal", record, ("chance",))["chance"]) == 80  # as its own pipeline has it


def test_a_change_of_what_chose_the_pipeline_leaves_the_record_where_it_is(desk: Desk) -> None:
    record = desk.create()
    desk.do("change", record, {"kind": "renewal"}, version=None)
    assert desk.stand(record) == ("fresh", "talk")


def test_only_the_record_s_own_pipeline_has_a_say(desk: Desk) -> None:
    fresh, renewal = desk.create(), desk.create(kind="renewal")
    with pytest.raises(InvalidInput) as refusal:
        desk.move(fresh, "due")
    assert refusal.value.details[0].code == "unknown_stage"
    with pytest.raises(InvalidInput, match="Amount"):
        desk.move(fresh, "offer")
    desk.move(renewal, "offer")
    with pytest.raises(Conflict):
        desk.move(renewal, "won")
    desk.move(renewal, "won", values={"amount": "200"})
    assert desk.stand(renewal) == ("renewal", "won")


def test_a_stage_that_may_not_be_passed_by_or_left_backwards_is_not(desk: Desk) -> None:
    fresh, renewal = desk.create(amount="5"), desk.create(kind="renewal", stage="offer")
    with pytest.raises(Conflict) as refusal:
        desk.move(fresh, "won")
    assert refusal.value.extra["next"] == ["offer", "lost"]
    with pytest.raises(Conflict):
        desk.move(renewal, "due")
    desk.move(fresh, "offer")
    desk.move(fresh, "talk")
    assert desk.stand(fresh) == ("fresh", "talk")


def test_a_stage_asks_for_one_of_its_reasons(desk: Desk) -> None:
    record = desk.create()
    for reason in (None, "weather"):
        with pytest.raises(InvalidInput) as refusal:
            desk.move(record, "lost", reason=reason)
        assert [(detail.path, detail.code) for detail in refusal.value.details] == [("reason", "required")]
        assert "Price" in str(refusal.value.hint)
    desk.move(record, "lost", reason="price")
    assert desk.read("stage_history", "x_deal", record)[-1].reason == "price"


def test_a_change_of_the_pipeline_keeps_the_stage_or_takes_the_one_that_corresponds(desk: Desk) -> None:
    same, other, chosen = desk.create(amount="9", stage="offer"), desk.create(), desk.create()
    desk.move(same, pipeline="renewal")
    desk.move(other, pipeline="renewal")
    desk.move(chosen, "offer", pipeline="renewal")
    assert [desk.stand(record) for record in (same, other, chosen)] == [
        ("renewal", "offer"),
        ("renewal", "due"),
        ("renewal", "offer"),
    ]
    begun, moved = desk.read("stage_history", "x_deal", same)
    assert (begun.pipeline, begun.to_stage) == ("fresh", "offer")
    assert (moved.pipeline, moved.from_stage, moved.to_stage) == ("renewal", "offer", "offer")


def test_a_change_of_the_pipeline_is_no_way_round_its_demands(desk: Desk) -> None:
    record = desk.create(amount="9", stage="offer")
    desk.move(record, "won")
    with pytest.raises(Conflict):
        desk.move(record, pipeline="renewal")  # won there wants more
    with pytest.raises(InvalidInput) as refusal:
        desk.move(record, pipeline="renewals")
    assert refusal.value.details[0].path == "pipeline"
    assert "renewal" in str(refusal.value.hint)
    assert desk.stand(record) == ("fresh", "won")


def test_the_pipeline_is_no_field_to_write(desk: Desk) -> None:
    for values in ({"name": "x", "pipeline": "renewal"},):
        with pytest.raises(InvalidInput):
            desk.do("create", values)
    with pytest.raises(InvalidInput):
        desk.do("change", desk.create(), {"pipeline": "renewal"}, version=None)


def test_an_import_may_say_the_pipeline_and_must_say_one_that_knows_the_stage(desk: Desk) -> None:
    now = desk.workspace.clock.now()
    stages = {place: (PastStage(stage=stage, entered_at=now),) for place, stage in enumerate(("due", "due", "won"))}
    rows = [{"name": "a", "pipeline": "renewal"}, {"name": "b"}, {"name": "c", "kind": "renewal"}]
    said, unsaid, fitting = desk.do("create_many", rows, as_import=ImportOptions(stages=stages))
    assert desk.stand(said.saved.id) == ("renewal", "due")
    assert unsaid.error is not None
    assert desk.stand(fitting.saved.id) == ("renewal", "won")


def test_filters_and_figures_go_across_pipelines_and_by_pipeline(desk: Desk) -> None:
    desk.move(desk.create(kind="renewal", amount="200"), "won")
    fresh = desk.create(amount="9", stage="offer")
    desk.move(fresh, "won")
    desk.create()
    assert desk.find('stage == "won"') == 2
    assert desk.find('pipeline == "renewal" and stage.kind == "won"') == 1
    assert desk.find("stage.probability == 100") == 2
    groups = desk.read("aggregate", Aggregate(entity="x_deal", group=("pipeline", "stage"), sort=("pipeline", "stage")))
    assert [(one["pipeline"], one["stage"], one["count()"]) for one in groups] == [
        ("fresh", "talk", 1),
        ("fresh", "won", 1),
        ("renewal", "won", 1),
    ]


def test_what_a_stage_is_worth_is_read_alike_by_rules_and_filters(desk: Desk) -> None:
    fresh, renewal = desk.create(amount="9", stage="offer"), desk.create(kind="renewal", stage="offer")
    assert desk.find("stage.probability == 80") == 1
    chances = [float(desk.read("one", "x_deal", record, ("chance",))["chance"]) for record in (fresh, renewal)]
    assert chances == [50, 80]
