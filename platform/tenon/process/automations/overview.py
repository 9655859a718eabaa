"""In charge of how all automations are doing: what each did lately, when it comes next, whether it rests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from tenon.database import UnitOfWork
from tenon.model import Automation
from tenon.process.automations.pausing import Paused, paused
from tenon.process.automations.runs import RUN
from tenon.process.ground import Ground
from tenon.query import Aggregate
from tenon.schema import SYSTEM_TABLES

DAYS = 7
"""How far back runs are counted."""
MOST_GROUPS = 1000
"""Of automation and status; the latest of them."""
_KNOWN = SYSTEM_TABLES["schedule"]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`counts`: status → runs of the last days; `last` is the latest of all that are kept, with its status."""

    automation: Automation
    paused: Paused | None = None
    next_at: datetime | None = None
    looked_at: datetime | None = None
    """Of one that waits for dates: when dates were looked at last."""
    trouble: str | None = None
    """Why its jobs could not be made at its last time."""
    last_at: datetime | None = None
    last_status: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def runs(self) -> int:
        """Those of the last days that did something."""
        return sum(count for status, count in self.counts.items() if status not in ("skipped", "stopped"))

    @property
    def per_day(self) -> float:
        return self.runs / DAYS

    @property
    def failures(self) -> int:
        return self.counts.get("failed", 0)


def overview(ground: Ground, unit: UnitOfWork) -> list[Standing]:
    """Four statements, however many automations there are; those in trouble come first."""
    resting, planned = paused(unit), _planned(unit)
    lately = _runs(ground, unit, f"started_at > now() - days({DAYS})")
    ever = _runs(ground, unit, None)
    found = []
    for name, automation in ground.model.automations.items():
        clock, dates = planned.get(f"automations.clock:{name}"), planned.get(f"automations.date:{name}")
        past = ever.get(name, {})
        last = max(past.items(), key=lambda each: each[1][1], default=None)
        found.append(
            Standing(
                automation=automation,
                paused=resting.get(name),
                next_at=None if clock is None or automation.paused else clock[0],
                looked_at=None if dates is None else dates[1],
                trouble=next((row[2] for row in (clock, dates) if row is not None and row[2]), None),
                last_at=None if last is None else last[1][1],
                last_status=None if last is None else last[0],
                counts={status: count for status, (count, _at) in lately.get(name, {}).items()},
            )
        )
    return sorted(found, key=lambda each: (each.paused is None, each.failures == 0 and each.trouble is None))


def _runs(ground: Ground, unit: UnitOfWork, where: str | None) -> dict[str, dict[str, tuple[int, datetime]]]:
    """Automation → status → how many, and when the last of them began."""
    if RUN not in ground.model.entities:
        return {}
    only = 'starts_with(automation, "automation:")'
    request = Aggregate(
        entity=RUN,
        group=("automation", "status"),
        measures=("count()", "max(started_at)"),
        where=only if where is None else f"{only} and {where}",
        sort=("-max(started_at)",),
        limit=MOST_GROUPS,
    )
    access = ground.access(ground.system("looking at automations"))
    found: dict[str, dict[str, tuple[int, datetime]]] = {}
    for row in ground.reader.aggregate(unit, access, request):
        at = datetime.fromisoformat(row["max(started_at)"])
        name = row["automation"].removeprefix("automation:")
        found.setdefault(name, {})[row["status"]] = (row["count()"], at)
    return found


def _planned(unit: UnitOfWork) -> dict[str, tuple[datetime | None, datetime | None, str | None]]:
    columns = _KNOWN.c
    query = sa.select(columns.name, columns.next_at, columns.last_at, columns.error)
    rows = unit.connection.execute(query.where(columns.name.like("automations.%")))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
