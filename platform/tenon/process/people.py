"""In charge of the people whom a process asks: found by its expressions, working here, and not away.

What is asked once in a unit of work is remembered for it.
"""

from collections.abc import Iterable
from dataclasses import replace

from tenon.database import UnitOfWork
from tenon.expressions import Context, to_python
from tenon.model import Who
from tenon.process.absences import Absences
from tenon.process.directory import Directory, identities
from tenon.query import Reader

_LINKS = 5
"""How far one who stands in may be away himself."""


class People:
    """The service; one for each assembled version."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._absences = Absences(reader)

    def of(self, unit: UnitOfWork) -> Directory:
        """The directory for expressions evaluated in this unit (`Context.people`); the same one each time."""
        directory: Directory = unit.remembered(self, lambda: Directory(self._reader, unit))
        return directory

    def resolve(self, unit: UnitOfWork, who: Who, context: Context) -> tuple[str, ...]:
        """Ids of the users whom any of the expressions gives: each once, in order; those who left come last."""
        directory = self.of(unit)
        there = replace(context, people=directory)
        found = dict.fromkeys(person for each in who for person in identities(to_python(each)(there)))
        active = directory.active(found)
        return (*(person for person in found if person in active), *(each for each in found if each not in active))

    def active(self, unit: UnitOfWork, people: Iterable[str]) -> tuple[str, ...]:
        """Those who work here, in order."""
        asked = tuple(people)
        active = self.of(unit).active(asked)
        return tuple(person for person in asked if person in active)

    def present(self, unit: UnitOfWork, people: Iterable[str]) -> tuple[str, ...]:
        """Those who work here and are not away now, in order."""
        active = self.active(unit, people)
        away = self._absences.delegates(unit, active)
        return tuple(person for person in active if person not in away)

    def standing_in(self, unit: UnitOfWork, people: Iterable[str]) -> tuple[str, ...]:
        """Those who work here, each once; in the place of one who is away whoever stands in, over several links."""
        return tuple(dict.fromkeys(self._stands_in(unit, person) for person in self.active(unit, people)))

    def _stands_in(self, unit: UnitOfWork, person: str) -> str:
        """He himself, when nobody stands in who works here."""
        at = person
        for _link in range(_LINKS):
            delegate = self._absences.delegates(unit, [at]).get(at)
            if delegate is None or delegate == person or not self.active(unit, [delegate]):
                break
            at = delegate
        return at
