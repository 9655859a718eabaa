"""In charge of the action “task”: somebody gets something to do, tied to the record."""

from datetime import date, datetime, timedelta

from tenon.access import Access
from tenon.errors import InvalidInput, NotFound, Unavailable
from tenon.model import Entity
from tenon.process.evaluation import Ref, packed
from tenon.process.performing.base import Answer, Doing, Done, Performer, performer
from tenon.process.performing.wait import instant_of
from tenon.texts import say

TASK = "task"
MINUTE = timedelta(minutes=1)


@performer("task")
class CreateTask(Performer):
    def perform(self, doing: Doing) -> Answer:
        """One task for each person; made by the system, since whoever sets it off need not see others' tasks."""
        entity = doing.ground.model.entities.get(TASK)
        if entity is None:
            raise Unavailable(
                say("There is no entity “{name}” here.", "此工作区没有实体“{name}”。", name=TASK),
                hint=say("Add a module that brings tasks.", "请添加提供任务的模块。"),
            )
        people = _people(doing)
        if not people:
            raise InvalidInput(say("Nobody was found who could do it.", "未找到可承担任务的人员。"))
        system = doing.ground.access(doing.ground.system(doing.unit.actor.reason or doing.origin))
        old = _open(doing, entity, system)
        if old is not None:
            values = _values(doing, entity, people[0])
            doing.ground.writer.change(doing.unit, system, TASK, old, values, version=None)
            return Done(touched=1, gives=Ref(entity=TASK, id=old), outcome=[people[0]])
        made = [doing.ground.writer.create(doing.unit, system, TASK, _values(doing, entity, each)) for each in people]
        return Done(touched=len(made), gives=Ref(entity=TASK, id=made[0].id), outcome=list(people))


def _people(doing: Doing) -> tuple[str, ...]:
    """Who works here; nobody gets the same task twice, though he stands in for another."""
    known = doing.ground.people
    people = known.active(doing.unit, doing.people("to")) or known.active(doing.unit, doing.people("otherwise"))
    return known.standing_in(doing.unit, people) if doing.option("absent") == "delegate" else people


def _open(doing: Doing, entity: Entity, access: Access) -> str | None:
    """The task to change instead, when it is there and still to be done."""
    named = doing.value("change")
    if named is None:
        return None
    select = ("id", *(("done",) if "done" in entity.fields else ()))
    try:
        found = doing.ground.reader.one(doing.unit, access, TASK, str(getattr(named, "id", named)), select)
    except NotFound:
        return None
    return None if found.get("done") else str(found["id"])


def _due(doing: Doing) -> datetime | None:
    """A day is over when it ends."""
    due = doing.value("due")
    if not isinstance(due, date) or isinstance(due, datetime):
        return due
    end = instant_of(due + timedelta(days=1), doing.display.timezone)
    return None if end is None else end - MINUTE


def _values(doing: Doing, entity: Entity, person: str) -> dict[str, object]:
    due, about = _due(doing), doing.value("about") or doing.record
    known = {
        entity.title: (doing.words("title") or "")[:200],
        "notes": doing.words("help"),
        "owner": person,
        "due": None if due is None else packed(due)["$instant"],
        "about": None if about is None else f"{about.entity}:{about.id}",
    }
    return {name: value for name, value in known.items() if name in entity.fields and value is not None}
