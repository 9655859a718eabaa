"""In charge of circles among computed fields: a formula must not depend on itself, over any number of steps."""

from collections.abc import Iterable, Iterator, Mapping

from tenon.compiler.work import Work
from tenon.expressions import Path
from tenon.model import Entity
from tenon.texts import say

Place = tuple[str, str]
Graph = Mapping[Place, tuple[Place, ...]]


def check_cycles(work: Work, entities: Mapping[str, Entity]) -> None:
    graph = {
        (entity.name, field.name): tuple(_computed(entities, entity, field.value.dependencies))
        for entity in entities.values()
        for field in entity.fields.values()
        if field.value is not None
    }
    for circle in _circles(graph):
        entity, field = circle[0]
        way = " → ".join(".".join(place) for place in (*circle, circle[0]))
        message = say("These computed fields depend on each other: {way}.", "这些计算字段互相依赖：{way}。", way=way)
        path = ("entities", entity, "fields", field)
        work.report("cycle", message, work.tree.at(path), path)


def _computed(entities: Mapping[str, Entity], start: Entity, dependencies: Iterable[Path]) -> Iterator[Place]:
    """The computed fields at which a path passes."""
    for path in sorted(dependencies):
        here: Entity | None = start
        for name in path:
            if here is None:
                break
            field, relationship = here.fields.get(name), here.relationships.get(name)
            if field is not None and field.type.computed:
                yield (here.name, name)
            further = relationship.entity if relationship is not None else None
            target = field.leads_to if field is not None else further
            here = entities.get(target) if target is not None else None


def _circles(graph: Graph) -> Iterator[list[Place]]:
    """Each circle once; depth first without recursion, since chains may be long."""
    done: set[Place] = set()
    for start in graph:
        if start in done:
            continue
        way: list[Place] = [start]
        positions = {start: 0}
        branches = [iter(graph[start])]
        while branches:
            following = next(branches[-1], None)
            if following is None:
                branches.pop()
                last = way.pop()
                del positions[last]
                done.add(last)
            elif following in positions:
                yield way[positions[following] :]
            elif following in graph and following not in done:
                positions[following] = len(way)
                way.append(following)
                branches.append(iter(graph[following]))
