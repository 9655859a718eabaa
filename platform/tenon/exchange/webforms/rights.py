"""In charge of what a web form may do: make records of one entity with the fields it names, and nothing else.

It reads nothing. Where the form's own metadata, never the visitor, names a record (an owner, a region by default), that
such a record is there may be found out by writing, and nothing of it be seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tenon.access import Access, AccessShape
from tenon.actors import Actor
from tenon.model import Entity, FieldGrant, Grant, Model, Names, Permit, Role
from tenon.model.outreach import WebForm

OWNER = "owner"


@dataclass(frozen=True, kw_only=True)
class FormRights:
    """Shapes are made once for each form of a model, for they are keys of what is remembered of statements."""

    model: Model
    creating: AccessShape
    changing: AccessShape

    @classmethod
    def of(cls, model: Model, form: WebForm) -> "FormRights":
        entity = model.entities[form.entity]
        named = {OWNER} if form.assign is not None and OWNER in entity.fields else set()
        fields = {question.field for question in form.fields.values()} | set(form.defaults) | named
        if form.consent is not None and form.consent.field is not None:
            fields.add(form.consent.field)
        return cls(
            model=model,
            creating=AccessShape.of_role(model, _role(model, form, entity, fields, change=False)),
            changing=AccessShape.of_role(model, _role(model, form, entity, fields, change=True)),
        )

    def create(self, actor: Actor) -> Access:
        return Access(self.model, actor, self.creating)

    def change(self, actor: Actor) -> Access:
        """For a record that was found by a duplicate rule."""
        return Access(self.model, actor, self.changing)


def _role(model: Model, form: WebForm, entity: Entity, fields: set[str], *, change: bool) -> Role:
    grants = {
        target: _grant(model.entities[target], ()) for target in _targets(entity, fields) if target in model.entities
    }
    own = _grant(entity, fields)
    operations: dict[str, Permit] = {"read": True, "update": True} if change else {"create": True}
    grants[entity.name] = Grant(entity=entity.name, operations=operations, scopes={}, fields=own.fields)  # type: ignore[arg-type]
    return Role(name=f"web form {form.name}", label=form.label, grants=Names(grants, kind="entity"))


def _targets(entity: Entity, fields: Iterable[str]) -> set[str]:
    return {str(entity.fields[name].target) for name in fields if entity.fields[name].target is not None}


def _grant(entity: Entity, writable: Iterable[str]) -> Grant:
    """Records may be met, no field of them seen, and only the named ones written."""
    named = frozenset(writable)
    fields = {name: FieldGrant(read=False, update=name in named) for name in entity.fields}
    return Grant(entity=entity.name, operations={"read": True}, scopes={}, fields=fields)
