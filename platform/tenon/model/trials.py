"""In charge of the promises a module makes about itself: given, when, as whom, then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from tenon.locations import Location
from tenon.model.references import Refers, Unnamed
from tenon.texts import Text

Given = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Entity → alias → values; look-ups are given by an alias, or by the target's key or title."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One promise. `who` is the alias of a person, the name of a role, or a person described on the spot.

    `when` are the actions in order, each as written; the last one is judged by `then`.
    """

    name: str
    label: Text
    who: Annotated[str | Mapping[str, Any] | None, Unnamed("an alias of the suite, or a role")] = None
    given: Annotated[Given, Refers("entity")] = field(default_factory=dict)
    when: tuple[Mapping[str, Any], ...] = ()
    then: Mapping[str, Any] = field(default_factory=dict)
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class TrialSuite:
    """A file of tests. `people` and `given` are there before each; `now` is the instant at which all happens."""

    name: str
    module: Annotated[str, Unnamed("the layer that brought it")]
    label: Text
    now: Annotated[str, Unnamed("an instant")] = ""
    people: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    given: Annotated[Given, Refers("entity")] = field(default_factory=dict)
    trials: Mapping[str, Trial] = field(default_factory=dict)
    origin: Location | None = None
