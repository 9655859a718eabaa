"""In charge of the action “branch”: the first way whose condition holds."""

from collections.abc import Mapping
from typing import Any

from tenon.process.performing.base import Answer, Doing, Done, Enter, Performer, performer


@performer("branch")
class Branch(Performer):
    def inputs(self, doing: Doing) -> Mapping[str, Any]:
        """Which condition came to what, up to the one that holds."""
        found: dict[str, Any] = {}
        for name, arm in doing.step.arms.items():
            found[name] = doing.scene.holds(arm.when)
            if found[name]:
                break
        return found

    def perform(self, doing: Doing) -> Answer:
        for name, arm in doing.step.arms.items():
            if doing.scene.holds(arm.when):
                return Enter(arm=name, outcome=name)
        return Done(outcome="—")
