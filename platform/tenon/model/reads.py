"""In charge of what an expression uses: the fields and relationships on its ways, the keys of choices, roles."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tenon.expressions import FUNCTIONS, Expression, Path
from tenon.expressions.nodes import (
    Aggregate,
    ByKey,
    Call,
    Changed,
    Compare,
    Conditional,
    Constant,
    Items,
    Node,
    Read,
    Subtree,
    Within,
)
from tenon.model.entities import Entity, Field
from tenon.model.scopes import EVERYTHING

Subject = str
"""Dotted path of a thing in the tree (`entities.opportunity.fields.amount`)."""
Homes = Mapping[str, str]
"""Base of a read ("record", "old", "user", "root:request") → the entity it is a record of."""


def expression_reads(entities: Mapping[str, Entity], expression: Expression) -> Iterator[Subject]:
    """Everything the expression names; the same thing may come more than once."""
    homes = {"user": "user"} | {f"root:{name}": entity for name, entity in expression.roots.items()}
    if expression.about is not None:
        homes |= {"record": expression.about, "old": expression.about}
    yield from _Reading(entities)._node(expression.tree, homes)


def path_reads(entities: Mapping[str, Entity], entity: str | None, path: Iterable[str]) -> Iterator[Subject]:
    """The fields and relationships a dotted way passes, as far as it is known; a measure's begins with an entity."""
    steps = tuple(path)
    if entity == EVERYTHING and steps:
        entity, steps = steps[0], steps[1:]
        yield f"entities.{entity}"
    here = None if entity is None else entities.get(entity)
    for name in steps:
        if here is None:
            return
        field, relationship = here.fields.get(name), here.relationships.get(name)
        if field is not None:
            yield f"entities.{here.name}.fields.{name}"
            here = here if field.type.key == "id" else entities.get(str(field.leads_to))
        elif relationship is not None:
            yield f"entities.{here.name}.relationships.{name}"
            yield f"entities.{relationship.child}.fields.{relationship.field}"
            here = entities.get(relationship.entity)
        else:
            return


def option_reads(entity: Entity, field: Field, key: object) -> Iterator[Subject]:
    """The one option of a choice: of its option set, of its own, or a stage."""
    if field.type.key == "stage":
        for pipeline in entity.pipelines.values():
            if key in pipeline.stages:
                yield f"entities.{entity.name}.pipelines.{pipeline.name}.stages.{key}"
        return
    if field.name == "pipeline" and field.system:
        yield f"entities.{entity.name}.pipelines.{key}"
        return
    options = getattr(field.type, "options", {})
    named = options.get("from")
    if named == "role":
        yield f"roles.{key}"
    if isinstance(named, str):
        yield f"choices.{named}.options.{key}"
    elif "options" in options:
        yield f"entities.{entity.name}.fields.{field.name}.options.{key}"


def result_keys(node: Node) -> Iterator[object]:
    """The texts an expression may have as its value: the keys, when it is the value of a choice."""
    if isinstance(node, Constant):
        yield node.value
    elif isinstance(node, Conditional):
        yield from result_keys(node.then)
        yield from result_keys(node.otherwise)
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from result_keys(argument)


@dataclass(frozen=True)
class _Reading:
    entities: Mapping[str, Entity]

    def _node(self, node: Node, homes: Homes) -> Iterator[Subject]:
        if isinstance(node, Read):
            yield from path_reads(self.entities, homes.get(node.base), node.path)
        elif isinstance(node, Aggregate):
            yield from self._aggregate(node, homes)
            return
        elif isinstance(node, Changed):
            yield from path_reads(self.entities, homes.get("record"), (node.field,))
        elif isinstance(node, (ByKey, Subtree)):
            yield f"entities.{node.entity}"
        elif isinstance(node, Compare):
            yield from self._keys(node.left, (node.right,), homes)
            yield from self._keys(node.right, (node.left,), homes)
        elif isinstance(node, Within):
            container = node.container
            items = container.items if isinstance(container, Items) else ()
            yield from self._keys(node.item, items, homes)
            yield from self._keys(container, (node.item,), homes)
        elif isinstance(node, Call):
            place = FUNCTIONS[node.function].names_role
            named = None if place is None else node.arguments[place]
            if isinstance(named, Constant):
                yield f"roles.{named.value}"
        for child in node.children():
            yield from self._node(child, homes)

    def _aggregate(self, node: Aggregate, homes: Homes) -> Iterator[Subject]:
        """What stands inside is about one child."""
        yield from path_reads(self.entities, homes.get(node.base), node.path)
        child = self._end(homes.get(node.base), node.path)
        inside = homes if child is None else {**homes, "record": child}
        for part in node.children():
            yield from self._node(part, inside)

    def _end(self, entity: str | None, path: Path) -> str | None:
        """The entity at the end of a way."""
        if entity == EVERYTHING and path:
            entity, path = path[0], path[1:]
        for name in path:
            here = self.entities.get(str(entity))
            if here is None:
                return None
            field, relationship = here.fields.get(name), here.relationships.get(name)
            entity = relationship.entity if relationship is not None else field.leads_to if field is not None else None
        return entity

    def _keys(self, compared: Node, others: Iterable[Node], homes: Homes) -> Iterator[Subject]:
        """The options that `compared` is compared with."""
        constants = [other.value for other in others if isinstance(other, Constant)]
        if not constants or not isinstance(compared, Read) or not compared.path:
            return
        if compared.base == "user" and compared.path == ("roles",):
            yield from (f"roles.{key}" for key in constants)
            return
        entity = self.entities.get(str(self._end(homes.get(compared.base), compared.path[:-1])))
        field = None if entity is None else entity.fields.get(compared.path[-1])
        if entity is not None and field is not None:
            for key in constants:
                yield from option_reads(entity, field, key)
