"""In charge of where a run stands among its steps: a pile of frames, kept as JSON, the innermost last.

A frame names the way to its steps and the step that comes next, by name: so a run finds its place again when the
definition was changed meanwhile, and notices when that place is gone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenon.model import Names, Step
from tenon.process.evaluation import Ref

Frame = dict[str, Any]


class Lost(Exception):
    """The step that comes next is no more; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass
class Program:
    """`frames` is changed in place; it is what the run keeps."""

    steps: Names[Step]
    frames: list[Frame]

    @classmethod
    def begin(cls, steps: Names[Step]) -> "Program":
        return cls(steps, [_frame([], steps)])

    def current(self) -> Step | None:
        """The step that comes next; None at the end. Frames that are through are taken off. Raises Lost."""
        while self.frames:
            frame = self.frames[-1]
            steps = self._steps(frame["way"])
            if frame["next"] is not None:
                if frame["next"] not in steps:
                    raise Lost(str(frame["next"]))
                return steps[frame["next"]]
            if not self._next_item(frame, steps):
                self.frames.pop()
        return None

    def advance(self) -> None:
        """Past the present step."""
        frame = self.frames[-1]
        names = list(self._steps(frame["way"]))
        at = names.index(frame["next"]) + 1
        frame["next"] = names[at] if at < len(names) else None

    def enter(self, arm: str, items: Sequence[Ref] | None, item: str) -> None:
        """The steps of an arm of the present step come next, with `items` once for each; then those after it."""
        frame = self.frames[-1]
        way = [*frame["way"], frame["next"], arm]
        self.advance()
        inner = _frame(way, self._steps(way))
        if items is not None:
            if not items:
                return
            inner |= {"item": item, "entity": items[0].entity, "ids": [each.id for each in items], "at": 0}
        self.frames.append(inner)

    def items(self) -> dict[str, Ref]:
        """The records of the for-eaches the present step stands in, by the names its steps call them."""
        return {
            frame["item"]: Ref(entity=frame["entity"], id=frame["ids"][frame["at"]])
            for frame in self.frames
            if "item" in frame
        }

    def place(self) -> str:
        """Where the present step stands, for the log: `each_line/reserve`."""
        frame = self.frames[-1]
        return "/".join((*frame["way"], str(frame["next"])))

    def _next_item(self, frame: Frame, steps: Names[Step]) -> bool:
        if "item" not in frame or frame["at"] + 1 >= len(frame["ids"]):
            return False
        frame["at"] += 1
        frame["next"] = next(iter(steps), None)
        return True

    def _steps(self, way: Sequence[str]) -> Names[Step]:
        steps = self.steps
        for name, arm in zip(way[::2], way[1::2], strict=True):
            step = steps.get(name)
            inner = None if step is None else step.arms.get(arm)
            if inner is None:
                raise Lost(name)
            steps = inner.do
        return steps


def _frame(way: list[str], steps: Mapping[str, Step]) -> Frame:
    return {"way": way, "next": next(iter(steps), None)}
