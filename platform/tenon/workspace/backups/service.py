"""In charge of backups by themselves: one a day as the settings say, old ones dropped, failures told.

A job like any other: one that fails is tried again, then rests as dead, and operators see a notice on every page.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tenon.clock import Clock
from tenon.database import UnitOfWork
from tenon.errors import TenonError
from tenon.jobs import Duty, GiveUp, Job, Outside, Schedule, cron
from tenon.process import Processes
from tenon.process.parts import Part
from tenon.workspace.backups import places, refusals
from tenon.workspace.backups.gathering import Made, Source, make, workspace_name
from tenon.workspace.backups.ledger import remember, remember_failure
from tenon.workspace.backups.passphrases import passphrase_of

MAKE, SCHEDULED = "backups.make", "scheduled"
TIME_LIMIT = timedelta(hours=6)
PAUSES = (timedelta(minutes=5), timedelta(minutes=30))
_STAMP = r"-\d{8}T\d{6}Z(-\d+)?" + re.escape(places.SUFFIX)


@dataclass(frozen=True, kw_only=True)
class _Done:
    began: datetime
    made: Made


class Backups(Part):
    """The service `backups` of one assembled version."""

    def __init__(self, source: Source, clock: Clock, timezone: str) -> None:
        self._source = source
        self._clock = clock
        self._timezone = timezone

    def duties(self) -> Mapping[str, Duty]:
        duty = Duty(
            perform=self._perform,
            attempts=len(PAUSES) + 1,
            time_limit=TIME_LIMIT,
            pauses=PAUSES,
            gave_up=self._gave_up,
            recurring=True,
        )
        return {MAKE: duty}

    def schedules(self) -> Sequence[Schedule]:
        settings = self._source.settings
        if not settings.backup_folder:
            return ()
        hour, _colon, minute = settings.backup_time.partition(":")
        pattern = f"{int(minute)} {int(hour)} * * *"
        signature = f"{pattern} {self._timezone}"
        return (Schedule(name="backups", next_after=cron(pattern, self._timezone), make=_jobs, signature=signature),)

    def _perform(self, _unit: UnitOfWork, _job: Job) -> Outside[_Done]:
        """A second file does no harm, so it may be repeated."""
        return Outside(call=self._make, settle=self._note, repeatable=True)

    def _make(self) -> _Done:
        source, began = self._source, self._clock.now()
        settings = source.settings
        into = source.folder / settings.backup_folder
        try:
            passphrase = passphrase_of(settings, source.folder)
        except TenonError as error:
            raise GiveUp(error.message) from error
        if not passphrase:
            raise GiveUp(refusals.no_passphrase().message)
        made = make(source, into, passphrase, began)
        prune(into, workspace_name(source.folder), settings.backup_keep)
        return _Done(began=began, made=made)

    def _note(self, unit: UnitOfWork, done: _Done) -> None:
        remember(unit.connection, SCHEDULED, done.began, unit.now, done.made)

    def _gave_up(self, unit: UnitOfWork, job: Job, reason: str) -> None:
        remember_failure(unit.connection, SCHEDULED, unit.now, unit.now, reason)


def prune(folder: Path, workspace: str, keep: int) -> list[Path]:
    """Drop all but the newest backups of this workspace; 0 keeps all of them. Other files are nobody's business."""
    if not keep:
        return []
    ours = re.compile(re.escape(workspace) + _STAMP)
    found = sorted(path for path in folder.iterdir() if ours.fullmatch(path.name))
    old = found[:-keep]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def _jobs(_unit: UnitOfWork, _planned: datetime) -> list[Job]:
    return [Job(name=MAKE)]


def join_backups(source: Source, clock: Clock, processes: Processes) -> None:
    """Once for each assembled version."""
    processes.join("backups", Backups(source, clock, processes.ground.model.workspace.timezone))
