"""In charge of what somebody has: the look-ups that name him, and how many living records do.

Usual are those that mean that he has to act: owners, whoever records are assigned to, heads of departments, managers.
What belongs to a record (comments, files) goes with it; reminders that are still to come are handed on.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tenon.model import Entity, Field, Model

_LED = (("department", "head"), ("user", "manager"))
_REMINDER = "reminder"


@dataclass(frozen=True, kw_only=True)
class Holding:
    """`usual`: to be handed over unless somebody says otherwise. `where` narrows it to what is still open."""

    entity: Entity
    field: Field
    usual: bool
    where: str = ""

    @property
    def key(self) -> str:
        return f"{self.entity.name}.{self.field.name}"

    def condition(self, person: str) -> str:
        own = f'{self.field.name} == "{person}"'
        return f"{own} and ({self.where})" if self.where else own


def holdings_of(model: Model) -> list[Holding]:
    """Every look-up to a user that people fill in, usual ones first."""
    found = list(_all(model))
    return sorted(found, key=lambda holding: not holding.usual)


def _all(model: Model) -> Iterator[Holding]:
    assigned = {(one.entity, one.field) for one in model.assignments.values()}
    for entity in model.entities.values():
        for field in entity.fields.values():
            place = (entity.name, field.name)
            if field.target != "user" or field.system or field.read_only or field.type.computed:
                continue
            if entity.of_record or entity.name == "role_assignment":
                if entity.name == _REMINDER:
                    yield Holding(entity=entity, field=field, usual=True, where="is_blank(reminded_at)")
                continue
            owns = entity.owner_path == (field.name,)
            yield Holding(entity=entity, field=field, usual=owns or place in assigned or place in _LED)
