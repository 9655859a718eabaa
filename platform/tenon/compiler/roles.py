"""In charge of roles: scopes become expressions, "*" is spread over the entities without a grant of their own."""

from collections.abc import Mapping

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.work import Work
from tenon.expressions import Expression
from tenon.model import OPERATIONS, Entity, FieldGrant, Grant, Names, Operation, Permit, Role
from tenon.texts import say

EVERY = "*"
_FIELD_WORDS = {
    "none": FieldGrant(read=False, update=False),
    "read": FieldGrant(read=True, update=False),
    "update": FieldGrant(read=True, update=True),
}
_FIXED: Mapping[object, bool] = {"all": True, "none": False, True: True, False: False}
_SCOPES = ("own", "department", "department_tree", "region", "region_tree")


def resolve_roles(work: Work, entities: Mapping[str, Entity]) -> dict[str, Role]:
    maker = _Grants(work, entities)
    roles = {name: _role(maker, name, node) for name, node in work.part("roles").items()}
    _check_entity_grants(work)
    return roles


def _role(maker: "_Grants", name: str, node: Node) -> Role:
    path = ("roles", name)
    return Role(
        name=name,
        label=maker.work.label(node, path),
        help=maker.work.text(node.get("help"), (*path, "help")),
        administrator=node.pick("administrator", False),
        grants=Names(maker.all_of(name, node), kind="grant"),
        deny=_deny(maker.work, node, path),
        origin=node.location,
    )


def _deny(work: Work, node: Node, path: TreePath) -> dict[str, frozenset[Operation]]:
    given = node.get("deny")
    for entity in {} if given is None else given.map:
        if entity != EVERY and entity not in work.drafts:
            place = None if given is None else given.get(entity)
            work.unknown(say("entity", "实体"), entity, work.drafts, place, (*path, "deny", entity))
    return {entity: frozenset(words) for entity, words in node.pick("deny", {}).items()}


def _check_entity_grants(work: Work) -> None:
    roles = work.part("roles")
    for name, draft in work.drafts.items():
        for role, node in work.part("entities", name, "grants").items():
            if role not in roles:
                work.unknown(say("role", "角色"), role, roles, node, (*draft.path, "grants", role))


class _Grants:
    """Makes the grants of all roles; a scope of an entity is compiled once."""

    def __init__(self, work: Work, entities: Mapping[str, Entity]) -> None:
        self.work = work
        self.entities = entities
        self._permits: dict[tuple[str, str, bool], Permit] = {}

    def all_of(self, role: str, node: Node) -> dict[str, Grant]:
        given = node.get("grants")
        named = {} if given is None else given.map
        for entity, grant in named.items():
            if entity != EVERY and entity not in self.entities:
                path = ("roles", role, "grants", entity)
                self.work.unknown(say("entity", "实体"), entity, self.entities, grant, path)
        grants = {}
        for entity in self.entities:
            sources = self._sources(role, entity, named)
            if sources:
                grants[entity] = self._grant(entity, sources)
        return grants

    def _sources(self, role: str, entity: str, named: Mapping[str, Node]) -> list[tuple[TreePath, Node]]:
        """Where the grant is written, strongest first: the role's file, the entity's file, else "*"."""
        own = named.get(entity)
        beside = self.work.part("entities", entity, "grants").get(role)
        found: list[tuple[TreePath, Node]] = []
        if own is not None:
            found.append((("roles", role, "grants", entity), own))
        if beside is not None:
            found.append((("entities", entity, "grants", role), beside))
        if not found and EVERY in named:
            found.append((("roles", role, "grants", EVERY), named[EVERY]))
        return found

    def _grant(self, entity: str, sources: list[tuple[TreePath, Node]]) -> Grant:
        operations: dict[Operation, Permit] = {}
        scopes: dict[Operation, str] = {}
        for operation in OPERATIONS:
            for path, source in sources:
                node = source.get(operation)
                if node is not None:
                    operations[operation] = self.permit(entity, node, (*path, operation))
                    scopes[operation] = str(node.value).lower() if isinstance(node.value, bool) else str(node.value)
                    break
        fields: dict[str, FieldGrant] = {}
        for path, source in reversed(sources):
            fields.update(self._fields(entity, source, path))
        written = ".".join(sources[0][0])
        return Grant(entity=entity, operations=operations, scopes=scopes, fields=fields, written=written)

    def _fields(self, entity: str, source: Node, path: TreePath) -> dict[str, FieldGrant]:
        given = source.get("fields")
        made = {}
        spread = path[-1] == EVERY
        for name, node in ({} if given is None else given.map).items():
            here = (*path, "fields", name)
            if name in self.entities[entity].fields:
                made[name] = self._field(entity, node, here)
            elif not spread:
                self.work.unknown(say("field", "字段"), name, self.entities[entity].fields, node, here)
        return made

    def _field(self, entity: str, node: Node, path: TreePath) -> FieldGrant:
        if isinstance(node.value, str):
            return _FIELD_WORDS[node.value]
        read, update = node.get("read"), node.get("update")
        may_read: Permit = True if read is None else self.permit(entity, read, (*path, "read"))
        may_update: Permit = may_read if update is None else self.permit(entity, update, (*path, "update"))
        return FieldGrant(read=may_read, update=may_update)

    def permit(self, entity: str, node: Node, path: TreePath) -> Permit:
        if isinstance(node.value, bool) or node.value in _FIXED:
            return _FIXED[node.value]
        word = str(node.value)
        key = (entity, word, path[-2] == EVERY)
        if key not in self._permits:
            self._permits[key] = self._compile(self.entities[entity], word, node, path)
        return self._permits[key]

    def _compile(self, entity: Entity, word: str, node: Node, path: TreePath) -> Permit:
        text = scope_text(entity, word) if word in _SCOPES else word
        if text is None:
            if path[-2] != EVERY:
                message = say(
                    "Records of “{entity}” have no region, so “{scope}” holds for none.",
                    "“{entity}”的记录没有区域，因此“{scope}”不适用于任何记录。",
                    entity=entity.name,
                    scope=word,
                )
                self.work.report("no_region", message, node, path)
            return False
        scope = self.work.scope(entity.name, needs_sql=True)
        if path[-2] == EVERY and not self.work.fits(text, scope):
            return False  # of what is granted for every entity, some make no sense for this one
        compiled: Expression | None = self.work.expression(node, path, scope, text=text if word in _SCOPES else None)
        return False if compiled is None else compiled


def scope_text(entity: Entity, scope: str) -> str | None:
    """The scope as an expression about a record; None when the entity has nothing the scope speaks of.

    A user, a department and a region stand for themselves.
    """
    owner = ".".join(entity.owner_path or ("created_by",))
    department, region = f"{owner}.department", ".".join(entity.region_path or ())
    if entity.name == "user":
        owner, department, region = "id", "department", region or "region"
    elif entity.name == "department":
        department = "id"
    elif entity.name == "region":
        region = region or "id"
    if scope == "own":
        return f"{owner} == user.id" if owner == "id" else f"{owner} == user"
    if scope.startswith("department"):
        return _within(department, "user.department", scope)
    return _within(region, "user.region", scope) if region else None


def _within(path: str, mine: str, scope: str) -> str:
    """Null equals null: someone without a department must not get the records of all who have none either."""
    return f"{path} in {mine}.subtree" if scope.endswith("_tree") else f"not is_blank({mine}) and {path} == {mine}"
