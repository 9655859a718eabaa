"""In charge of what a set of roles (and the scopes of a token) may do: computed once, shared by all who have it.

A shape holds no person: conditions name `user`, and the values are bound when a statement runs.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal

from tenon.access.computed import Reading
from tenon.access.permits import all_of, any_of
from tenon.access.pools import PoolRights
from tenon.access.reasons import Reason
from tenon.expressions import Expression, along, belonging, compile_expression
from tenon.model import Entity, Field, FieldGrant, Grant, Model, Operation, Permit, Role, scope_of

FieldOperation = Literal["read", "create", "update"]
Scopes = Mapping[str, frozenset[str]] | None

WITH_ITS_RECORD = belonging("record_entity", "record_id")
"""What belongs to a record is never met by those who may not read that record, whatever their roles say."""
_FOLLOWS = FieldGrant()
_PERSON = "user"
_ALWAYS_READABLE = frozenset(("id", "version"))


class AccessShape:
    """What roles may do. Equal shapes are one object per model, so it serves as a key of caches."""

    def __init__(self, model: Model, roles: frozenset[str], scopes: Scopes, *, system: bool = False) -> None:
        self.model = model
        self.system = system
        self.scopes = _of_today(model, scopes)
        self.roles: tuple[Role, ...] = tuple(role for name, role in model.roles.items() if name in roles)
        self._permits: dict[tuple[str, Operation], Permit] = {}
        self._field_permits: dict[tuple[str, str, FieldOperation], Permit] = {}
        self._readable: dict[str, tuple[str, ...]] = {}
        self._reading = Reading(model, self)
        self._pools = PoolRights(model)

    @classmethod
    def of_role(cls, model: Model, role: Role) -> "AccessShape":
        """What one role gives that stands in no metadata: what a web form may write."""
        shape = cls(model, frozenset(), None)
        shape.roles = (role,)
        return shape

    @cached_property
    def readable_entities(self) -> tuple[str, ...]:
        return tuple(name for name in self.model.entities if self.permit(name, "read") is not False)

    def permit(self, entity: str, operation: Operation) -> Permit:
        """Which records of `entity`; what is changed, deleted or exported must be readable besides."""
        key = (entity, operation)
        found = self._permits.get(key)
        if found is None:
            found = self._permits[key] = self._decide(entity, operation)
        return found

    def field_permit(self, entity: str, field: str, operation: FieldOperation) -> Permit:
        """On which of the records that the entity's own permit gives; raises KeyError for a field that is not."""
        key = (entity, field, operation)
        found = self._field_permits.get(key)
        if found is None:
            found = self._field_permits[key] = self._decide_field(self.model.entities[entity], field, operation)
        return found

    def mask(self, entity: str, field: str) -> Permit:
        """On which of the records he meets a pool masks the field before it is claimed: its value is none to him."""
        if self.system or self._administers:
            return False
        return self._pools.masked(self.model.entities[entity], field)

    def readable_fields(self, entity: str) -> tuple[str, ...]:
        """In the entity's own order."""
        found = self._readable.get(entity)
        if found is None:
            fields = self.model.entities[entity].fields if entity in self.model.entities else ()
            found = tuple(name for name in fields if self.field_permit(entity, name, "read") is not False)
            self._readable[entity] = found
        return found

    def present_field(self, entity: str, name: str) -> str | None:
        """The field that `name` means to a caller: of today, else one that was called so once. None: none for him."""
        readable = self.readable_fields(entity)
        if name in readable:
            return name
        today = self.model.entities[entity].fields.present(name) if entity in self.model.entities else None
        return today if today in readable else None

    def present_relationship(self, entity: str, name: str) -> str | None:
        """As `present_field`, of relationships whose other end he may meet."""
        known = self.model.entities[entity].relationships
        today = known.present(name)
        return today if today is not None and self.reads_relationship(entity, today) else None

    def writable_fields(self, entity: str, operation: Literal["create", "update"]) -> tuple[str, ...]:
        fields = self.model.entities[entity].fields if entity in self.model.entities else ()
        return tuple(name for name in fields if self.field_permit(entity, name, operation) is not False)

    def reads_relationship(self, entity: str, name: str) -> bool:
        """Whether the records at the other end may be met at all: they, what links them, and the link itself."""
        return self._reading.relationship(entity, name)

    def computes_in_full(self, entity: str, field: str) -> bool:
        """Whether a formula or roll-up is granted by its own name: then it is computed from all it names.

        Otherwise it is computed from what the reader may see, and is hidden when it names what he may not.
        """
        return self.system or any(
            field in grant.fields and grant.fields[field].read is not False
            for _role, grant in self._grants(entity)
            if grant.operations.get("read", False) is not False
        )

    def reasons(self, entity: str, operation: Operation) -> Iterator[Reason]:
        """Every voice, the deciding ones first."""
        if not self._token_allows(entity, operation):
            yield Reason(role="", effect="limits")
        for role in self.roles:
            if self._denies(role, entity, operation):
                yield Reason(role=role.name, effect="denies", origin=role.origin)
        for role in self.roles:
            grant = role.grants.get(entity)
            allowed = grant is not None and grant.operations.get(operation, False) is not False
            scope = grant.scopes.get(operation, "all") if grant is not None and allowed else ""
            yield Reason(role=role.name, effect="allows" if allowed else "silent", scope=scope, origin=role.origin)

    def _decide(self, entity: str, operation: Operation) -> Permit:
        if entity not in self.model.entities:
            return False
        if self.system:
            return True
        if not self._token_allows(entity, operation):
            return False
        if any(self._denies(role, entity, operation) for role in self.roles):
            return False
        if operation not in ("read", "create") and self.permit(entity, "read") is False:
            return False
        granted = any_of(self._records(role, grant, operation) for role, grant in self._grants(entity))
        if operation == "read" and granted is not False:
            granted = any_of((granted, *self._along(self.model.entities[entity])))
        return all_of((granted, WITH_ITS_RECORD)) if self.model.entities[entity].of_record else granted

    def _along(self, entity: Entity) -> Iterator[Permit]:
        """What may be read along with the records it points to; whoever has no right on it at all has none by these.

        Of people it is they themselves.
        """
        for name in entity.read_with:
            field = entity.fields[name]
            there: Permit = self._oneself if field.leads_to == _PERSON else self._given(field.leads_to or "")
            if there is not False:
                yield along(name, there if isinstance(there, Expression) else None, many=field.members is not None)

    def _given(self, entity: str) -> Permit:
        """As the permit to read, without what is met only because it may be claimed from a pool."""
        permit = self.permit(entity, "read")
        if isinstance(permit, bool):
            return permit
        own = any_of(grant.operations.get("read", False) for _role, grant in self._grants(entity))
        return any_of((own, *self._along(self.model.entities[entity])))

    @cached_property
    def _oneself(self) -> Expression:
        return compile_expression("id == user.id", scope_of(self.model.entities, _PERSON, needs_sql=True))

    def _decide_field(self, entity: Entity, name: str, operation: FieldOperation) -> Permit:
        field = entity.fields[name]
        if operation != "read":
            return self._may_write(field, operation)
        if self.permit(entity.name, "read") is False:
            return False
        if self.system or name in _ALWAYS_READABLE:
            return True
        shown = True if self._administers else self._pools.shown(entity, name)
        if field.type.computed and not self.computes_in_full(entity.name, name):
            return all_of((shown, self._granted(field, "read"), self._reading.computed(field)))
        return all_of((shown, self._granted(field, "read")))

    def _may_write(self, field: Field, operation: FieldOperation) -> Permit:
        """What nobody enters (`read_only`) is for the product itself to write: it is "the system" then."""
        kept_by_engine = field.system or field.type.computed or not field.type.writable
        if kept_by_engine or (field.read_only and not self.system) or self.permit(field.entity, operation) is False:
            return False
        return True if self.system else self._granted(field, operation)

    def _granted(self, field: Field, operation: FieldOperation) -> Permit:
        """A role gives a field on the records it gives; one role's records do not open another role's fields."""
        offers: list[tuple[Permit, Permit]] = []
        for role, grant in self._grants(field.entity):
            records = self._records(role, grant, operation)
            if records is not False:
                rule = grant.fields.get(field.name, _FOLLOWS)
                offers.append((records, rule.read if operation == "read" else rule.update))
        if len(offers) == 1 or all(of_field is True for _records, of_field in offers):
            return any_of(of_field for _records, of_field in offers)
        return any_of(all_of(offer) for offer in offers)

    def _records(self, role: Role, grant: Grant, operation: Operation) -> Permit:
        """Which records a grant gives; for reading also those in pools that the role may claim from."""
        given = grant.operations.get(operation, False)
        return any_of((given, self._pools.seen(role, grant))) if operation == "read" else given

    @cached_property
    def _administers(self) -> bool:
        return any(role.administrator for role in self.roles)

    def _grants(self, entity: str) -> Iterator[tuple[Role, Grant]]:
        for role in self.roles:
            grant = role.grants.get(entity)
            if grant is not None:
                yield role, grant

    def _denies(self, role: Role, entity: str, operation: Operation) -> bool:
        return operation in role.deny.get(entity, ()) or operation in role.deny.get("*", ())

    def _token_allows(self, entity: str, operation: Operation) -> bool:
        """What a token says of an entity by name takes the place of what it says of all ("*")."""
        return self.scopes is None or operation in self.scopes.get(entity, self.scopes.get("*", frozenset()))


def _of_today(model: Model, scopes: Scopes) -> Scopes:
    """A token goes on with what it was given, also when an entity has got another name."""
    if scopes is None or scopes.keys() <= {"*", *model.entities}:
        return scopes
    today: dict[str, frozenset[str]] = {}
    for name, verbs in scopes.items():
        present = model.entities.present(name) or name
        today[present] = today.get(present, frozenset()) | verbs
    return today
