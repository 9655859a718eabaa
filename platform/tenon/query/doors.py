"""In charge of what the parts of this package need of the reader: its model, and plans made once."""

from collections.abc import Callable, Hashable
from typing import Protocol, TypeVar

from tenon.access import Access
from tenon.database import DialectName
from tenon.model import Model
from tenon.query.memory import Memory
from tenon.query.scope import Understanding
from tenon.query.statement import Statement

P = TypeVar("P")


class Door(Protocol):
    @property
    def model(self) -> Model: ...

    @property
    def dialect(self) -> DialectName: ...

    @property
    def understanding(self) -> Understanding: ...

    @property
    def foreign(self) -> Memory[Hashable, bool]:
        """Aggregates that met another currency than a field's own: a memory to be quicker by, not to rely on."""
        ...

    def plan(self, key: Hashable, access: Access, make: Callable[[Statement], P]) -> P:
        """The remembered plan for `key` under these rights, made now if there is none."""
        ...
