"""In charge of whether a run may begin: loops, depth, pauses, limits, and the condition. What forbids it is said."""

from dataclasses import dataclass
from typing import Any

from tenon.database import UnitOfWork
from tenon.model import Automation
from tenon.process.automations.pausing import resting
from tenon.process.automations.runs import Run, Runs
from tenon.process.evaluation import Scene
from tenon.process.ground import Ground
from tenon.texts import Text, say

DEEPEST = 10
"""Links of a chain of causes, without a limit of its own."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """`status` of the run that is not to be: `skipped` when nothing is wrong, `stopped` when it must not be.

    `looped`: because automations set off one another without end.
    """

    status: str
    reason: Text
    looped: bool = False


class Admission:
    def __init__(self, ground: Ground, runs: Runs) -> None:
        self._ground = ground
        self._runs = runs

    def loop(self, run: Run, automation: Automation) -> Refusal | None:
        if run.mark in run.chain:
            return Refusal(
                status="stopped",
                looped=True,
                reason=say(
                    "“{name}” set itself off for the same record, so it was stopped. Chain of causes: {chain}. "
                    "Add a condition (when) that ends it.",
                    "“{name}”对同一记录触发了自身，已被停止。触发链：{chain}。请添加能使其结束的条件（when）。",
                    name=automation.label,
                    chain=_names([*run.chain, run.mark]),
                ),
            )
        deepest = automation.limits.depth or DEEPEST
        if run.depth > deepest:
            return Refusal(
                status="stopped",
                looped=True,
                reason=say(
                    "Automations set off one another {depth} times in a row, more than the {deepest} allowed, so this "
                    "one was stopped. Chain of causes: {chain}.",
                    "自动化连续互相触发 {depth} 次，超过允许的 {deepest} 次，已停止。触发链：{chain}。",
                    depth=run.depth,
                    deepest=deepest,
                    chain=_names([*run.chain, run.mark]),
                ),
            )
        return None

    def rest(self, unit: UnitOfWork, automation: Automation) -> Refusal | None:
        if automation.paused:
            reason = say("The automation is paused in the configuration.", "该自动化在配置中已暂停。")
            return Refusal(status="skipped", reason=reason)
        found = resting(unit, automation.name)
        if found is None:
            return None
        reason = say("The automation is paused: {reason}", "该自动化已暂停：{reason}", reason=found.reason or "—")
        return Refusal(status="skipped", reason=reason)

    def limits(self, unit: UnitOfWork, run: Run, automation: Automation) -> Refusal | None:
        limits = automation.limits
        began = f'automation == "{run.place}" and status != "skipped" and status != "stopped"'
        here = f'{began} and record_id == "{run.record_id}"'
        if automation.once and run.record_id is not None and self._runs.count(unit, here, 1):
            return Refusal(
                status="skipped",
                reason=say("It ran for this record before, and it runs only once.", "已对该记录运行过；仅运行一次。"),
            )
        if limits.per_record is not None and run.record_id is not None:
            day = f"{here} and started_at > now() - days(1)"
            if self._runs.count(unit, day, limits.per_record) >= limits.per_record:
                return _too_often(
                    say("{count} times a day for one record", "每条记录每天 {count} 次"), limits.per_record
                )
        if limits.per_hour is not None:
            hour = f"{began} and started_at > now() - hours(1)"
            if self._runs.count(unit, hour, limits.per_hour) >= limits.per_hour:
                return _too_often(say("{count} times an hour", "每小时 {count} 次"), limits.per_hour)
        return None

    def condition(self, scene: Scene, automation: Automation) -> Refusal | None:
        """The condition that does not hold, with what the fields it names are."""
        if automation.entity is not None and scene.record is None:
            return Refusal(status="skipped", reason=say("The record is not there any more.", "记录已不存在。"))
        if automation.when is None or scene.holds(automation.when):
            return None
        known = self.values(scene, automation)
        return Refusal(
            status="skipped",
            reason=say(
                "The condition does not hold: {condition} ({values})",
                "条件不成立：{condition}（{values}）",
                condition=automation.when.text,
                values=", ".join(f"{name} = {value}" for name, value in known.items()) or "—",
            ),
        )

    def values(self, scene: Scene, automation: Automation) -> dict[str, str]:
        """What the fields in the condition are now, secrets aside."""
        found: dict[str, str] = {}
        if automation.when is None or scene.record is None or automation.entity is None:
            return found
        fields = self._ground.model.entities[automation.entity].fields
        for path in sorted(automation.when.dependencies):
            if path and path[0] in fields and not fields[path[0]].sensitive:
                found[".".join(path)] = _written(scene.record, path)
        return found


def _written(record: Any, path: tuple[str, ...]) -> str:
    """Records by their ids, lists by how many they are."""
    value = record
    for name in path:
        value = value.get(name) if hasattr(value, "get") else None
    return str(len(value)) if isinstance(value, list) else str(getattr(value, "id", value))


def _too_often(often: Text, count: int) -> Refusal:
    reason = say("It ran too often: at most {often}.", "运行过于频繁：最多{often}。", often=often.filled(count=count))
    return Refusal(status="stopped", reason=reason)


def _names(chain: list[str]) -> str:
    return " → ".join(mark.split("|")[0].partition(":")[2] for mark in chain)
