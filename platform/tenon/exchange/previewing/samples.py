"""In charge of a record made up from the metadata, so that a template can be looked at before there is any record.

Texts are the labels of their fields, so that everybody sees where a value will stand; children are three.
"""

from collections.abc import Mapping
from typing import Any

from tenon.expressions import Expression
from tenon.fields import FieldType, InvalidValue, Reference
from tenon.ids import new_id
from tenon.model import Entity, Field, Relationship
from tenon.model.moves import stages_of
from tenon.process.seeing import Group, Seen, Sight, View
from tenon.texts import ENGLISH

_CHILDREN = 3
_WORDS = frozenset(("text", "long_text"))


class SampleSight(Sight):
    """`language` is that of the labels. Nothing is read from the database, and nothing is hidden."""

    language: str = ENGLISH

    def group(self, entity: Entity) -> "SampleGroup":
        return SampleGroup(self, entity)

    def sample(self, entity: str | None) -> View:
        return self.view(entity, None if entity is None else new_id())


class SampleGroup(Group):
    def __init__(self, sight: Sight, entity: Entity) -> None:
        super().__init__(sight, entity)
        self.readable = frozenset(entity.fields)

    def reads(self, relationship: str) -> bool:
        return relationship in self.entity.relationships

    def load(self) -> None:
        for place, member in enumerate(self.members.values(), 1):
            if member.known is None:
                member.known = _Values(self, member, self._values(member, place))

    def bear(self, relationship: Relationship) -> Mapping[str, list[Seen]]:
        group = self.sight.group(self.sight.ground.model.entities[relationship.entity])
        return {identity: [group.add(new_id()) for _each in range(_CHILDREN)] for identity in self.members}

    def _values(self, member: Seen, place: int) -> dict[str, Any]:
        plain = {name: self._value(field, place) for name, field in self.entity.fields.items() if field.value is None}
        return {**plain, "id": member.id}

    def _value(self, field: Field, place: int) -> Any:
        language = self.sight.language if isinstance(self.sight, SampleSight) else ENGLISH
        kind = field.type
        if field.name == "stage":
            return next(iter(stages_of(self.entity)), None)
        if field.target is not None:
            return Reference(new_id(), field.label.in_(language))
        if field.members is not None:
            return [Reference(new_id(), field.label.in_(language))]
        if kind.key in _WORDS:
            label = field.label.in_(language)
            return label if place == 1 else f"{label} {place}"
        return _told(kind)


class _Values(dict[str, Any]):
    """Formulas and roll-ups are computed of what was made up, when somebody asks."""

    def __init__(self, group: SampleGroup, member: Seen, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self._group = group
        self._member = member

    def get(self, name: str, otherwise: Any = None) -> Any:
        field = self._group.entity.fields.get(name)
        if name not in self and field is not None and field.value is not None:
            self[name] = None  # whoever asks meanwhile has come in a circle
            self[name] = field.type.from_expression(self._result(field.value))
        return super().get(name, otherwise)

    def _result(self, formula: Expression) -> Any:
        sight = self._group.sight
        view = View(sight=sight, record=self._member, roots={"record": self._member})
        return view.value(formula)


def _told(kind: FieldType) -> Any:
    """The first example that says something."""
    for example in kind.examples():
        try:
            value = kind.parse(example)
        except InvalidValue:
            continue
        if value is not None and kind.expression_value(value) not in (0, "", False):
            return value
    return None
