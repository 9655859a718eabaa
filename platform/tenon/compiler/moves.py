"""In charge of the moves between stages: which are possible, and whether every record can come in and get out."""

from collections.abc import Mapping

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.work import Work
from tenon.model import Stage
from tenon.model.moves import in_order
from tenon.texts import say

Stages = Mapping[str, Stage]
Items = Mapping[str, Node]


def check_moves(work: Work, initial: str, stages: Stages, items: Items, path: TreePath) -> None:
    _check_next(work, stages, items, path)
    possible = {name: [other for other in _named(stages, name) if in_order(stages, name, other)] for name in stages}
    reached = _reached(initial, possible)
    for name in stages:
        here = (*path, "stages", name)
        if name not in reached:
            message = say("No stage leads to “{name}”.", "没有任何阶段可进入“{name}”。", name=name)
            hint = say("Add it to the “next” of another stage.", "请把它加到其他阶段的 next 中。")
            work.report("unreachable_stage", message, items[name], here, hint=hint)
    finals = {name for name, stage in stages.items() if stage.kind != "open"}
    for name, stage in stages.items() if len(stages) > 1 else ():
        if stage.kind == "open" and len(reached) == len(stages):  # else the missing way is told of already
            if not possible[name] and stage.next:
                continue  # each move it names is told of
            _check_exit(work, name, possible, finals, items, (*path, "stages", name))


def _named(stages: Stages, name: str) -> list[str]:
    following = stages[name].next
    return [other for other in stages if other != name and (following is None or other in following)]


def _check_next(work: Work, stages: Stages, items: Items, path: TreePath) -> None:
    for name, stage in stages.items():
        for place, following in enumerate(stage.next or ()):
            here = (*path, "stages", name, "next")
            node = items[name].at(("next", place))
            if following not in stages:
                work.unknown(say("stage", "阶段"), following, stages, node, here)
            elif following != name and not in_order(stages, name, following):
                message = say(
                    "“{name}” cannot be followed by “{other}”: “back” or “skip” forbids it.",
                    "“{name}”之后不能进入“{other}”：back 或 skip 不允许。",
                    name=name,
                    other=following,
                )
                work.report("forbidden_move", message, node, here)


def _reached(initial: str, possible: Mapping[str, list[str]]) -> set[str]:
    reached, waiting = {initial}, [initial]
    while waiting:
        for name in possible[waiting.pop()]:
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    return reached


def _check_exit(
    work: Work, name: str, possible: Mapping[str, list[str]], finals: set[str], items: Items, path: TreePath
) -> None:
    if not possible[name]:
        message = say(
            "Nothing leads out of “{name}”, and it is not final.", "“{name}”没有出路，又不是结束阶段。", name=name
        )
        hint = say("Add a stage to its “next”, or make its kind “done”.", "请在 next 中添加阶段，或将 kind 设为 done。")
        work.report("dead_end_stage", message, items[name], path, hint=hint)
    elif finals and not finals & _reached(name, possible):
        message = say("From “{name}” no record ever comes to an end.", "从“{name}”出发永远无法结束。", name=name)
        hint = say("Let one of its next stages lead to a final one.", "请让其后续阶段可以到达结束阶段。")
        work.report("never_ends", message, items[name], path, hint=hint, severity="warning")
