"""In charge of findings about metadata: collected, never raised one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from tenon.locations import Location
from tenon.texts import Text

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One finding. `code` is stable (`unknown_field`); `path` is the place in the tree (`entities.account`)."""

    code: str
    message: Text
    path: str = ""
    location: Location | None = None
    hint: Text | None = None
    severity: Severity = "error"


@dataclass
class Problems:
    """A collector handed through the passes of a compilation."""

    items: list[Problem] = field(default_factory=list)
    taken: int = 0
    """How many findings came in, repeated ones included."""
    _seen: set[tuple[str, str, Location | None, str]] = field(default_factory=set, repr=False)

    def add(
        self,
        code: str,
        message: Text,
        *,
        path: str = "",
        location: Location | None = None,
        hint: Text | None = None,
        severity: Severity = "error",
    ) -> None:
        problem = Problem(code=code, message=message, path=path, location=location, hint=hint, severity=severity)
        self.take(problem)

    def take(self, problem: Problem) -> None:
        """Keep a finding made elsewhere; the same one is kept once."""
        self.taken += 1
        mark = (problem.code, problem.path, problem.location, str(problem.message))
        if mark not in self._seen:
            self._seen.add(mark)
            self.items.append(problem)

    @property
    def errors(self) -> list[Problem]:
        return [item for item in self.items if item.severity == "error"]

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(self.items, key=lambda p: (p.location or Location(""), p.path, p.code)))

    def __bool__(self) -> bool:
        return bool(self.errors)
