"""In charge of what was: the names and types things had in the model before."""

from collections.abc import Iterable

from tenon.model import Entity, Field, Model
from tenon.schema.ledger import Entry, Ledger


class Former:
    """The model before, asked by what a column or an entity is today."""

    def __init__(self, model: Model | None, ledger: Ledger) -> None:
        self.model = model
        self._ledger = ledger

    def field_at(self, entry: Entry) -> Field | None:
        """The field that lived in a column."""
        entity, _dot, rest = entry.path.partition(".")
        known = self.model.entities.get(entity) if self.model is not None else None
        return known.fields.get(rest.partition(".")[0]) if known is not None else None

    def entity_at(self, table: str) -> Entity | None:
        """The entity that lived in a table."""
        entry = self._ledger.at(("entity", table, ""))
        return self.model.entities.get(entry.path) if self.model is not None and entry is not None else None

    def names_of(self, entity: Entity, field: str) -> tuple[str, ...]:
        """What fields were called that said they were once called `field`: a rename that is taken back."""
        found = self._entity(entity)
        return tuple(each.name for each in found.fields.values() if field in each.was) if found is not None else ()

    def takes_back(self, entity: Entity, field: Field) -> bool:
        """Whether a field returns to the name it gave up, which somebody else's field has had since."""
        found = self._entity(entity)
        if found is None or not self._is_anothers(found, field):
            return False
        left = (found.fields[name] for name in self.names_of(entity, field.name) if name not in entity.fields)
        return any(each.module == field.module for each in left)

    def claims(self, entity: Entity, columns: Iterable[Entry]) -> dict[str, str]:
        """Names whose values go with another field, because somebody else's is called so now: name → who has them.

        `was` says so once: as long as the table, whose `columns` may be live or retired, never knew the field that
        says it.
        """
        found, before = dict[str, str](), self._entity(entity)
        if before is None or not any(old in entity.fields for field in entity.fields.values() for old in field.was):
            return found
        states: dict[str, set[str]] = {}
        for entry in columns:
            states.setdefault(entry.path.partition(".")[2].partition(".")[0], set()).add(entry.state)
        for field in entity.fields.values():
            for old in field.was if field.name not in states else ():
                live = "live" in states.get(old, ()) and old in entity.fields
                if live and self._is_anothers(before, entity.fields[old]):
                    found.setdefault(old, field.name)
        return found

    def _entity(self, entity: Entity) -> Entity | None:
        known = self.model.entities if self.model is not None else {}
        return next((known[name] for name in (entity.name, *entity.was) if name in known), None)

    @staticmethod
    def _is_anothers(before: Entity, field: Field) -> bool:
        """Whether the name was that of a field somebody else brought: only that tells the two apart."""
        known = before.fields.get(field.name)
        return known is not None and known.module != field.module
