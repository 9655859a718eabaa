"""In charge of the calendars of a workspace, ready to count with."""

from tenon.errors import UnknownName
from tenon.model import Model
from tenon.process.working_time import WorkingTime


class Calendars:
    """The service; one for each assembled version."""

    def __init__(self, model: Model) -> None:
        zone = model.workspace.timezone
        self._known = {name: WorkingTime(calendar, zone) for name, calendar in model.calendars.items()}

    def __getitem__(self, name: str) -> WorkingTime:
        """Raises UnknownName."""
        if name not in self._known:
            raise UnknownName.among(name, self._known, where="calendar")
        return self._known[name]

    def of(self, name: str | None) -> WorkingTime | None:
        """None: no calendar was named, and all time counts."""
        return None if name is None else self[name]
