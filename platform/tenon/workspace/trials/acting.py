"""In charge of what happens in a test: each action goes through the doors, under the rights of whoever acts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import TenonError
from tenon.query import Aggregate, Query, Record
from tenon.workspace.trials.world import World

MOST = 500


@dataclass(kw_only=True)
class Outcome:
    """What came of an action: the record it was about, records listed or groups, or a refusal."""

    entity: str = ""
    record_id: str | None = None
    records: list[Record] | None = None
    groups: list[Record] | None = None
    refused: TenonError | None = None


class Acting:
    """One actor; `unit` is his own, in the transaction of the test."""

    def __init__(self, world: World, unit: UnitOfWork) -> None:
        self.world = world
        self.unit = unit
        self.access = Access.of(world.doors.model, unit.actor)
        self._verbs: Mapping[str, Callable[[Mapping[str, Any]], Outcome]] = {
            "create": self._create,
            "change": self._change,
            "move": self._move,
            "delete": self._delete,
            "restore": self._restore,
            "read": self._read,
            "list": self._list,
            "aggregate": self._aggregate,
        }

    def do(self, action: Mapping[str, Any]) -> Outcome:
        """A refusal undoes the action alone, and is an outcome like others."""
        verb = next(name for name in action if name in self._verbs)
        emitted = len(self.unit.events)
        try:
            with self.unit.connection.savepoint():
                return self._verbs[verb](action)
        except TenonError as error:
            del self.unit.events[emitted:]
            return Outcome(entity=self._entity(verb, action), refused=error)

    def _entity(self, verb: str, action: Mapping[str, Any]) -> str:
        target = str(action[verb])
        return target if verb in ("create", "list", "aggregate") else self.world.records.get(target, ("", ""))[0]

    def _create(self, action: Mapping[str, Any]) -> Outcome:
        entity = str(action["create"])
        values = self.world.resolved(entity, action.get("values", {}))
        stage = values.pop("stage", None)
        saved = self.world.doors.writer.create(self.unit, self.access, entity, values, stage=stage)
        if "called" in action:
            self.world.records[str(action["called"])] = (entity, saved.id)
        return Outcome(entity=entity, record_id=saved.id)

    def _change(self, action: Mapping[str, Any]) -> Outcome:
        entity, record_id = self.world.id_of(str(action["change"]))
        values = self.world.resolved(entity, action.get("values", {}))
        self.world.doors.writer.change(self.unit, self.access, entity, record_id, values, version=None)
        return Outcome(entity=entity, record_id=record_id)

    def _move(self, action: Mapping[str, Any]) -> Outcome:
        entity, record_id = self.world.id_of(str(action["move"]))
        values = self.world.resolved(entity, action.get("values", {}))
        self.world.doors.writer.move_stage(
            self.unit, self.access, entity, record_id, str(action["to"]), values=values, version=None
        )
        return Outcome(entity=entity, record_id=record_id)

    def _delete(self, action: Mapping[str, Any]) -> Outcome:
        entity, record_id = self.world.id_of(str(action["delete"]))
        self.world.doors.writer.delete(self.unit, self.access, entity, record_id, version=None)
        return Outcome(entity=entity, record_id=record_id)

    def _restore(self, action: Mapping[str, Any]) -> Outcome:
        entity, record_id = self.world.id_of(str(action["restore"]))
        self.world.doors.writer.restore(self.unit, self.access, entity, record_id)
        return Outcome(entity=entity, record_id=record_id)

    def _read(self, action: Mapping[str, Any]) -> Outcome:
        entity, record_id = self.world.id_of(str(action["read"]))
        self.world.doors.reader.one(self.unit, self.access, entity, record_id, select=("id",))
        return Outcome(entity=entity, record_id=record_id)

    def _list(self, action: Mapping[str, Any]) -> Outcome:
        query = Query(entity=str(action["list"]), select=("id",), where=action.get("where"), limit=MOST)
        page = self.world.doors.reader.list(self.unit, self.access, query)
        return Outcome(entity=query.entity, records=page.records)

    def _aggregate(self, action: Mapping[str, Any]) -> Outcome:
        request = Aggregate(
            entity=str(action["aggregate"]),
            group=tuple(action.get("group", ())),
            measures=tuple(action.get("measures", ("count()",))),
            where=action.get("where"),
            sort=tuple(action.get("group", ())),
        )
        groups = self.world.doors.reader.aggregate(self.unit, self.access, request)
        return Outcome(entity=request.entity, groups=groups)
