"""In charge of what people decide about a plan on the command line, and of showing long work while it is done."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from rich.progress import Progress as Bars
from rich.progress import TaskID

from tenon.cli.call import Call
from tenon.errors import InvalidInput
from tenon.schema import LongWork
from tenon.schema.progress import Work
from tenon.texts import say
from tenon.workspace.proposals import Proposal


def accepting(proposal: Proposal, answers: Sequence[str]) -> Proposal:
    """The proposal with its steps decided: each answer is `opportunity.size=empty`. Raises InvalidInput."""
    decided = answers_of(answers)
    return replace(proposal, plan=proposal.plan.accepting(decided)) if decided else proposal


def answers_of(texts: Sequence[str]) -> dict[str, str]:
    """By the subject that is decided. Raises InvalidInput."""
    decided = {}
    for text in texts:
        name, sign, word = text.partition("=")
        if not sign or not word:
            raise InvalidInput(say("“{text}” is no decision.", "“{text}”不是有效的决定。", text=text), hint=_HINT)
        decided[name] = word
    return decided


@contextmanager
def long_work(call: Call) -> Iterator[LongWork]:
    """With a bar for each column and index, on a terminal."""
    bars = Bars(console=call.err, disable=call.as_json or not call.err.is_terminal)
    known: dict[str, TaskID] = {}

    def tell(work: Work) -> None:
        key = f"{work.table}.{work.name}"
        if key not in known:
            known[key] = bars.add_task(work.subject, total=100)
        bars.update(known[key], completed=work.percent)

    with bars:
        yield LongWork(threshold=call.settings.long_work_rows, tell=tell)


_HINT = say("Write it as opportunity.size=empty.", "请写成 opportunity.size=empty。")
