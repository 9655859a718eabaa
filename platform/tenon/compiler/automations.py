"""In charge of automations: what sets each off, what it does, and whether it can run at all."""

from collections.abc import Mapping
from dataclasses import replace

from tenon.compiler.loops import check_loops
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.scenes import Scene, has_owner, record_type, scope_in
from tenon.compiler.slots import read_slots, seconds
from tenon.compiler.step_shape import properties_of
from tenon.compiler.steps import resolve_steps
from tenon.compiler.who import resolve_who
from tenon.compiler.work import Work
from tenon.expressions import Type
from tenon.model import Automation, DataShape, Limits, Names, RunAs, TriggerUse
from tenon.texts import say
from tenon.triggers import TRIGGERS, Of, Trigger


def resolve_automations(work: Work) -> dict[str, Automation]:
    made = {name: _automation(work, name, node) for name, node in work.things("automations").items()}
    whole = {name: automation for name, automation in made.items() if automation is not None}
    check_loops(work, whole)
    return whole


def _automation(work: Work, name: str, node: Node) -> Automation | None:
    path = ("automations", name)
    on = resolve_triggers(work, node.get("on"), (*path, "on"))
    if not on:
        return None
    entity = _entity(work, on, node, path)
    scene = _scene(work, on, entity)
    return Automation(
        name=name,
        label=work.label(node, path),
        help=work.text(node.get("help"), (*path, "help")),
        entity=entity,
        on=Names(on, kind="trigger"),
        when=work.expression(node.get("when"), (*path, "when"), scope_in(work, scene)),
        do=resolve_steps(work, node.get("do"), (*path, "do"), scene),
        paused=node.pick("paused", False),
        run_as=_run_as(work, on, entity, node, path),
        in_order=node.pick("in_order", True),
        once=node.pick("once", False),
        on_failure=node.pick("on_failure", "keep"),
        notify=resolve_who(work, node.get("notify"), (*path, "notify"), scene),
        limits=_limits(node.get("limits")),
        was=tuple(node.pick("was", ())),
        origin=node.location,
    )


def resolve_triggers(work: Work, node: Node | None, path: TreePath) -> dict[str, TriggerUse]:
    return {
        key: _trigger(work, TRIGGERS[key], value, (*path, key))
        for key, value in ({} if node is None else node.map).items()
        if key in TRIGGERS
    }


def _trigger(work: Work, trigger: Trigger, value: Node, path: TreePath) -> TriggerUse:
    given = properties_of(trigger.short, value)
    slots = read_slots(work, trigger.slots, given, value, path, Scene(entity=None), defines=True)
    return TriggerUse(trigger=trigger.key, slots=slots)


def _entity(work: Work, on: Mapping[str, TriggerUse], node: Node, path: TreePath) -> str | None:
    """The one entity all triggers are about."""
    found = {key: use.slots.entity for key, use in on.items()}
    first = next(iter(found.values()))
    for key, entity in found.items():
        if entity != first:
            message = say(
                "The triggers of one automation are about one entity: “{first}” or “{other}”.",
                "一个自动化的各触发器须针对同一实体：“{first}”或“{other}”。",
                first=first or "—",
                other=entity or "—",
            )
            hint = say("Write two automations.", "请写成两个自动化。")
            work.report("several_entities", message, node.at(("on", key)), (*path, "on", key), hint=hint)
    return first


def _scene(work: Work, on: Mapping[str, TriggerUse], entity: str | None) -> Scene:
    """Old values are null, and so is what a trigger tells, when another one set the automation off."""
    told: dict[str, Type] = {}
    for key, use in on.items():
        for name, kind in TRIGGERS[key].data.items():
            told[name] = record_type(work, kind.entity) if isinstance(kind, Of) else kind
        told.update(use.slots.inputs)
    has_old = entity is not None and any(TRIGGERS[key].has_old for key in on)
    return Scene(entity=entity, roots={"trigger": DataShape("trigger", told)}, has_old=has_old)


def _run_as(work: Work, on: Mapping[str, TriggerUse], entity: str | None, node: Node, path: TreePath) -> RunAs:
    given = node.pick("run_as")
    nobody = not any(TRIGGERS[key].has_actor for key in on)
    if given == "actor" and nobody:
        message = say("Nobody sets this off, so nobody can be the actor.", "没有人触发该自动化，无法以触发者身份运行。")
        hint = say("Write owner or system.", "请写 owner 或 system。")
        work.report("no_actor", message, node.get("run_as"), (*path, "run_as"), hint=hint)
    if given == "owner" and (not has_owner(work, entity)):
        message = say("These records have no owner.", "这些记录没有负责人。")
        work.report("no_owner", message, node.get("run_as"), (*path, "run_as"))
    return given or ("system" if nobody else "actor")


def _limits(node: Node | None) -> Limits:
    if node is None:
        return Limits()
    plain = node.plain()
    if "timeout" in plain:
        plain["timeout"] = seconds(plain["timeout"])
    return replace(Limits(), **plain)
