"""In charge of the service: a preview of what somebody has, and the hand-over in bounded portions after he was closed.

The person is closed at once, so that nothing new comes to him; tasks of approvals are handed on in the same
transaction, records by jobs. What cannot be written is told to whoever asked, and stays for him to settle.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from tenon.access import Access
from tenon.actors import Actor
from tenon.database import UnitOfWork
from tenon.errors import Conflict, Forbidden, NotFound, TenonError, UnknownName
from tenon.ids import is_id
from tenon.jobs import Duty, Job
from tenon.process.ground import Ground
from tenon.process.leaving.holdings import Holding, holdings_of
from tenon.process.notifying import Notice
from tenon.process.parts import Part
from tenon.query import Query
from tenon.records import locks_on, put_lock
from tenon.texts import say

MOVE = "leavers.move"
PORTION = 100
MOST_TASKS = 500
NOBODY = "-"
"""Instead of a successor: the look-ups stay as they are."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """`counts` in the order of holdings; those without records are left out. `tasks` are open tasks of approvals."""

    person: str
    name: str
    active: bool
    counts: Sequence[tuple[Holding, int]]
    tasks: int

    @property
    def open(self) -> int:
        """What he would leave behind."""
        return self.tasks + sum(count for holding, count in self.counts if holding.usual)


class Leavers(Part):
    """One for each assembled version."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._holdings = {holding.key: holding for holding in holdings_of(ground.model)}

    def duties(self) -> Mapping[str, Duty]:
        return {MOVE: Duty(perform=self._perform)}

    def preview(self, unit: UnitOfWork, access: Access, person: str) -> Preview:
        """For administrators. Raises Forbidden, NotFound."""
        _require(access)
        record = self._ground.reader.one(unit, access, "user", person, ("name", "active"))
        system, rights = self._as_system(unit, "what somebody has")
        counts = []
        for holding in self._holdings.values():
            query = Query(entity=holding.entity.name, where=holding.condition(person))
            count = self._ground.reader.count(system, rights, query).value
            counts += [(holding, count)] if count else []
        tasks = len(self._tasks(unit, person))
        return Preview(
            person=person, name=str(record["name"]), active=bool(record["active"]), counts=counts, tasks=tasks
        )

    def leave(
        self, unit: UnitOfWork, access: Access, person: str, to: str, others: Mapping[str, str] | None = None
    ) -> None:
        """Close the person and hand everything usual to `to`; `others`: holding → another successor, or NOBODY.

        A holding that is not usual goes only where `others` says so. Raises Forbidden, NotFound, Conflict, UnknownName.
        """
        _require(access)
        self._ground.reader.one(unit, access, "user", person, ("id",))
        others = dict(others or {})
        for key in others:
            if key not in self._holdings:
                raise UnknownName.among(key, self._holdings, where="others")
        successors = {each for each in (to, *others.values()) if each != NOBODY}
        if person == access.actor.id:
            raise Conflict(say("You cannot close yourself.", "不能停用自己。"))
        if person in successors:
            raise Conflict(say("Nobody is their own successor.", "不能将自己指定为接任者。"))
        if len(self._ground.people.active(unit, sorted(successors))) != len(successors):
            raise Conflict(say("A successor does not work here.", "接任者不在职。"))
        self._hand_on_tasks(unit, access, person, to)
        system, rights = self._as_system(unit, "a person left")
        self._ground.writer.change(system, rights, "user", person, {"active": False}, version=None)
        plan = {holding.key: others.get(holding.key, to if holding.usual else NOBODY) for holding in self._all()}
        payload = {"person": person, "plan": plan, "by": access.actor.id}
        unit.emit(Job(name=MOVE, payload=payload, line=f"leaver:{person}"))

    def _all(self) -> list[Holding]:
        return list(self._holdings.values())

    def _perform(self, unit: UnitOfWork, job: Job) -> None:
        """One portion of one look-up, then on."""
        person, plan = str(job.payload["person"]), dict(job.payload["plan"])
        waiting = [key for key in plan if key in self._holdings and plan[key] != NOBODY]
        place = int(job.payload.get("place", 0))
        refused = int(job.payload.get("refused", 0))
        if place >= len(waiting):
            self._finish(unit, person, job.payload.get("by"), refused)
            return
        holding = self._holdings[waiting[place]]
        after, failed = self._portion(unit, holding, person, plan[holding.key], job.payload.get("after"))
        following = {
            **job.payload,
            "place": place if after is not None else place + 1,
            "after": after,
            "refused": refused + failed,
        }
        unit.emit(Job(name=MOVE, payload=following, line=job.line, key=f"{job.id}:next"))

    def _portion(
        self, unit: UnitOfWork, holding: Holding, person: str, to: str, after: str | None
    ) -> tuple[str | None, int]:
        """Where to go on, and how many could not be written."""
        system, rights = self._as_system(unit, self._reason(unit, person))
        query = Query(
            entity=holding.entity.name,
            select=("id",),
            where=holding.condition(person),
            sort=("id",),
            limit=PORTION,
            after=after,
        )
        page = self._ground.reader.list(system, rights, query)
        # Nobody leads himself: a successor who was led by the leaver is led by the leaver's manager.
        above = next(iter(self._ground.people.of(unit).managers(person)), None) if holding.key == "user.manager" else to
        above = None if holding.key == "user.manager" and above == to else above
        failed = 0
        for record in page.records:
            told_so_far = len(unit.events)
            successor = above if record["id"] == to else to
            values = {holding.field.name: successor}
            try:
                with unit.connection.savepoint(), self._opened(system, holding, record["id"]):
                    self._ground.writer.change(system, rights, holding.entity.name, record["id"], values, version=None)
            except TenonError:
                del unit.events[told_so_far:]
                failed += 1
        return page.next, failed

    @contextmanager
    def _opened(self, unit: UnitOfWork, holding: Holding, record_id: str) -> Iterator[None]:
        """A request for an approval goes on with another owner: its lock opens for this one field, and closes again."""
        entity = holding.entity.name
        locks = locks_on(unit, entity, record_id) if self._lockable(entity) else []
        for lock in locks:
            mine = lock.open_to.get(unit.actor.id or "", ())
            open_to = {**lock.open_to, unit.actor.id or "": (*mine, holding.field.name)}
            put_lock(unit, replace(lock, open_to=open_to))
        yield
        for lock in locks:
            put_lock(unit, lock)

    def _lockable(self, entity: str) -> bool:
        return any(approval.entity == entity for approval in self._ground.model.approvals.values())

    def _finish(self, unit: UnitOfWork, person: str, by: Any, refused: int) -> None:
        if not is_id(by):
            return
        name = self._name(unit, person)
        if refused:
            title = say(
                "{count} records of {name} could not be handed over; look at them one by one.",
                "{name} 的 {count} 条记录未能移交，请逐条处理。",
                count=refused,
                name=name,
            )
        else:
            title = say("Everything of {name} was handed over.", "{name} 的全部事项已移交。", name=name)
        notice = Notice(title=title, kind="trouble" if refused else "other", entity="user", record_id=person)
        self._ground.service("notifying").tell(unit, [str(by)], notice, cause=f"leaver:{person}")

    def _hand_on_tasks(self, unit: UnitOfWork, access: Access, person: str, to: str) -> None:
        tasks = self._tasks(unit, person)
        if tasks:
            approvals = self._ground.service("approvals")
            words = say("The person left.", "此人已离职。").in_(self._ground.model.workspace.language)
            for task in tasks:
                told_so_far = len(unit.events)
                try:
                    with unit.connection.savepoint():
                        approvals.reassign(unit, access, task, to, words)
                except TenonError:
                    # A successor who may not decide it (or read the record): as of any who left, it goes to the manager
                    # or an administrator once the person is closed.
                    del unit.events[told_so_far:]

    def _tasks(self, unit: UnitOfWork, person: str) -> list[str]:
        if "approval_task" not in self._ground.model.entities:
            return []
        where = f'person == "{person}" and status == "open"'
        query = Query(entity="approval_task", select=("id",), where=where, limit=MOST_TASKS)
        system, rights = self._as_system(unit, "tasks of somebody")
        return [record["id"] for record in self._ground.reader.list(system, rights, query).records]

    def _reason(self, unit: UnitOfWork, person: str) -> str:
        text = say("{name} left", "{name} 离职移交", name=self._name(unit, person))
        return text.in_(self._ground.model.workspace.language)

    def _name(self, unit: UnitOfWork, person: str) -> str:
        system, rights = self._as_system(unit, "the name of somebody")
        try:
            return str(self._ground.reader.one(system, rights, "user", person, ("name",))["name"])
        except NotFound:
            return "…"

    def _as_system(self, unit: UnitOfWork, reason: str) -> tuple[UnitOfWork, Access]:
        """The history names whoever asked, if there is one."""
        actor = self._ground.system(reason)
        shown: Actor = actor if unit.actor.is_system else replace(unit.actor, reason=reason)
        return replace(unit, actor=shown), self._ground.access(actor)


def _require(access: Access) -> None:
    if not access.administers or (access.shape.scopes is not None and not access.configures("update")):
        raise Forbidden(
            say("Only administrators hand over what somebody has.", "仅管理员可办理离职移交。"),
            hint=say("Ask an administrator.", "请联系管理员。"),
        )
