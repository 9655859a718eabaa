"""In charge of the order of an approval's steps: those beside one another are asked at the same time."""

from collections.abc import Mapping

from tenon.compiler.nodes import TreePath
from tenon.compiler.work import Work
from tenon.model import ApprovalStep
from tenon.texts import say


def resolve_rounds(work: Work, steps: Mapping[str, ApprovalStep], path: TreePath) -> tuple[tuple[str, ...], ...]:
    """The names of the steps in their order; each round is over when all of its steps are."""
    rounds: dict[str, list[str]] = {}
    for name in steps:
        rounds.setdefault(_leader(work, steps, name, path), []).append(name)
    return tuple(tuple(names) for names in rounds.values())


def _leader(work: Work, steps: Mapping[str, ApprovalStep], name: str, path: TreePath) -> str:
    """The step whose round this one is part of."""
    way = [name]
    while True:
        following = steps[way[-1]].beside
        if following is None:
            return way[-1]
        here = (*path, "steps", way[-1], "beside")
        node = work.tree.at(here)
        if following not in steps:
            work.unknown(say("step", "步骤"), following, steps, node, here)
            return way[-1]
        if following in way:
            _report_circle(work, way[way.index(following) :], path)
            return following
        way.append(following)


def _report_circle(work: Work, names: list[str], path: TreePath) -> None:
    """The same whichever of its steps it was found from."""
    start = names.index(min(names))
    circle = [*names[start:], *names[:start], names[start]]
    here = (*path, "steps", circle[0], "beside")
    message = say(
        "Steps stand beside one another in a circle: {way}.", "步骤的并行关系成环：{way}。", way=" → ".join(circle)
    )
    work.report("cycle", message, work.tree.at(here), here)
