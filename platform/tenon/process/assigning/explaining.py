"""In charge of saying who would get a record and why: every rule that was looked at, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tenon.texts import Text


@dataclass(frozen=True, kw_only=True)
class RuleLooked:
    """One rule. `fits`: its condition holds. `passed_over`: person → why not."""

    rule: str
    label: Text
    fits: bool
    candidates: tuple[str, ...] = ()
    passed_over: Mapping[str, Text]
    chosen: str | None = None


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """`rule` decided, or "fallback"; None when nobody was found. `waits_until`: it is not working time before."""

    assignment: str
    applies: bool
    person: str | None = None
    rule: str | None = None
    waits_until: datetime | None = None
    looked: tuple[RuleLooked, ...] = ()
