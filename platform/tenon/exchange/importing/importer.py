"""In charge of one import: a list of steps for each portion of the file, each portion in one transaction."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import TenonError
from tenon.exchange.importing.mapping import Mapping
from tenon.exchange.importing.matching import Matcher
from tenon.exchange.importing.results import ImportResult, Rejection
from tenon.exchange.importing.rows import Line
from tenon.exchange.importing.targets import Target, Targets
from tenon.query import Reader
from tenon.records import ImportOptions, Writer

PORTION = 500
Begin = Callable[[], AbstractContextManager[UnitOfWork]]


class _DryRun(Exception):
    """Ends the transaction of a trial without keeping anything."""


class Importer:
    """`begin` opens a unit of work for the person who imports. A portion is kept whole or not at all.

    An import that was interrupted is simply run again: with `match`, rows taken in before are unchanged.
    """

    def __init__(self, mapping: Mapping, reader: Reader, writer: Writer, begin: Begin, timezone: str) -> None:
        self._mapping = mapping
        self._writer = writer
        self._reader = reader
        self._begin = begin
        self._targets = Targets(mapping, reader, timezone)
        self._matcher = Matcher(mapping, reader)

    def run(
        self, lines: Iterable[Line], *, dry_run: bool = False, progress: Callable[[int], None] = lambda _: None
    ) -> ImportResult:
        """`progress` is told the rows done so far. A dry run judges everything in one transaction and undoes it."""
        result = ImportResult(unused=self._mapping.unused)
        with self._trial() if dry_run else self._committed() as portion_unit:
            for portion in _portions(lines):
                with portion_unit() as unit:
                    self._portion(unit, portion, result)
                progress(result.rows)
        return result

    @contextmanager
    def _committed(self) -> Iterator[Begin]:
        yield self._begin

    @contextmanager
    def _trial(self) -> Iterator[Begin]:
        try:
            with self._begin() as unit:

                @contextmanager
                def again() -> Iterator[UnitOfWork]:
                    yield unit

                yield again
                raise _DryRun
        except _DryRun:
            return

    def _portion(self, unit: UnitOfWork, lines: Sequence[Line], result: ImportResult) -> None:
        access = Access.of(self._reader.model, unit.actor)
        targets = self._targets.read(unit, lines)
        self._targets.find(unit, access, targets)
        for wave in self._matcher.waves(targets):
            self._write(unit, access, wave, result)
        for target in targets:
            _note_end(target, result)

    def _write(self, unit: UnitOfWork, access: Access, wave: Sequence[Target], result: ImportResult) -> None:
        """Rows that mean different records: those not there yet together, the others one by one."""
        known = self._matcher.known(unit, access, wave)
        self._create(unit, access, [target for target in wave if id(target) not in known and target.open], result)
        for target in wave:
            if target.open and id(target) in known:
                self._change(unit, access, target, known[id(target)], result)

    def _create(self, unit: UnitOfWork, access: Access, fresh: Sequence[Target], result: ImportResult) -> None:
        omitted = {source.field for source in self._mapping.sources if source.only == "change"}
        rows = [{name: value for name, value in target.values.items() if name not in omitted} for target in fresh]
        stages = {place: target.past for place, target in enumerate(fresh) if target.past}
        options = ImportOptions(stages=stages)
        entity = self._mapping.entity.name
        for target, outcome in zip(
            fresh, self._writer.create_many(unit, access, entity, rows, as_import=options), strict=True
        ):
            if outcome.error is None:
                result.count("created")
            else:
                _refuse(target, outcome.error)

    def _change(self, unit: UnitOfWork, access: Access, target: Target, identity: str, result: ImportResult) -> None:
        if self._mapping.keep_matched:
            result.count("unchanged")
            return
        omitted = {source.field for source in self._mapping.sources if source.only == "create"}
        values = {name: value for name, value in target.values.items() if name not in omitted}
        entity, pipeline = self._mapping.entity.name, values.pop("pipeline", None)
        try:
            with unit.connection.savepoint():
                saved = self._writer.change(unit, access, entity, identity, values, version=None)
                moved = self._matcher.stands_elsewhere(unit, access, identity, target.stage, pipeline)
                if moved:
                    self._writer.move_stage(
                        unit, access, entity, identity, target.stage, pipeline=pipeline, version=None
                    )
        except TenonError as error:
            _refuse(target, error)
            return
        result.count("changed" if saved.changed or moved else "unchanged")


def _refuse(target: Target, error: TenonError) -> None:
    target.reasons.extend((detail.path, detail.message) for detail in error.details)
    if not error.details:
        target.reasons.append(("", error.message))


def _note_end(target: Target, result: ImportResult) -> None:
    """Rows that were written are counted already."""
    if target.reasons:
        result.reject(Rejection(target.line.number, target.line.cells, tuple(target.reasons)))
    elif target.skip is not None:
        result.ignore(target.skip)


def _portions(lines: Iterable[Line]) -> Iterator[list[Line]]:
    iterator = iter(lines)
    while portion := list(islice(iterator, PORTION)):
        yield portion
