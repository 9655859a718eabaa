"""In charge of reading along paths: whether all that a formula or a relationship passes through may be read.

A formula must not tell what its reader may not see, so it is readable when everything it reads is.
"""

from typing import Literal, Protocol

from tenon.expressions import Path
from tenon.model import Field, Model, Permit


class ReadPermits(Protocol):
    def permit(self, entity: str, operation: Literal["read"]) -> Permit: ...

    def field_permit(self, entity: str, field: str, operation: Literal["read"]) -> Permit: ...


class Reading:
    """Answers about paths for one shape. Conditions on single records do not matter here: SQL applies them."""

    def __init__(self, model: Model, permits: ReadPermits) -> None:
        self._model = model
        self._permits = permits

    def computed(self, field: Field) -> bool:
        """Whether every path that the expression of this field reads may be read."""
        return field.value is None or all(self.path(field.entity, path) for path in field.value.dependencies)

    def path(self, entity: str, path: Path) -> bool:
        """Whether each step may be read; `stage.kind` and the like end at the field."""
        at: str | None = entity
        for name in path:
            if at is None:
                return True
            definition = self._model.entities[at]
            if name in definition.fields:
                if not self._field(at, name):
                    return False
                at = at if name == "id" else definition.fields[name].leads_to
            elif name in definition.relationships and self.relationship(at, name):
                at = definition.relationships[name].entity
            else:
                return False
            if at is not None and not self._entity(at):
                return False
        return True

    def relationship(self, entity: str, name: str) -> bool:
        """Whether the far records, the link records and the look-ups between them may be read."""
        end = self._model.entities[entity].relationships[name]
        if not self._entity(entity) or not self._entity(end.entity):
            return False
        if end.through is None:
            return self._field(end.entity, end.field)
        linked = self._entity(end.through) and self._field(end.through, end.field)
        return linked and end.far_field is not None and self._field(end.through, end.far_field)

    def _entity(self, name: str) -> bool:
        return self._permits.permit(name, "read") is not False

    def _field(self, entity: str, name: str) -> bool:
        return self._permits.field_permit(entity, name, "read") is not False
