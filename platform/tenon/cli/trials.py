"""In charge of printing what came of tests: one line each, and of those that fail what was expected and found."""

from collections.abc import Iterable
from typing import Any

import orjson

from tenon.cli.call import Call
from tenon.texts import say
from tenon.workspace.proposals import Proposal
from tenon.workspace.trials import TrialResult, require_passing


def show_trials(call: Call, results: Iterable[TrialResult], **more: Any) -> bool:
    """Whether all passed; they are printed as they come."""
    seen: list[TrialResult] = []
    for result in results:
        seen.append(result)
        _show(call, result)
    failed = [result for result in seen if not result.passed]
    call.say(
        say(
            "{count} tests, {failed} failed.",
            "{count} 个测试，{failed} 个未通过。",
            count=len(seen),
            failed=len(failed),
        )
        if seen
        else say("There are no such tests.", "没有符合条件的测试。")
    )
    call.show({**more, "tests": [_json(call, result) for result in seen]})
    return not failed


def tested(call: Call, proposal: Proposal, *, skip: bool) -> None:
    """Run the tests of what is proposed, unless `skip`. Raises Conflict naming those that fail."""
    if skip or not proposal.model.tests:
        return
    count = require_passing(proposal.sources, proposal.model)
    call.say(say("{count} tests passed.", "{count} 个测试全部通过。", count=count))


def _show(call: Call, result: TrialResult) -> None:
    if call.as_json:
        return
    mark = "[green]✓[/]" if result.passed else "[red]✗[/]"
    call.out.print(f"  {mark} ", end="")
    call.out.print(f"{result.suite}: {call.words(result.label)}", markup=False)
    for failure in result.failures:
        call.out.print(f"      {result.origin}", style="dim", markup=False)
        call.say(
            say(
                "      {about}: expected {expected}, found {actual}",
                "      {about}：期望 {expected}，实际 {actual}",
                about=failure.about,
                expected=_plain(failure.expected),
                actual=_plain(failure.actual),
            )
        )


def _plain(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def _json(call: Call, result: TrialResult) -> dict[str, Any]:
    return {
        "name": result.path,
        "module": result.module,
        "label": call.words(result.label),
        "location": str(result.origin or ""),
        "passed": result.passed,
        "failures": [
            {"about": item.about, "expected": item.expected, "actual": item.actual} for item in result.failures
        ],
    }
