"""In charge of what a part of the processes offers to the rest: duties, subscribers, schedules."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from tenon.jobs import Duty, Schedule, Subscriber


class Part(Protocol):
    """A sub-package's service. Duties are named `<part>.<verb>`, schedules likewise."""

    def duties(self) -> Mapping[str, Duty]: ...

    def subscribers(self) -> Sequence[Subscriber]: ...

    def schedules(self) -> Sequence[Schedule]: ...
