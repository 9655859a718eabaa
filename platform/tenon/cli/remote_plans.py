"""In charge of printing a plan that was made elsewhere and came as a document."""

from collections import Counter
from typing import Any

from tenon.cli.call import Call
from tenon.cli.plans import MOST, SECTIONS
from tenon.texts import ENGLISH, say


def show_remote_plan(call: Call, plan: dict[str, Any]) -> None:
    """For people: counts, then sections by risk, then what callers of the API will notice."""
    operations = plan["operations"]
    if not operations:
        call.say(say("Nothing to do: the workspace is as the package says.", "无需更改：工作区与包一致。"))
        return
    counts = Counter(step["risk"] for step in operations)
    parts = [
        f"{counts[risk]} {call.words(word)}" for risk, (_heading, word, _style) in SECTIONS.items() if counts[risk]
    ]
    call.say(
        say(
            "{count} changes: {summary}.",
            "{count} 项更改：{summary}。",
            count=len(operations),
            summary=call.words(say(", ", "、")).join(parts),
        )
    )
    for risk, (heading, _word, style) in SECTIONS.items():
        found = [step for step in operations if step["risk"] == risk]
        if found:
            call.out.print(f"[bold {style}]{call.words(heading)}[/]")
            _show_steps(call, found)
    breaking = sum(change["breaking"] for change in plan["api"])
    if plan["api"]:
        call.say(
            say(
                "Callers of the API: {count} change(s), {breaking} of which may break a call.",
                "API 调用方：{count} 项变化，其中 {breaking} 项可能影响调用。",
                count=len(plan["api"]),
                breaking=breaking,
            )
        )
    kept = [item for item in plan["upgrade"] if item["kind"] in ("vendor_changed_under_override", "dead_override")]
    for item in kept[:MOST]:
        call.say(say("  the target's own: {path}", "  目标自有：{path}", path=item["path"]))


def _show_steps(call: Call, steps: list[dict[str, Any]]) -> None:
    for step in steps[:MOST]:
        words = step["text"]
        call.out.print(f"    {step['subject']}: {words.get(call.language) or words[ENGLISH]}", markup=False)
        if step["answers"]:
            call.out.print(f"      --accept {step['subject']}={'|'.join(step['answers'])}", markup=False)
    if len(steps) > MOST:
        count = len(steps) - MOST
        call.say(say("  … and {count} more (all: --json)", "  … 以及另外 {count} 项（全部：--json）", count=count))
