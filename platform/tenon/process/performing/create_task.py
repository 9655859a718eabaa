"""In charge of the action “task”: somebody gets something to do, tied to the record."""

from tenon.errors import InvalidInput, Unavailable
from tenon.model import Entity
from tenon.process.evaluation import packed
from tenon.process.performing.base import Answer, Doing, Done, Performer, performer
from tenon.process.performing.wait import instant_of
from tenon.texts import say

TASK = "task"


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
        people = doing.ground.people.active(doing.unit, doing.people("to"))
        if not people:
            raise InvalidInput(say("Nobody was found who could do it.", "未找到可承担任务的人员。"))
        system = doing.ground.access(doing.ground.system(doing.unit.actor.reason or doing.origin))
        for person in people:
            doing.ground.writer.create(doing.unit, system, TASK, _values(doing, entity, person))
        return Done(touched=len(people), outcome=list(people))


def _values(doing: Doing, entity: Entity, person: str) -> dict[str, object]:
    due = instant_of(doing.value("due"), doing.display.timezone)
    known = {
        entity.title: (doing.words("title") or "")[:200],
        "notes": doing.words("help"),
        "owner": person,
        "due": None if due is None else packed(due)["$instant"],
        "about": None if doing.record is None else f"{doing.record.entity}:{doing.record.id}",
    }
    return {name: value for name, value in known.items() if name in entity.fields and value is not None}
