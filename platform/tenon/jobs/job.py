"""In charge of what a job is: work to be done after the commit, named by its duty, with all it needs in its payload."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tenon.database import Cause
from tenon.ids import new_id

URGENT, USUAL, PATIENT = 1, 5, 9


@dataclass(frozen=True, kw_only=True)
class Job:
    """Emitted with `unit.emit(job)`; written in the transaction of the unit.

    `payload` is ready for JSON. `line` names jobs that are done one after another, in the order they were made: one
    that waits for its next attempt holds its line, a dead one does not.
    """

    id: str = field(default_factory=new_id)
    name: str
    """Of its duty."""
    payload: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    """At most one job with this key is made, as long as the first is kept; emitting it again does nothing."""
    line: str | None = None
    priority: int = USUAL
    due: datetime | None = None
    """None: at once."""
    cause: Cause | None = None
    """None: that of the unit it is emitted in."""
    attempts: int = 0
    """When it is handed to its duty: which attempt this is, from 1."""
    resumed: bool = False
    """When it is handed to its duty: the first transaction of an earlier attempt was committed (see `Outside`)."""
