"""In charge of the records and people of one test: made by the system, called by their aliases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenon.access import Access
from tenon.actors import Actor
from tenon.database import UnitOfWork
from tenon.errors import Conflict, TenonError
from tenon.exchange.references import find_any, find_by_words
from tenon.model import Trial, TrialSuite
from tenon.records import ImportOptions, PastStage
from tenon.texts import say
from tenon.workspace.assembly import Assembled

ME = "me"
_USER = "user"
Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A record to be made. `roles` are those of a person."""

    entity: str
    alias: str
    values: Values
    roles: tuple[str, ...] = ()


class World:
    """`records` maps an alias to entity and id; `actor` is who acts."""

    def __init__(self, doors: Assembled, unit: UnitOfWork) -> None:
        self.doors = doors
        self.unit = unit
        self.access = Access.of(doors.model, unit.actor)
        self.records: dict[str, tuple[str, str]] = {}
        self.actor: Actor = unit.actor

    def furnish(self, suite: TrialSuite, trial: Trial) -> None:
        """Make everything the test is given. Raises TenonError for what cannot be made."""
        people = {**suite.people, **_stranger(trial, suite)}
        wanted = [_person(alias, values) for alias, values in people.items()]
        for given in (suite.given, trial.given):
            wanted += [Wanted(entity=e, alias=a, values=v) for e, items in given.items() for a, v in items.items()]
        self._make_all(wanted)
        if trial.who is not None:
            self.actor = self._person(trial.who if trial.who in people else ME)

    def id_of(self, alias: str) -> tuple[str, str]:
        """Entity and id. Raises Conflict for an alias nothing stands behind: an action before failed to make it."""
        if alias not in self.records:
            raise Conflict(say("Nothing is called “{alias}”.", "没有名为“{alias}”的记录。", alias=alias))
        return self.records[alias]

    def resolved(self, entity: str, values: Values) -> dict[str, Any]:
        """With ids for the aliases, keys and titles that stand in look-ups."""
        fields = self.doors.model.entity(entity).fields
        ready = dict(values)
        for name, value in values.items():
            target = fields[name].leads_to if name in fields else None
            if name in fields and fields[name].entities is not None and isinstance(value, str):
                ready[name] = self._any_target(value)
            if target is not None and isinstance(value, str):
                ready[name] = self._target(target, value)
            elif target is not None and isinstance(value, (list, tuple)):
                ready[name] = [self._target(target, str(each)) for each in value]
        return ready

    def _target(self, entity: str, word: str) -> str:
        if word in self.records:
            return self.records[word][1]
        found = find_by_words(self.unit, self.access, self.doors.reader, entity, {word})
        return found.ids.get(word, word)

    def _any_target(self, word: str) -> str:
        """An alias, or `account:Acme`."""
        if word in self.records:
            return ":".join(self.records[word])
        return find_any(self.unit, self.access, self.doors.reader, {word}).ids.get(word, word)

    def _make_all(self, wanted: list[Wanted]) -> None:
        """Each after those it refers to; what refers to one another in a circle is refused by the door."""
        waiting = list(wanted)
        while waiting:
            open_ones = {item.alias for item in waiting}
            ready = [item for item in waiting if not self._needs(item) & (open_ones - {item.alias})] or waiting[:1]
            for item in ready:
                self._make(item)
            waiting = [item for item in waiting if item not in ready]

    def _needs(self, item: Wanted) -> set[str]:
        fields = self.doors.model.entity(item.entity).fields
        leading = {name for name, one in fields.items() if one.leads_to is not None or one.entities is not None}
        named = (value for name, value in item.values.items() if name in leading)
        return {str(each) for value in named for each in (value if isinstance(value, (list, tuple)) else (value,))}

    def _make(self, item: Wanted) -> None:
        values = self.resolved(item.entity, item.values)
        stage = values.pop("stage", None)
        past = {0: (PastStage(stage=stage, entered_at=self.unit.now),)} if stage else {}
        (outcome,) = self.doors.writer.create_many(
            self.unit, self.access, item.entity, [values], as_import=ImportOptions(stages=past)
        )
        if outcome.saved is None:
            raise outcome.error or TenonError(say("The record was refused.", "记录被拒绝。"))
        self.records[item.alias] = (item.entity, outcome.saved.id)
        for role in item.roles:
            assignment = {"person": outcome.saved.id, "role": role}
            self.doors.writer.create(self.unit, self.access, "role_assignment", assignment)

    def _person(self, alias: str) -> Actor:
        _entity, user_id = self.records[alias]
        found = self.doors.identities.by_id(self.unit.connection, user_id, self.unit.now)
        if found is None:
            raise Conflict(say("“{name}” may not sign in.", "“{name}”无法登录。", name=alias))
        return found.actor


def _stranger(trial: Trial, suite: TrialSuite) -> dict[str, Values]:
    """Who acts when he is no person of the suite: `me`."""
    if trial.who is None or (isinstance(trial.who, str) and trial.who in suite.people):
        return {}
    return {ME: {"roles": [trial.who]} if isinstance(trial.who, str) else trial.who}


def _person(alias: str, values: Values) -> Wanted:
    plain = {"name": alias.replace("_", " ").capitalize(), "email": f"{alias}@example.com", "active": True}
    own = {name: value for name, value in values.items() if name != "roles"}
    return Wanted(entity=_USER, alias=alias, values={**plain, **own}, roles=tuple(values.get("roles", ())))
