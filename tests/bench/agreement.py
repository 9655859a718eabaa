"""In charge of fairness: both applications must give the same answers before anybody's time is taken."""

from collections.abc import Mapping
from typing import Any

import orjson

from bench.calling import send
from bench.tasks import ADMINISTRATOR, HANDWRITTEN, TASKS, Caller
from bench.world import World


def check_agreement(world: World, callers: Mapping[str, Caller]) -> None:
    """Raises AssertionError with the first answers that differ in what they say."""
    for task, tell in (("list-50", _rows), ("aggregate", _groups)):
        by_hand = tell(orjson.loads(send(world.handwritten, TASKS[task](callers[HANDWRITTEN]).environ())))
        generated = tell(orjson.loads(send(world.generated, TASKS[task](callers[ADMINISTRATOR]).environ())))
        assert by_hand == generated, (task, by_hand, generated)


def _rows(answer: Any) -> list[Any]:
    return [
        (row["id"], row["name"], _amount(row["amount"]), row["stage"], row["close_date"], row["account.name"])
        for row in answer["records"]
    ]


def _groups(answer: Any) -> list[Any]:
    return [(group["stage"], group["count()"], _amount(group["sum(amount)"])) for group in answer["groups"]]


def _amount(value: Any) -> str:
    return f"{float(value['amount'] if isinstance(value, dict) else value):.2f}"
