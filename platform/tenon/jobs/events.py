"""In charge of what an event is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tenon.database import Cause
from tenon.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to one record. `data` is ready for JSON; `actor_id` is None for the system."""

    id: str = field(default_factory=new_id)
    kind: str
    entity: str
    record_id: str
    version: int
    at: datetime
    actor_id: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    cause: Cause | None = None
