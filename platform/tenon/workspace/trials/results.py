"""In charge of what came of a test: nothing to say, or what was expected and what was found instead."""

from dataclasses import dataclass, field
from typing import Any

from tenon.locations import Location
from tenon.texts import Text


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One expectation that was not met. `expected` and `actual` are plain values; `about` says of what."""

    about: str
    expected: Any
    actual: Any


@dataclass(frozen=True, kw_only=True)
class TrialResult:
    suite: str
    module: str
    name: str
    label: Text
    origin: Location | None = None
    failures: tuple[Verdict, ...] = field(default=())

    @property
    def passed(self) -> bool:
        return not self.failures

    @property
    def path(self) -> str:
        return f"{self.suite}.{self.name}"
