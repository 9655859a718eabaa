"""In charge of choosing one of several people: pure, and the same for the same state.

`state` is what a method keeps from one choice to the next; whoever calls stores what comes back.
"""

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

State = Mapping[str, Any]
Choice = tuple[str | None, dict[str, Any]]
_REMEMBERED = 5000
"""People whose last turn is remembered, the latest ones."""


def first(people: Sequence[str]) -> str | None:
    return people[0] if people else None


def round_robin(people: Sequence[str], state: State) -> Choice:
    """Whoever waited longest; those who never had a turn come first, in the order given."""
    if not people:
        return None, dict(state)
    turns: dict[str, int] = {str(person): int(turn) for person, turn in state.get("turns", {}).items()}
    chosen = min(people, key=lambda person: turns.get(person, 0))
    turns[chosen] = 1 + max(turns.values(), default=0)
    latest = sorted(turns.items(), key=lambda item: item[1])[-_REMEMBERED:]
    return chosen, {"turns": dict(latest)}


def weighted(people: Sequence[str], weights: Mapping[str, Decimal], state: State) -> Choice:
    """Smooth weighted round robin: in any long run each gets his share, and the shares are mixed well.

    Each time everybody earns his weight, and whoever has most is chosen and pays the sum of all weights. Nobody
    without a weight is chosen.
    """
    able = [person for person in people if weights.get(person, Decimal(0)) > 0]
    if not able:
        return None, dict(state)
    credits = {person: Decimal(str(credit)) for person, credit in state.get("credits", {}).items()}
    for person in able:
        credits[person] = credits.get(person, Decimal(0)) + weights[person]
    chosen = max(able, key=lambda person: credits[person])
    credits[chosen] -= sum(weights[person] for person in able)
    return chosen, {"credits": {person: str(credit) for person, credit in credits.items() if person in able}}


def least_loaded(people: Sequence[str], loads: Mapping[str, int]) -> str | None:
    """Of several with the same load the first."""
    return min(people, key=lambda person: loads.get(person, 0), default=None)


def by_chance(people: Sequence[str], seed: str) -> str | None:
    """The same for the same seed."""
    return random.Random(seed).choice(sorted(people)) if people else None  # noqa: S311 - nothing secret hangs on it
