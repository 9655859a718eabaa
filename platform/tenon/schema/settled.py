"""In charge of what needs no second look: entities that were placed before, and found all they need where it was.

A plan looks at every entity, and of most nothing changed. An entity of a compilation is never changed and is shared
with the next one; so as long as its lines of the ledger, and the tables it points to, are the same, placing it again
would lead to the same lines. What is remembered goes with the entity.
"""

import weakref

from tenon.model import Entity
from tenon.schema.ledger import Entry

Surroundings = tuple[tuple[Entry, ...], tuple[str, ...]]
"""The lines of its table, and the tables of what its fields point to."""


class Settled:
    """Entities by identity: two that are equal may yet be of different compilations."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Entity], Surroundings]] = {}

    def holds(self, entity: Entity, surroundings: Surroundings) -> bool:
        """Whether placing it in these surroundings changed nothing the last time."""
        found = self._known.get(id(entity))
        return found is not None and found[0]() is entity and found[1] == surroundings

    def note(self, entity: Entity, surroundings: Surroundings) -> None:
        key = id(entity)
        self._known[key] = (weakref.ref(entity, lambda _gone: self._known.pop(key, None)), surroundings)
