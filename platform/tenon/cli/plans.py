"""In charge of printing a plan: for people grouped and short, for programs complete."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tenon.cli.call import Call
from tenon.cli.usage_words import counted
from tenon.model.contract_changes import WORDS, ContractChange, contract_changes
from tenon.model.usage import Use
from tenon.schema import Plan
from tenon.schema.operations import Operation, Risk
from tenon.schema.plan_uses import counted_uses, plan_uses
from tenon.texts import Text, say
from tenon.workspace.plan_documents import plan_document

MOST = 40
"""Operations shown of one section; --json has them all."""
_MOST_KINDS = 4
SECTIONS: dict[Risk, tuple[Text, Text, str]] = {
    "needs_decision": (say("Needs a decision", "需要决定"), say("needs a decision", "项需要决定"), "red"),
    "removes": (say("Takes away", "移除"), say("takes away", "项移除"), "red"),
    "slow": (say("Takes a while", "较慢"), say("takes a while", "项较慢"), "yellow"),
    "safe": (say("Safe", "安全"), say("safe", "项安全"), "green"),
}
_CHANGES = {
    "added": say("new", "新增"),
    "changed": say("changed", "更改"),
    "renamed": say("renamed", "改名"),
    "gone": say("gone", "移除"),
}


@dataclass(frozen=True)
class _Step:
    operation: Operation
    uses: tuple[Use, ...]


def show_plan(call: Call, plan: Plan) -> None:
    """For people: counts, then sections by risk, each grouped by entity, then what the API's callers will notice."""
    if call.as_json:
        call.show(plan_document(plan))
        return
    if plan.is_empty:
        call.say(say("Nothing to do: the workspace is as its files say.", "无需更改：工作区与文件一致。"))
        return
    steps = [_Step(*pair) for pair in zip(plan.operations, plan_uses(plan), strict=True)]
    _show_counts(call, steps)
    for risk, (heading, _word, style) in SECTIONS.items():
        found = [step for step in steps if step.operation.risk == risk]
        if found:
            call.out.print(f"[bold {style}]{call.words(heading)}[/]")
            _show_section(call, plan, found)
    _show_contract(call, contract_changes(plan.was, plan.model))


def _show_counts(call: Call, steps: Sequence[_Step]) -> None:
    counts = Counter(step.operation.risk for step in steps)
    words = {risk: call.words(word) for risk, (_heading, word, _style) in SECTIONS.items()}
    parts = [f"{counts[risk]} {word}" for risk, word in words.items() if counts[risk]]
    call.say(
        say(
            "{count} changes: {summary}.", "{count} 项更改：{summary}。", count=len(steps), summary=_listed(call, parts)
        )
    )


def _listed(call: Call, parts: Sequence[str]) -> str:
    return call.words(say(", ", "、")).join(parts)


def _show_section(call: Call, plan: Plan, steps: Sequence[_Step]) -> None:
    shown = steps[:MOST]
    for entity in dict.fromkeys(step.operation.entity for step in shown):
        own = [step for step in shown if step.operation.entity == entity]
        call.say(say("  {entity}", "  {entity}", entity=_entity(plan, entity)))
        for step in own:
            for line in _lines(call, step):
                call.out.print(f"    {line}", markup=False)
    if len(steps) > MOST:
        count = len(steps) - MOST
        call.say(say("  … and {count} more (all: --json)", "  … 以及另外 {count} 项（全部：--json）", count=count))


def _entity(plan: Plan, name: str) -> Text:
    for model in (plan.model, plan.was):
        known = model.entities.get(name) if model is not None else None
        if known is not None:
            return known.label
    return Text.of(name) if name else say("The workspace", "工作区")


def _lines(call: Call, step: _Step) -> Iterator[str]:
    yield call.words(step.operation.text)
    if step.uses:
        kinds = counted_uses(step.uses)
        words = [call.words(counted(kind, count)) for kind, count in list(kinds.items())[:_MOST_KINDS]]
        if len(kinds) > _MOST_KINDS:
            words.append("…")
        yield call.words(say("  used by {uses}", "  使用者：{uses}", uses=_listed(call, words)))


def _show_contract(call: Call, changes: Sequence[ContractChange]) -> None:
    if not changes:
        return
    breaking = sum(change.breaking for change in changes)
    call.say(
        say(
            "Callers of the API: {count} change(s), {breaking} of which may break a call.",
            "API 调用方：{count} 项变化，其中 {breaking} 项可能影响调用。",
            count=len(changes),
            breaking=breaking,
        )
    )
    shown = sorted(changes, key=lambda change: not change.breaking)[:MOST]
    for change in shown:
        call.say(_sentence(change))
    if len(changes) > MOST:
        call.say(say("  … and {count} more", "  … 以及另外 {count} 项", count=len(changes) - MOST))


def _sentence(change: ContractChange) -> Text:
    parts = {"what": WORDS[change.what], "name": change.name, "kind": _CHANGES[change.kind]}
    mark = "!" if change.breaking else " "
    if change.detail is None:
        return say("  {mark} {what} {name}: {kind}", "  {mark} {what} {name}：{kind}", mark=mark, **parts)
    return say(
        "  {mark} {what} {name}: {kind} ({detail})",
        "  {mark} {what} {name}：{kind}（{detail}）",
        mark=mark,
        detail=change.detail,
        **parts,
    )
