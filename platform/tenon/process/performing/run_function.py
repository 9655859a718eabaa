"""In charge of the action “run”: a registered Python function is called with what the expressions come to.

It is called outside any transaction and may be called again after a crash, so it must know its `key` again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tenon.actions import RUNNABLES
from tenon.actions.runnables import Runnable
from tenon.database import UnitOfWork
from tenon.errors import Unavailable
from tenon.process.evaluation import packed, unpacked
from tenon.process.performing.base import Answer, Doing, Done, Leaving, Performer, performer
from tenon.registry import Registry
from tenon.texts import say

Call = Callable[["Given"], Any]


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a function gets: its arguments by name (records as `Ref`), and a key that is the same at every attempt."""

    arguments: Mapping[str, Any]
    key: str


FUNCTIONS: Registry[Call] = Registry("Python function")


def runnable(described: Runnable) -> Callable[[Call], Call]:
    """Decorator: makes a function known to automations, under the name and with the arguments that `described` has."""

    def enter(function: Call) -> Call:
        RUNNABLES.register(described.name)(described)
        FUNCTIONS.register(described.name)(function)
        return function

    return enter


@performer("run")
class RunFunction(Performer):
    def perform(self, doing: Doing) -> Answer:
        name = str(doing.option("function"))
        function = FUNCTIONS.get(name)
        if function is None:
            raise Unavailable(say("The function “{name}” is not installed.", "函数“{name}”未安装。", name=name))
        given = Given(arguments=unpacked(packed(doing.named("with"))), key=doing.key)
        return Leaving(call=lambda: packed(function(given)), settle=_settle, repeatable=True)


def _settle(unit: UnitOfWork, result: Any) -> Done:
    return Done(outcome=result)
