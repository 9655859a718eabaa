"""In charge of steps: which action each is, what it holds, and whether it can ever be done."""

from collections.abc import Iterator, Mapping

from tenon.actions import ACTIONS, Action
from tenon.actions.slots import ArmsSlot, BodySlot
from tenon.compiler.naming import LANGUAGE_WORDS
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.scenes import Scene, scope_in, shape_of
from tenon.compiler.slots import read_slots
from tenon.compiler.step_shape import properties_of
from tenon.compiler.work import Work
from tenon.expressions import Constant, Expression
from tenon.model import Arm, Names, Slots, Step
from tenon.texts import say

ITEM = "item"
_ROOTS = ("record", "steps", "trigger", "request", "person")


def resolve_steps(work: Work, node: Node | None, path: TreePath, scene: Scene) -> Names[Step]:
    """In their order; each may name the results of those before it."""
    made: dict[str, Step] = {}
    ended = False
    for name, item in ordered(node, ".".join(path), work.problems).items():
        here = (*path, name)
        if ended:
            message = say("The step “{name}” is never reached.", "步骤“{name}”永远不会执行。", name=name)
            hint = say("A step before it stops in every case.", "它前面的步骤在任何情况下都会停止。")
            work.report("unreachable_step", message, item, here, hint=hint)
        step = _step(work, name, item, here, scene)
        if step is None:
            continue
        made[name] = step
        if step.gives is not None:
            scene = scene.after(name, step.gives)
        ended = ended or _ends(step)
    return Names(made, kind="step")


def _step(work: Work, name: str, node: Node, path: TreePath, scene: Scene) -> Step | None:
    action = next((ACTIONS[key] for key in node.map if key in ACTIONS), None)
    if action is None:
        return None  # what it should be was told of when its shape was checked
    value = node.map[action.key]
    here = (*path, action.key)
    properties = properties_of(action.short, value)
    slots = read_slots(work, action.slots, properties, value, here, scene)
    when = work.expression(node.get("when"), (*path, "when"), scope_in(work, scene))
    _check_possible(work, when, node, (*path, "when"))
    return Step(
        name=name,
        label=work.label(node, path, action.label),
        action=action.key,
        when=when,
        on_error=node.pick("on_error", "retry"),
        slots=slots,
        arms=Names(_arms(work, action, properties, value, here, scene, slots), kind="way"),
        gives=_gives(work, action, slots),
        origin=node.location,
    )


def _gives(work: Work, action: Action, slots: Slots) -> str | None:
    """The entity of the record that later steps may name."""
    if action.gives_record:
        return slots.entity
    return action.gives_entity if action.gives_entity in work.drafts else None


def _check_possible(work: Work, when: Expression | None, node: Node, path: TreePath) -> None:
    if is_constant(when, False):
        message = say("This never holds, so it is never done.", "该条件永不成立，因此不会执行。")
        work.report("unreachable_step", message, node.get("when"), path)


def is_constant(expression: Expression | None, value: object) -> bool:
    """Whether it gives the same in every case."""
    return expression is not None and isinstance(expression.tree, Constant) and expression.tree.value is value


def _arms(
    work: Work, action: Action, given: Mapping[str, Node], value: Node, path: TreePath, scene: Scene, slots: Slots
) -> dict[str, Arm]:
    for slot in action.slots:
        if isinstance(slot, ArmsSlot):
            return dict(_ways(work, value, path, scene))
        if isinstance(slot, BodySlot) and slot.at in given:
            return {slot.at: _body(work, slot, given, path, scene, slots)}
    return {}


def _ways(work: Work, node: Node, path: TreePath, scene: Scene) -> Iterator[tuple[str, Arm]]:
    taken = False
    for name, item in node.map.items():
        here = (*path, name)
        if taken:
            message = say("The way “{name}” is never taken.", "分支“{name}”永远不会执行。", name=name)
            hint = say("The one before it takes every case.", "它前面的分支已涵盖所有情况。")
            work.report("unreachable_step", message, item, here, hint=hint)
        when = work.expression(item.get("when"), (*here, "when"), scope_in(work, scene))
        _check_possible(work, when, item, (*here, "when"))
        do = resolve_steps(work, item.get("do"), (*here, "do"), scene)
        yield name, Arm(name=name, label=work.label(item, here), when=when, do=do)
        taken = taken or "when" not in item.map or is_constant(when, True)


def _body(work: Work, slot: BodySlot, given: Mapping[str, Node], path: TreePath, scene: Scene, slots: Slots) -> Arm:
    named = given.get(slot.named)
    item = ITEM if named is None else str(named.value)
    fields = work.drafts[str(scene.entity)].fields if scene.entity in work.drafts else {}
    if item in LANGUAGE_WORDS or item in _ROOTS or item in fields or item in scene.roots:
        message = say("The name “{name}” means something else here.", "名称“{name}”在此另有含义。", name=item)
        work.report("reserved_name", message, named, (*path, slot.named))
    elif slots.entity in work.drafts:
        scene = scene.beside(**{item: shape_of(work, str(slots.entity))})
    do = resolve_steps(work, given[slot.at], (*path, slot.at), scene)
    return Arm(name=slot.at, label=say("For each", "逐条处理"), do=do, item=item)


def _ends(step: Step) -> bool:
    """Whether nothing can follow it."""
    if step.when is not None and not is_constant(step.when, True):
        return False
    if ACTIONS[step.action].ends:
        return True
    if step.action != "branch" or not step.arms:
        return False
    whole = any(arm.when is None or is_constant(arm.when, True) for arm in step.arms.values())
    return whole and all(any(_ends(inner) for inner in arm.do.values()) for arm in step.arms.values())


def all_steps(steps: Names[Step], *, certain: bool = True) -> Iterator[tuple[Step, bool]]:
    """Every step, those inside others too, with whether nothing decides about it."""
    for step in steps.values():
        sure = certain and step.when is None
        yield step, sure
        for arm in step.arms.values():
            yield from all_steps(arm.do, certain=sure and arm.when is None and step.slots.where is None)
