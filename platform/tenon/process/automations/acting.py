"""In charge of whom a run acts as: whoever set it off, the owner of the record, or the system, with the reason said."""

from dataclasses import dataclass, replace

from tenon.access import Access
from tenon.actors import Actor
from tenon.database import Cause, UnitOfWork
from tenon.errors import Forbidden
from tenon.process.automations.runs import Run
from tenon.process.evaluation import Ref, Scene, unpacked
from tenon.process.ground import Ground
from tenon.records import RecordFacts
from tenon.texts import say


@dataclass(frozen=True, kw_only=True)
class Part:
    """The unit and the rights under which the steps of a run are done."""

    unit: UnitOfWork
    access: Access


def acting(ground: Ground, unit: UnitOfWork, run: Run) -> Part:
    """The events of `unit`, in the name of another. Raises Forbidden when that person does not work here any more."""
    actor = _actor(ground, unit, run)
    ours = replace(unit, actor=actor, cause=Cause(run.id, run.depth))
    return Part(unit=ours, access=ground.access(actor))


def scene_of(ground: Ground, unit: UnitOfWork, run: Run, items: dict[str, Ref]) -> Scene:
    """The record as it is now, and what stands around the present step."""
    state = run.state
    roots = {name: unpacked(root) for name, root in state.get("roots", {}).items()}
    roots["steps"] = unpacked(state.get("results", {}))
    scene = ground.evaluation.scene(
        unit,
        run.entity,
        run.record_id,
        roots=roots,
        old=_old(ground, run),
        is_new=bool(state.get("is_new")),
    )
    return scene.beside(**{name: scene.find(ref) for name, ref in items.items()})


def _actor(ground: Ground, unit: UnitOfWork, run: Run) -> Actor:
    reason = f"automation: {run.label}"
    person = run.actor_id if run.run_as == "actor" else _owner(ground, unit, run) if run.run_as == "owner" else None
    if person is None:
        return ground.system(reason)
    found = ground.actors(unit.connection, person, unit.now)
    if found is None:
        raise Forbidden(
            say(
                "The person this acts for does not work here any more.",
                "该自动化所代表的人员已离职。",
            ),
            hint=say(
                "Give the record another owner, or let it run as the system.", "请更换负责人，或改为以系统身份运行。"
            ),
        )
    return replace(found, reason=reason)


def _owner(ground: Ground, unit: UnitOfWork, run: Run) -> str | None:
    """Of the record; the system acts where nobody owns it."""
    if run.entity is None or run.record_id is None:
        return None
    path = ground.model.entities[run.entity].owner_path
    here: object = ground.writer.facts(unit).stored(run.entity, run.record_id)
    for name in path or ():
        here = here.get(name) if isinstance(here, RecordFacts) else None
    return here.id if isinstance(here, RecordFacts) and path else None


def _old(ground: Ground, run: Run) -> dict[str, object] | None:
    """Field → what it was, for those that the event says have changed; what cannot be read now is left as it was."""
    before = run.state.get("old")
    if before is None or run.entity is None:
        return None
    fields = ground.model.entities[run.entity].fields
    return {
        name: None if raw is None else fields[name].type.parse(raw)
        for name, raw in before.items()
        if name in fields and not fields[name].sensitive
    }
