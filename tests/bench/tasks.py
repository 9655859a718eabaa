"""In charge of the tasks: the same question to both applications, as endless requests over random records."""

import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from bench.calling import Call, query
from bench.world import World

Requests = Iterator[dict[str, Any]]
HANDWRITTEN, ADMINISTRATOR, SELLER = "hand-written", "Tenon, administrator", "Tenon, seller"
CONTENDERS = (HANDWRITTEN, ADMINISTRATOR, SELLER)

LIST = query(
    where='stage == "won"',
    select="name,amount,stage,close_date,account.name",
    sort="-amount",
    limit="50",
)
AGGREGATE = query(group="stage", measure="count(),sum(amount)", sort="stage")


class Caller:
    """One contender's way of asking."""

    def __init__(self, world: World, name: str, versions: dict[str, int]) -> None:
        """`versions` of records we changed, shared by those who change the same table."""
        self.by_hand = name == HANDWRITTEN
        self.base = "" if self.by_hand else "/api/v1"
        self.records = world.of_seller if name == SELLER else world.records
        self.accounts = world.accounts
        secret = world.seller if name == SELLER else world.administrator
        self.headers = () if self.by_hand else (("HTTP_AUTHORIZATION", f"Bearer {secret}"),)
        self.chance = random.Random(name)
        self.versions = versions
        self.turn = itertools.count()

    def get_one(self) -> Call:
        return self._call("GET", f"/opportunity/{self.chance.choice(self.records)}")

    def list_50(self) -> Call:
        by_hand = query(stage="won", sort="-amount", limit="50")
        return self._call("GET", "/opportunity", by_hand if self.by_hand else LIST)

    def create(self) -> Call:
        account = self.chance.choice(self.accounts)
        values = {
            "name": f"New opportunity {self.chance.randrange(10**6)}",
            "account_id" if self.by_hand else "account": account,
            "amount": f"{self.chance.randrange(10**6)}.50",
            "close_date": "2026-09-30",
            "next_step": "Send the offer",
            "description": "They asked for it.",
        }
        return self._call("POST", "/opportunity", body=values)

    def update(self) -> Call:
        """Two fields of one record after another, with the version we saw."""
        record = self.records[next(self.turn) * 7919 % len(self.records)]
        version = self.versions[record] = self.versions.get(record, 0) + 1
        values: dict[str, Any] = {"amount": f"{self.chance.randrange(10**6)}.25", "next_step": f"Step {version}"}
        return self._call("PATCH", f"/opportunity/{record}", body={**values, "version": version})

    def aggregate(self) -> Call:
        return self._call("GET", "/opportunity/aggregate", "" if self.by_hand else AGGREGATE)

    def _call(self, method: str, path: str, asked: str = "", body: Any = None) -> Call:
        content = b"" if body is None else orjson.dumps(body)
        return Call(method, self.base + path, asked, content, self.headers)


TASKS: Mapping[str, Callable[[Caller], Call]] = {
    "get-one": Caller.get_one,
    "list-50": Caller.list_50,
    "create": Caller.create,
    "update": Caller.update,
    "aggregate": Caller.aggregate,
}


def requests(caller: Caller, task: str) -> Requests:
    make = TASKS[task]
    while True:
        yield make(caller).environ()
