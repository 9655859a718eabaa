"""In charge of working through jobs straight from the database, one after another."""

import os
import socket

from tenon.ids import new_id
from tenon.jobs.holding import Holding
from tenon.jobs.performing import Performer
from tenon.jobs.taking import taking
from tenon.jobs.units import Units, Versions


def worker_name() -> str:
    """Of a worker of this process; different each time."""
    return f"{socket.gethostname()}:{os.getpid()}:{new_id()[-6:]}"


class Worker:
    """Any number of workers, in any number of processes, may work on one database."""

    def __init__(self, units: Units, versions: Versions, holding: Holding | None = None) -> None:
        """`holding` is shared by the workers of a process; without it a job must end before its lease does."""
        self.name = worker_name()
        self._holding = holding or Holding(units, self.name, "alone")
        self._units = units
        self._versions = versions
        self._taking = taking(units.database.dialect)

    def work_once(self, job_id: str | None = None) -> bool:
        """Do the most urgent job that may be begun, or this one; whether there was one.

        Raises when the database does not answer; what a job does wrong is noted with it.
        """
        if self._nothing_to_do():
            return False
        token = f"{self.name}/{new_id()[-12:]}"
        with self._units.writing() as connection:
            taken = self._taking.take(connection, token, self._units.clock.now(), job_id)
        if taken is None:
            return False
        Performer(self._units, self._taking, self._holding, self._versions(taken.version), taken).perform()
        return True

    def _nothing_to_do(self) -> bool:
        """Asked on SQLite alone, where looking for a job to take would take the one writer's place from others."""
        database = self._units.database
        if database.dialect != "sqlite":
            return False
        with database.reading() as connection:
            return not self._taking.any_due(connection, self._units.clock.now())
