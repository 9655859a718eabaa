"""In charge of Redis: it carries the ids of jobs that may be begun from whoever made them to whoever works.

The queues are RQ's, so RQ's own tools show them. Nothing but ids is in there, and nothing is lost with it: what was
carried and not begun within a minute is carried again, and a worker that cannot reach Redis asks the database.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DequeueTimeout
from rq.serializers import JSONSerializer

from tenon.clock import Clock
from tenon.database import DialectName, Prepared, prepare
from tenon.jobs.outbox import JOBS
from tenon.jobs.registering import Registration
from tenon.jobs.taking import may_begin
from tenon.jobs.units import Units

AGAIN = timedelta(minutes=1)
PORTION = 500
_KEPT = timedelta(hours=1)
_LANES = (("urgent", 3), ("usual", 6), ("patient", 9))
"""Each with the least urgent priority it carries; the first is emptied first."""

__all__ = ["Carrier", "Dispatcher", "RedisError"]


class Carrier:
    """The queues of one workspace; `name` tells it from the others in this Redis. Raises RedisError."""

    def __init__(self, url: str, name: str) -> None:
        self._redis: Redis = Redis.from_url(url, socket_connect_timeout=5, socket_timeout=30)
        self._lanes = [
            (Queue(f"tenon:{name}:{lane}", connection=self._redis, serializer=JSONSerializer), least)
            for lane, least in _LANES
        ]

    def send(self, jobs: Sequence[tuple[str, int]]) -> None:
        """Ids with their priorities."""
        with self._redis.pipeline() as pipeline:
            for job_id, priority in jobs:
                self._lane(priority).enqueue_call(
                    "tenon.job", args=(job_id,), job_id=job_id, ttl=int(_KEPT.total_seconds()), pipeline=pipeline
                )
            pipeline.execute()

    def next(self, seconds: int | None = None) -> str | None:
        """The id to work on next; waits for one so long, not at all when None."""
        queues = [queue for queue, _least in self._lanes]
        try:
            found: Any = Queue.dequeue_any(queues, seconds, connection=self._redis, serializer=JSONSerializer)
        except DequeueTimeout:
            return None
        if found is None:
            return None
        carried, _queue = found
        carried.delete(remove_from_queue=False)
        return str(carried.id)

    def registration(self, name: str, clock: Clock) -> Registration:
        """Of a process that works for these queues, for RQ's own tools."""
        return Registration(self._redis, [queue for queue, _least in self._lanes], name, clock)

    def answers(self) -> bool:
        try:
            return bool(self._redis.ping())
        except RedisError:
            return False

    def close(self) -> None:
        self._redis.close()

    def _lane(self, priority: int) -> Queue:
        return next((queue for queue, least in self._lanes if priority <= least), self._lanes[-1][0])


class Dispatcher:
    """Looks in the database for what may be begun and was not carried lately."""

    def __init__(self, units: Units, carrier: Carrier) -> None:
        self._units = units
        self._carrier = carrier
        self._due, self._mark = _statements(units.database.dialect)

    def run_once(self) -> int:
        """How many were handed to Redis. Raises RedisError when it is not there; they are found again then."""
        total = 0
        while sent := self._portion(self._units.clock.now()):
            total += sent
        return total

    def _portion(self, now: datetime) -> int:
        """Marked first, sent after the commit: whoever gets an id then finds the job free."""
        parameters = {"now": now, "before": now - AGAIN}
        with self._units.database.reading() as connection:
            due = connection.run(self._due, parameters)
        if not due:
            return 0
        with self._units.writing() as connection:
            rows = connection.run(self._mark, {**parameters, "ids": [row[0] for row in due]})
        try:
            self._carrier.send(sorted(rows))
        except RedisError:
            with self._units.writing() as connection:
                connection.write(sa.update(JOBS).where(JOBS.c.id.in_([row[0] for row in rows])).values(sent_at=None))
            raise
        return len(rows)


@lru_cache
def _statements(dialect: DialectName) -> tuple[Prepared, Prepared]:
    return prepare(_due(), dialect), prepare(_mark(), dialect)


def _unsent() -> sa.ColumnElement[bool]:
    before = sa.bindparam("before", type_=JOBS.c.sent_at.type)
    return sa.and_(may_begin(JOBS), sa.or_(JOBS.c.sent_at.is_(None), JOBS.c.sent_at <= before))


def _due() -> sa.Select[Any]:
    order = (JOBS.c.priority, JOBS.c.available_at, JOBS.c.id)
    return sa.select(JOBS.c.id).where(_unsent()).order_by(*order).limit(PORTION)


def _mark() -> sa.Update:
    """Two who look at the same time do not both send: the second finds it marked."""
    ids = sa.bindparam("ids", expanding=True, type_=JOBS.c.id.type)
    now = sa.bindparam("now", type_=JOBS.c.sent_at.type)
    return (
        sa.update(JOBS)
        .where(_unsent(), JOBS.c.id.in_(ids))
        .values({JOBS.c.sent_at: now})
        .returning(JOBS.c.id, JOBS.c.priority)
    )
