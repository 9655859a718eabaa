"""In charge of where stages stand on the way of one pipeline, and what a move from one to another means.

Open stages have ranks in their order; success (won, done) is beyond all of them; a lost stage is nowhere on the way.
Names of the past are read as the pipeline says today, so that history stays right when stages change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from tenon.model import Entity, Pipeline, Stage

Left = Literal["here", "forward", "back", "lost", "away"]
OUTCOMES: tuple[Left, ...] = ("here", "forward", "back", "lost", "away")
"""What became of a stay: none yet, further on, back, lost, or gone to another pipeline."""
OUTSIDE = -1
"""The place of every stage of another pipeline."""


@dataclass(frozen=True)
class Track:
    """Places are numbers from 0 in the pipeline's order."""

    entity: Entity
    pipeline: Pipeline

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        return tuple(self.pipeline.stages.values())

    @cached_property
    def ranks(self) -> tuple[int | None, ...]:
        """By place: how far a record is that has got there; None for lost."""
        found, count = list[int | None](), 0
        for stage in self.stages:
            found.append(count if stage.kind == "open" else None if stage.kind == "lost" else self.finish)
            count += stage.kind == "open"
        return tuple(found)

    @cached_property
    def finish(self) -> int:
        """The rank of success."""
        return sum(stage.kind == "open" for stage in self.stages)

    @cached_property
    def merges(self) -> bool:
        """Whether two names in the history may mean one stage."""
        return len(self.entity.pipelines) > 1 or bool(self.pipeline.map)

    def places(self, pipeline: Pipeline) -> Mapping[str, int]:
        """Name in the history of `pipeline` → place here; what it does not know means nothing."""
        if pipeline is not self.pipeline:
            return dict.fromkeys(_known(pipeline), OUTSIDE)
        numbers = {stage.name: number for number, stage in enumerate(self.stages)}
        return {name: numbers[today] for name, today in _known(pipeline).items()}

    @cached_property
    def homeless(self) -> Mapping[str, int]:
        """Of history whose pipeline is no more: the first pipeline that knows the stage is its home."""
        found: dict[str, int] = {}
        for pipeline in self.entity.pipelines.values():
            for name, place in self.places(pipeline).items():
                found.setdefault(name, place)
        return found

    def outcome(self, left: int, entered: int | None) -> Left:
        """What a move between two places means; `entered` is None for a record that is still there."""
        if entered is None:
            return "here"
        if entered == OUTSIDE:
            return "away"
        then, now = self.ranks[entered], self.ranks[left]
        if then is None:
            return "lost"
        if now is None:
            return "forward" if then == self.finish else "back"
        return "forward" if (then, entered) > (now, left) else "back"

    def entered_by(self, left: int, outcome: Left) -> list[int | None]:
        """The places to which a move from `left` means `outcome`."""
        every: list[int | None] = [None, OUTSIDE, *range(len(self.stages))]
        return [place for place in every if self.outcome(left, place) == outcome]


def _known(pipeline: Pipeline) -> dict[str, str]:
    """Stages of today, and those of the past by what became of them."""
    past = {old: new or pipeline.initial for old, new in pipeline.map.items()}
    return {**past, **{name: name for name in pipeline.stages}}
