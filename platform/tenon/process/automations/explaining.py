"""In charge of “why, and why not”: whether an automation would run for a record now, and what its last runs say."""

from collections.abc import Mapping
from dataclasses import dataclass

from tenon.database import UnitOfWork
from tenon.model import Automation
from tenon.process.automations.admission import Admission
from tenon.process.automations.runs import Run, Runs
from tenon.process.ground import Ground
from tenon.texts import Text, say


@dataclass(frozen=True, kw_only=True)
class Check:
    """One of the things that must be so; `says` is what was found."""

    name: Text
    holds: bool
    says: Text


@dataclass(frozen=True, kw_only=True)
class Why:
    """`would_run`: when one of its triggers fires now. `values` are the fields in the condition, as they are now."""

    automation: str
    label: Text
    would_run: bool
    triggers: tuple[str, ...]
    checks: tuple[Check, ...]
    values: Mapping[str, str]
    runs: tuple[Run, ...]


def explain(ground: Ground, runs: Runs, unit: UnitOfWork, automation: Automation, record_id: str | None) -> Why:
    """The triggers themselves are not judged: whether one fires is up to what happens."""
    admission = Admission(ground, runs)
    place = f"automation:{automation.name}"
    asked = Run(
        id="",
        place=place,
        label=automation.name,
        trigger="",
        entity=automation.entity,
        record_id=record_id,
        actor_id=None,
        run_as=automation.run_as,
        started_at=unit.now,
    )
    scene = ground.evaluation.scene(unit, automation.entity, record_id, roots={"trigger": {}})
    fine = say("yes", "是")
    checks = tuple(
        Check(name=name, holds=refusal is None, says=fine if refusal is None else refusal.reason)
        for name, refusal in (
            (say("Not paused", "未暂停"), admission.rest(unit, automation)),
            (say("Condition", "条件"), admission.condition(scene, automation)),
            (say("Limits", "限制"), admission.limits(unit, asked, automation)),
        )
    )
    where = f'automation == "{place}"' + (f' and record_id == "{record_id}"' if record_id else "")
    last = runs.some(unit, where, 10) if runs.kept else []
    return Why(
        automation=automation.name,
        label=automation.label,
        would_run=all(check.holds for check in checks),
        triggers=tuple(automation.on),
        checks=checks,
        values=admission.values(scene, automation),
        runs=tuple(last),
    )
