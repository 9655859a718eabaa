"""In charge of who gets a record by one rule: candidates, those passed over and why, and the one chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tenon.database import UnitOfWork
from tenon.expressions import Expression
from tenon.model import Who
from tenon.model.processes import Method
from tenon.process.assigning import methods
from tenon.process.assigning.turns import keep, locked, seen
from tenon.process.evaluation import Scene
from tenon.process.ground import Ground
from tenon.query import MOST_GROUPS, Aggregate
from tenon.texts import Text, say

LEFT = say("does not work here any more", "已离职")
AWAY = say("is away", "不在岗")
FULL = say("has as many as allowed", "已达上限")
NO_WEIGHT = say("has no weight", "没有权重")


@dataclass(frozen=True, kw_only=True)
class Way:
    """How one of several is chosen. `turn` names what is kept from one choice to the next."""

    turn: str
    entity: str
    field: str
    method: Method = "first"
    weight: Expression | None = None
    load: Expression | None = None
    most: int | None = None
    skip_absent: bool = True


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """`person` is None when nobody could be chosen. `passed_over`: who was named and not chosen for a reason."""

    person: str | None
    candidates: tuple[str, ...] = ()
    passed_over: Mapping[str, Text]


class Chooser:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def named(self, unit: UnitOfWork, who: Who, scene: Scene) -> tuple[str, ...]:
        return self._ground.people.resolve(unit, who, scene.context)

    def choose(self, scene: Scene, people: Sequence[str], way: Way, seed: str, *, dry: bool = False) -> Chosen:
        """A dry choice leaves no trace: the next one gives the same person."""
        unit = scene.unit
        state = seen(unit, way.turn) if dry else locked(unit, way.turn)
        over = self._not_there(unit, people, skip_absent=way.skip_absent)
        able = [person for person in people if person not in over]
        counted = way.most is not None or way.method == "least_loaded"
        loads = self._loads(unit, able, way) if counted and able else {}
        if way.most is not None:
            over |= {person: FULL for person in able if loads.get(person, 0) >= way.most}
            able = [person for person in able if person not in over]
        if way.method == "weighted":
            weights = self._weights(scene, able, way.weight)
            over |= {person: NO_WEIGHT for person in able if weights[person] <= 0}
            person, state = methods.weighted(able, weights, state)
        elif way.method == "round_robin":
            person, state = methods.round_robin(sorted(able), state)
        elif way.method == "least_loaded":
            person = methods.least_loaded(able, loads)
        elif way.method == "random":
            person = methods.by_chance(able, seed)
        else:
            person = methods.first(able)
        if not dry and way.method in ("weighted", "round_robin"):
            keep(unit, way.turn, state)
        return Chosen(person=person, candidates=tuple(people), passed_over=over)

    def _not_there(self, unit: UnitOfWork, people: Sequence[str], *, skip_absent: bool) -> dict[str, Text]:
        active = set(self._ground.people.active(unit, people))
        there = set(self._ground.people.present(unit, people)) if skip_absent else active
        return {person: AWAY if person in active else LEFT for person in people if person not in there}

    def _weights(self, scene: Scene, people: Sequence[str], weight: Expression | None) -> dict[str, Decimal]:
        if weight is None:
            return dict.fromkeys(people, Decimal(1))
        group = {person: scene.facts.record("user", person) for person in people}
        found = {person: scene.beside(person=facts).value(weight) for person, facts in group.items()}
        return {person: Decimal(str(value)) if value is not None else Decimal(0) for person, value in found.items()}

    def _loads(self, unit: UnitOfWork, people: Sequence[str], way: Way) -> dict[str, int]:
        """How many records count against each; one statement for all."""
        actor = self._ground.system("counting what people have")
        listed = ", ".join(f'"{person}"' for person in people)
        conditions = [f"{way.field} in [{listed}]", *([] if way.load is None else [f"({way.load.text})"])]
        request = Aggregate(
            entity=way.entity,
            group=(way.field,),
            measures=("count()",),
            where=" and ".join(conditions),
            limit=MOST_GROUPS,
            form="values",
        )
        rows = self._ground.reader.aggregate(unit, self._ground.access(actor), request)
        return {row[way.field].id: int(row["count()"]) for row in rows if row[way.field] is not None}
