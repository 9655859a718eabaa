"""In charge of automations that set themselves off, alone or in a circle, with nothing that ends it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tenon.actions import ACTIONS
from tenon.actions.base import Effect
from tenon.compiler.steps import all_steps
from tenon.compiler.work import Work
from tenon.expressions import Constant
from tenon.model import Automation, Step, TriggerUse
from tenon.texts import say
from tenon.triggers import TRIGGERS

_STAGES = {"stage_entered": "stage", "stage_left": "to"}
"""Trigger → the property with the stages that are entered."""


@dataclass(frozen=True, kw_only=True)
class _Done:
    """What a step does to records in every case. `fields` may be empty: which change is not known."""

    effect: Effect
    entity: str
    fields: frozenset[str] = frozenset()
    stage: str | None = None


def check_loops(work: Work, automations: Mapping[str, Automation]) -> None:
    follows = {
        name: [other.name for other in automations.values() if _sets_off(automation, other)]
        for name, automation in automations.items()
    }
    told: set[frozenset[str]] = set()
    for name in follows:
        circle = _circle(name, follows)
        if circle is None or frozenset(circle) in told:
            continue
        told.add(frozenset(circle))
        path = ("automations", name, "do")
        way = " → ".join((*circle, circle[0]))
        message = say("This sets itself off again and again: {way}.", "该自动化会反复触发自身：{way}。", way=way)
        hint = say(
            "Add a condition (when) that ends it; otherwise it is stopped after some rounds.",
            "请加上可使其结束的条件（when）；否则若干轮后会被系统停止。",
        )
        work.report("triggers_itself", message, work.tree.at(path), path, hint=hint, severity="warning")


def _circle(start: str, follows: Mapping[str, list[str]]) -> list[str] | None:
    """The shortest way from an automation back to itself."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for following in follows[way[-1]]:
            if following == start:
                return way
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return None


def _sets_off(first: Automation, second: Automation) -> bool:
    if second.when is not None or second.once or first.paused or second.paused:
        return False
    return any(
        _fires(use, done)
        for step, certain in all_steps(first.do)
        if certain
        for done in _effects(first, step)
        for use in second.on.values()
    )


def _effects(automation: Automation, step: Step) -> Iterator[_Done]:
    """Setting constants changes nothing the second time, so it never goes on for ever."""
    action, slots = ACTIONS[step.action], step.slots
    if not action.effect or slots.entity is None:
        return
    if action.effect == "moved":
        entered = slots.stages.get("to")
        stage = entered.names[0] if entered is not None and entered.names else None
        if "updated" not in _kinds(automation):  # it is in that stage already
            yield _Done(effect="moved", entity=slots.entity, stage=stage, fields=frozenset(("stage",)))
        return
    if action.effect == "updated" and slots.values:
        changing = {name for name, value in slots.values.items() if not isinstance(value.tree, Constant)}
        if changing:
            yield _Done(effect="updated", entity=slots.entity, fields=frozenset(changing))
        return
    if action.effect in ("created", "deleted"):
        yield _Done(effect=action.effect, entity=slots.entity)


def _kinds(automation: Automation) -> frozenset[str]:
    return frozenset(automation.on)


def _fires(use: TriggerUse, done: _Done) -> bool:
    trigger, slots = TRIGGERS[use.trigger], use.slots
    if done.effect not in trigger.fired_by or slots.entity != done.entity:
        return False
    if slots.where is not None:
        return False
    if use.trigger in _STAGES:
        wanted = slots.stages.get(_STAGES[use.trigger])
        return wanted is None or done.stage in wanted.names
    return not slots.field_names or bool(done.fields & set(slots.field_names))
