"""In charge of turning rows into what is written: values per field, look-ups found, stages with their dates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.exchange.importing.cells import Unreadable, read_row, start_of_day
from tenon.exchange.importing.mapping import Mapping, Source
from tenon.exchange.importing.rows import Line
from tenon.exchange.references import Found, find_any, find_by_words
from tenon.expressions import Context, to_python
from tenon.fields import InvalidValue
from tenon.fields.multi_choice import listed
from tenon.model.moves import pipeline_of
from tenon.query import Reader
from tenon.records import PastStage
from tenon.texts import Text, say

Evaluate = Callable[[Context], Any]


@dataclass
class Target:
    """One row on its way. `values` are parsed; `skip` or `reasons` end it."""

    line: Line
    columns: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    """Of look-ups still to be found: field → wording."""
    past: tuple[PastStage, ...] = ()
    stage: str | None = None
    skip: Text | None = None
    reasons: list[tuple[str, Text]] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return self.skip is None and not self.reasons


class Targets:
    """Compiled once per import; found look-ups are remembered over the portions of the file."""

    def __init__(self, mapping: Mapping, reader: Reader, timezone: str) -> None:
        self._mapping = mapping
        self._reader = reader
        self._timezone = timezone
        self._skips: list[tuple[Evaluate, Text]] = [(to_python(skip.when), skip.why) for skip in mapping.skips]
        self._values: dict[str, Evaluate] = {
            source.field: to_python(source.value) for source in mapping.sources if source.value is not None
        }
        self._found: dict[str, Found] = {}

    def read(self, unit: UnitOfWork, lines: Sequence[Line]) -> list[Target]:
        """Cells read, rows skipped, values worked out; look-ups are still words."""
        return [self._read(unit, line) for line in lines]

    def find(self, unit: UnitOfWork, access: Access, targets: Sequence[Target]) -> None:
        """Replace the words of look-ups by ids; one statement per look-up and 200 new words."""
        for source in self._mapping.sources:
            waiting = [target for target in targets if target.open and source.field in target.words]
            if waiting:
                self._find(unit, access, source, waiting)

    def _read(self, unit: UnitOfWork, line: Line) -> Target:
        target = Target(line)
        try:
            target.columns = read_row(self._mapping.columns, line.cells, self._timezone)
        except Unreadable as unreadable:
            target.reasons.append((unreadable.column, unreadable.reason))
            return target
        context = Context(record=target.columns, today=unit.today, now=unit.now, timezone=self._timezone)
        for holds, why in self._skips:
            if holds(context):
                target.skip = why
                return target
        for source in self._mapping.sources:
            self._take(source, target, context)
        if target.open:
            self._date_stages(target, unit.now)
        return target

    def _take(self, source: Source, target: Target, context: Context) -> None:
        raw = self._raw(source, target, context)
        if raw is None or raw == "":
            self._without_value(source, target)
        elif source.field == "stage":
            target.stage = str(raw)
        elif source.find is not None or (self._is_any(source) and isinstance(raw, str)):
            target.words[source.field] = str(raw)
        else:
            self._parse(source, target, raw)

    def _raw(self, source: Source, target: Target, context: Context) -> Any:
        if source.column is not None:
            return target.columns[source.column]
        compute = self._values.get(source.field)
        return compute(context) if compute is not None else source.constant

    def _parse(self, source: Source, target: Target, raw: Any) -> None:
        kind = self._mapping.entity.fields[source.field].type
        if isinstance(raw, date | datetime) and not (isinstance(raw, datetime) and kind.key == "datetime"):
            raw = raw.isoformat()[:10] if kind.key == "date" else start_of_day(raw, self._timezone).isoformat()
        try:
            target.values[source.field] = kind.parse_local(raw, self._timezone)
        except InvalidValue as refusal:
            target.reasons.append((source.column or source.field, refusal.message))

    def _without_value(self, source: Source, target: Target) -> None:
        if source.empty == "clear":
            target.values[source.field] = None
        elif source.empty == "reject":
            target.reasons.append((source.column or source.field, say("There is no value.", "没有值。")))
        elif source.empty == "skip":
            target.skip = say("“{column}” is empty.", "“{column}”为空。", column=source.column or source.field)

    def _find(self, unit: UnitOfWork, access: Access, source: Source, waiting: Sequence[Target]) -> None:
        if self._is_any(source):
            self._find_any(unit, access, source, waiting)
            return
        name = str(self._mapping.entity.fields[source.field].leads_to)
        own = name == self._mapping.entity.name  # rows before this one may have made the record
        known = Found() if own else self._found.get(source.field, Found())
        words = {word for target in waiting for word in self._words(source, target)}
        words = words - known.ids.keys() - known.ambiguous
        found = find_by_words(unit, access, self._reader, name, words, by=source.find)
        known = Found({**known.ids, **found.ids}, known.ambiguous | found.ambiguous)
        self._found[source.field] = known
        for target in waiting:
            self._put_found(source, target, known)

    def _is_any(self, source: Source) -> bool:
        return self._mapping.entity.fields[source.field].entities is not None

    def _find_any(self, unit: UnitOfWork, access: Access, source: Source, waiting: Sequence[Target]) -> None:
        """Nothing is remembered: rows before may have made the records of any entity."""
        found = find_any(unit, access, self._reader, {target.words[source.field] for target in waiting})
        for target in waiting:
            word = target.words.pop(source.field)
            if word in found.ids:
                self._parse(source, target, found.ids[word])
            else:
                self._put_one(source, target, found, word)

    def _words(self, source: Source, target: Target) -> list[str]:
        """A list of records names several."""
        word = target.words[source.field]
        if self._mapping.entity.fields[source.field].members is None:
            return [word]
        return list(dict.fromkeys(entry.strip() for entry in listed(word) if entry.strip()))

    def _put_found(self, source: Source, target: Target, known: Found) -> None:
        words = self._words(source, target)
        del target.words[source.field]
        if self._mapping.entity.fields[source.field].members is None:
            self._put_one(source, target, known, words[0])
            return
        ids = []
        for word in words:
            if word in known.ids:
                ids.append(known.ids[word])
            elif source.missing != "empty" or word in known.ambiguous:
                self._put_one(source, target, known, word)
        target.values[source.field] = ids or None

    def _put_one(self, source: Source, target: Target, known: Found, word: str) -> None:
        if word in known.ids:
            target.values[source.field] = known.ids[word]
        elif source.missing == "empty" and word not in known.ambiguous:
            self._without_value(source, target)
        else:
            message = (
                say("“{word}” names several records.", "“{word}”对应多条记录。", word=word)
                if word in known.ambiguous
                else say("There is no record “{word}”.", "没有名为“{word}”的记录。", word=word)
            )
            target.reasons.append((source.column or source.field, message))

    def _date_stages(self, target: Target, now: datetime) -> None:
        """History for the present stage and the open ones before it, where the file has a date."""
        said = {"pipeline": target.values.get("pipeline"), "stage": target.stage}
        pipeline = pipeline_of(self._mapping.entity, said)
        if target.stage is None or pipeline is None:
            return
        if target.stage not in pipeline.stages:
            reason = say("There is no stage “{stage}”.", "没有阶段“{stage}”。", stage=target.stage)
            target.reasons.append(("stage", reason))
            return
        past = []
        for name, stage in pipeline.stages.items():
            day = target.columns.get(self._mapping.stage_entered.get(name, ""))
            if name == target.stage:
                past.append(PastStage(stage=name, entered_at=start_of_day(day, self._timezone) if day else now))
                break
            if stage.kind == "open" and day:
                past.append(PastStage(stage=name, entered_at=start_of_day(day, self._timezone)))
        target.past = tuple(past)
