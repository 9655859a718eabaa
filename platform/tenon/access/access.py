"""In charge of one actor's rights: the shape of his roles, and he himself whose values the conditions name."""

from collections.abc import Iterable
from typing import Literal

from tenon.access.reasons import Reason
from tenon.access.shape import AccessShape, FieldOperation
from tenon.access.shapes import shape_of
from tenon.actors import Actor
from tenon.errors import Forbidden, UnknownName
from tenon.model import Model, Operation, Permit
from tenon.texts import Text, say

CONFIGURATION = "configuration"
"""What the scope of a token calls the configuration; no entity has this name."""
_VERBS: dict[Operation, Text] = {
    "read": say("read", "查看"),
    "create": say("create", "新建"),
    "update": say("change", "修改"),
    "delete": say("delete", "删除"),
    "export": say("export", "导出"),
}


class Access:
    """What `actor` may do; cheap to make, good for one unit of work."""

    __slots__ = ("actor", "model", "shape")

    def __init__(self, model: Model, actor: Actor, shape: AccessShape) -> None:
        self.model = model
        self.actor = actor
        self.shape = shape

    @classmethod
    def of(cls, model: Model, actor: Actor) -> "Access":
        return cls(model, actor, shape_of(model, actor))

    def permit(self, entity: str, operation: Operation) -> Permit:
        """True: every record; False: none; an expression: those for which it holds. An unknown entity: False."""
        return self.shape.permit(entity, operation)

    def field_permit(self, entity: str, field: str, operation: FieldOperation) -> Permit:
        """As `permit`, of one field on the records that the entity's permit gives. An unknown field: False."""
        known = entity in self.model.entities and field in self.model.entities[entity].fields
        return self.shape.field_permit(entity, field, operation) if known else False

    def can(self, entity: str, operation: Operation) -> bool:
        """Whether there may be records on which he may."""
        return self.shape.permit(entity, operation) is not False

    @property
    def administers(self) -> bool:
        """Whether he may see and change the configuration, users and tokens."""
        roles = (self.model.roles.get(name) for name in self.actor.roles)
        return self.actor.is_system or any(role is not None and role.administrator for role in roles)

    def configures(self, operation: Literal["read", "update"]) -> bool:
        """As `administers`; a token besides says so by name: “*” stands for records, not for the configuration."""
        scopes = self.shape.scopes
        return self.administers and (scopes is None or operation in scopes.get(CONFIGURATION, ()))

    def readable_entities(self) -> tuple[str, ...]:
        return self.shape.readable_entities

    def readable_fields(self, entity: str) -> tuple[str, ...]:
        """Fields whose permit is not False, in the entity's order; none of an entity he may not read."""
        return self.shape.readable_fields(entity)

    def present_field(self, entity: str, name: str) -> str | None:
        """The readable field that `name` means, by what it is called or was called once; None: none for him."""
        return self.shape.present_field(entity, name)

    def present_relationship(self, entity: str, name: str) -> str | None:
        """As `present_field`, of relationships whose other end he may meet."""
        return self.shape.present_relationship(entity, name)

    def writable_fields(self, entity: str, operation: FieldOperation = "update") -> tuple[str, ...]:
        """Fields he may send when he changes (or, with "create", makes) a record."""
        return self.shape.writable_fields(entity, "create" if operation == "create" else "update")

    def reads_relationship(self, entity: str, name: str) -> bool:
        """Whether he may meet the records at the other end at all."""
        known = entity in self.model.entities and name in self.model.entities[entity].relationships
        return known and self.shape.reads_relationship(entity, name)

    def require(self, entity: str, operation: Operation) -> None:
        """Raises Forbidden; UnknownName for an entity on which he may do nothing at all, as if it did not exist."""
        if self.can(entity, operation):
            return
        if not self._meets(entity):
            raise UnknownName.among(entity, self.readable_entities(), where="entity")
        plural = self.model.entities[entity].plural
        raise Forbidden(
            say(
                "Your roles do not let you {verb} {plural}.",
                "您的角色不允许{verb}“{plural}”。",
                verb=_VERBS[operation],
                plural=plural,
            ),
            hint=say("Ask an administrator for this right.", "如有需要，请向管理员申请权限。"),
            extra={"entity": entity, "operation": operation},
        )

    def explain(self, entity: str, operation: Operation) -> tuple[Reason, ...]:
        """Who allows or denies it, and in which words. Nothing for the system, which has a reason of its own."""
        return () if self.shape.system else tuple(self.shape.reasons(entity, operation))

    def _meets(self, entity: str) -> bool:
        operations: Iterable[Operation] = ("read", "create")
        return any(self.can(entity, operation) for operation in operations)
