"""In charge of where steps stand in the tree: in automations, in approvals, in stages, inside other steps."""

from collections.abc import Iterator

from tenon.actions import ACTIONS
from tenon.actions.slots import ArmsSlot, BodySlot
from tenon.compiler.nodes import Node

OF_APPROVALS = ("on_submit", "on_approve", "on_reject", "on_recall")
OF_STAGES = (("entry",), ("exit",), ("escalate", "do"))
Place = tuple[str | int, ...]


def steps_in(thing: Node, kind: str) -> Iterator[tuple[Place, Node]]:
    """Every step of a thing of this part of the tree, with its way from the thing."""
    if kind == "automations":
        yield from _below(thing, ("do",))
    elif kind == "approvals":
        for key in OF_APPROVALS:
            yield from _below(thing, (key,))
    elif kind == "entities":
        for name, pipeline in _items(thing, ("pipelines",)):
            for stage, _node in _items(pipeline, ("stages",)):
                for place in OF_STAGES:
                    yield from _below(thing, ("pipelines", name, "stages", stage, *place))


def _below(thing: Node, path: tuple[str, ...]) -> Iterator[tuple[Place, Node]]:
    for name, step in _items(thing, path):
        if not isinstance(step.value, dict):
            continue
        here = (*path, name)
        yield here, step
        for inner in _inside(step):
            yield from _below(thing, (*here, *inner))


def _inside(step: Node) -> Iterator[tuple[str, ...]]:
    """Where a step holds further steps."""
    for key, value in step.map.items():
        action = ACTIONS.get(key)
        for slot in () if action is None else action.slots:
            if isinstance(slot, BodySlot):
                yield (key, slot.at)
            elif isinstance(slot, ArmsSlot):
                yield from ((key, arm, "do") for arm in value.map)


def _items(node: Node, path: tuple[str, ...]) -> list[tuple[str, Node]]:
    here: Node | None = node
    for step in path:
        here = None if here is None else here.get(step)
    return [] if here is None else list(here.map.items())
