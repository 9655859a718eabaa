"""In charge of what a JSON Schema cannot say of a step: it is one action, and some properties exclude others."""

from collections.abc import Iterator, Mapping

from tenon.actions import ACTIONS, Action
from tenon.actions.document import STEP_WORDS
from tenon.compiler.findings import Finding
from tenon.compiler.nodes import Node
from tenon.texts import say


def step_findings(node: Node) -> Iterator[Finding]:
    found = [key for key in node.map if key in ACTIONS]
    if not found and all(key in STEP_WORDS for key in node.map):
        message = say("The step does nothing: an action is missing.", "该步骤没有动作。")
        hint = say("Possible: {names}.", "可以写：{names}。", names=", ".join(ACTIONS))
        yield Finding(code="missing_action", message=message, at=(), drop=(), hint=hint)
    for key in found[1:]:
        message = say(
            "A step is one action, not {names}.", "一个步骤只能有一个动作，而不是 {names}。", names=", ".join(found)
        )
        hint = say("Write a step for each.", "请分别写成步骤。")
        yield Finding(code="several_actions", message=message, at=(key,), drop=(key,), hint=hint)
    if found:
        yield from _choices(ACTIONS[found[0]], node.map[found[0]])


def _choices(action: Action, value: Node) -> Iterator[Finding]:
    given = properties_of(action.short, value)
    for group in action.choices:
        present = [name for name in group if name in given]
        names = " / ".join(group)
        if not present:
            message = say("One of {names} is missing.", "缺少 {names} 之一。", names=names)
            yield Finding(code="missing_key", message=message, at=(action.key,), drop=(action.key,))
        for name in present[1:]:
            at = (action.key, name)
            message = say("Only one of {names} can be given.", "{names} 只能写一个。", names=names)
            yield Finding(code="too_many_keys", message=message, at=at, drop=at)


def properties_of(short: str, value: Node) -> Mapping[str, Node]:
    """What stands after the key by property; a bare value stands for the property `short`."""
    if isinstance(value.value, dict):
        return value.map
    return {short: value} if short else {}
