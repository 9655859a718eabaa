"""In charge of being seen by RQ's own tools: a process that works for Redis is a worker of the queues, with heartbeat.

It takes no jobs by this: `rq info` and the like only see that somebody is there. Nothing depends on it.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from tenon.clock import Clock

LOG = logging.getLogger(__name__)

BEATING = timedelta(seconds=30)
_TTL = 120
"""Seconds after the last heartbeat until RQ takes the process for gone; it adds a minute."""


class Registration:
    """Of one process and workspace; `look` is called every second or so."""

    def __init__(self, redis: Redis, queues: Sequence[Queue], name: str, clock: Clock) -> None:
        self._redis = redis
        self._queues = list(queues)
        self._name = name
        self._clock = clock
        self._worker: Any = None
        self._beaten = clock.now()

    def look(self) -> bool:
        """Registers when it is not known (any more), else says now and then that it is there."""
        now = self._clock.now()
        if self._worker is not None and now < self._beaten + BEATING:
            return False
        try:
            if self._worker is None or not self._redis.exists(self._worker.key):
                self._worker = self._registered()
            self._worker.heartbeat()
            self._beaten = now
        except RedisError:
            LOG.debug("Redis does not answer; the worker is registered again later", exc_info=True)
        return False

    def leave(self) -> None:
        """Raises RedisError when Redis is away: then it forgets the worker by itself."""
        if self._worker is not None:
            self._worker.register_death()

    def _registered(self) -> Any:
        worker: Any = Worker(
            self._queues,
            name=self._name,
            connection=self._redis,
            serializer=JSONSerializer,
            worker_ttl=_TTL,
            prepare_for_work=True,
        )
        self._redis.delete(worker.key)
        worker.register_birth()
        worker.set_state("idle")
        return worker
