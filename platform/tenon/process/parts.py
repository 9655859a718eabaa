"""In charge of what a part of the processes offers to the rest: duties, subscribers, schedules."""

from collections.abc import Mapping, Sequence

from tenon.jobs import Duty, Schedule, Subscriber


class Part:
    """A sub-package's service, with nothing to offer unless it says so.

    Duties are named `<part>.<verb>`, schedules likewise.
    """

    def duties(self) -> Mapping[str, Duty]:
        return {}

    def subscribers(self) -> Sequence[Subscriber]:
        return ()

    def schedules(self) -> Sequence[Schedule]:
        return ()
