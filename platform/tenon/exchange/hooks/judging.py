"""In charge of whether a subscription wants to hear of an event: its entities, its kinds of events, its condition.

The condition is about the record as it was right after the change, whatever became of it until the event is handed
on, or sent again much later: what was changed since is taken back in thought.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from tenon.database import UnitOfWork
from tenon.errors import TenonError
from tenon.exchange.hooks.payloads import word_of
from tenon.expressions import BOOLEAN, Expression, compile_expression
from tenon.jobs import Event
from tenon.jobs.outbox import OUTBOX
from tenon.model import Entity, scope_of
from tenon.process.evaluation import Scene
from tenon.process.ground import Ground
from tenon.schema import SYSTEM_TABLES

HISTORY = SYSTEM_TABLES["history"]
_MOST_KNOWN = 1000


class Judge:
    """One for each assembled version."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._compiled: dict[tuple[str, str], Expression | None] = {}

    def wants(self, unit: UnitOfWork, hook: Mapping[str, Any], event: Event) -> bool:
        entity = self._ground.model.entities.get(event.entity)
        if entity is None or (hook["events"] and word_of(event) not in hook["events"]):
            return False
        if hook["entities"]:
            named = {self._ground.model.entities.present(name) for name in hook["entities"]}
            if event.entity not in named:
                return False
        elif not entity.history or entity.of_record:
            return False  # logs of the product itself are told only to those who ask for them
        return not hook["condition"] or self._holds(unit, hook["condition"], entity, event)

    def _holds(self, unit: UnitOfWork, text: str, entity: Entity, event: Event) -> bool:
        """A condition that makes no sense for this entity holds for none of its records."""
        condition = self._condition(text, entity.name)
        if condition is None:
            return False
        then = replace(unit, now=event.at)
        scene = self._ground.evaluation.scene(then, entity.name, event.record_id)
        if scene.record is None:
            return False
        try:
            return self._as_of(scene, entity, event).holds(condition)
        except TenonError:
            return False

    def _condition(self, text: str, entity: str) -> Expression | None:
        """Asked for each event; understood once."""
        key = (text, entity)
        if key not in self._compiled:
            if len(self._compiled) >= _MOST_KNOWN:
                self._compiled.clear()
            try:
                scope = scope_of(self._ground.model.entities, entity)
                self._compiled[key] = compile_expression(text, scope, expected=BOOLEAN)
            except TenonError:
                self._compiled[key] = None
        return self._compiled[key]

    def _as_of(self, scene: Scene, entity: Entity, event: Event) -> Scene:
        """The record at the version of the event: of each field changed later, what the first such change replaced."""
        known = scene.record.known or {} if scene.record is not None else {}
        if known.get("version") == event.version:
            return scene
        old: dict[str, Any] = {}
        for changes in _later(scene.unit, entity, event):
            for once, pair in changes.items():
                name = entity.fields.present(once)
                if name is not None and not entity.fields[name].sensitive:
                    old.setdefault(name, pair[0])
        return scene.over({name: _parsed(entity, name, raw) for name, raw in old.items()})


def _later(unit: UnitOfWork, entity: Entity, event: Event) -> Iterator[Mapping[str, Any]]:
    """Field → [old, new] of each change after the event, the first one first."""
    columns = HISTORY.c
    if entity.history:
        query = sa.select(columns.changes).where(
            columns.entity == event.entity,
            columns.record_id == event.record_id,
            columns.version > event.version,
            columns.operation == "changed",
        )
        yield from (row[0] for row in unit.connection.execute(query.order_by(columns.version)))
        return
    kept = OUTBOX.c
    found = sa.select(kept.payload).where(
        kept.id > event.id, kept.record_id == event.record_id, kept.kind == "record.changed"
    )
    for (payload,) in unit.connection.execute(found.order_by(kept.id)):
        if payload["version"] > event.version:
            yield payload["data"].get("changed", {})


def _parsed(entity: Entity, name: str, raw: Any) -> Any:
    return None if raw is None else entity.fields[name].type.parse(raw)
