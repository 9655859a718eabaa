"""In charge of words with values in them, as people read them: `{{ amount }}`, `{{ account.name }}`."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tenon.expressions import Expression
from tenon.expressions.nodes import Read
from tenon.fields.base import Display, TypeSettings
from tenon.fields.date import DateField
from tenon.fields.datetime import DatetimeField
from tenon.process.evaluation import Scene
from tenon.process.seeing import Seen, View
from tenon.records import RecordFacts
from tenon.texts import CHINESE, Text

_PLACE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def filled(text: Text, places: Mapping[str, Expression], scene: Scene | View, display: Display) -> str:
    """The words in the display's language, with what the expressions come to now."""

    def value(found: re.Match[str]) -> str:
        expression = places.get(found.group(1).strip())
        return found.group(0) if expression is None else written(expression, scene, display)

    return _PLACE.sub(value, text.in_(display.language))


def written(expression: Expression, scene: Scene | View, display: Display) -> str:
    """One value for people: a field as its type shows it, a record by its title, a list with commas; "" for nothing."""
    tree = expression.tree
    if isinstance(tree, Read):
        shown = _field(tree, scene, display)
        if shown is not None:
            return shown
    return shown_value(scene.value(expression), display)


def shown_value(value: Any, display: Display) -> str:
    """A result of an expression, whatever it came from."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _YES_NO[display.language == CHINESE][value]
    if isinstance(value, (RecordFacts, Seen)):
        return title(value, display)
    if isinstance(value, datetime):
        return _INSTANT.show(value, display)
    if isinstance(value, date):
        return _DAY.show(value, display)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return ("、" if display.language == CHINESE else ", ").join(shown_value(each, display) for each in value)
    return str(value)


def title(record: RecordFacts | Seen, display: Display) -> str:
    """What people call the record; "" of one that the reader may not see."""
    if isinstance(record, Seen):
        return (_seen(record, record.definition.title, display) or record.id) if record.there else ""
    entity = record.group.plan.entity
    return _shown(record, entity.title, display) or record.id


def _field(read: Read, scene: Scene | View, display: Display) -> str | None:
    """As the field's own type shows it; None when the way does not end at a field of a record."""
    here: Any = scene.record if read.base == "record" else scene.context.roots.get(read.base.removeprefix("root:"))
    for name in read.path[:-1]:
        here = here.get(name) if isinstance(here, Mapping) and name in here else None
    if isinstance(here, Seen) and read.path and read.path[-1] in here.definition.fields:
        return _seen(here, read.path[-1], display)
    if not isinstance(here, RecordFacts) or not read.path or read.path[-1] not in here.group.plan.entity.fields:
        return None
    return _shown(here, read.path[-1], display)


def _shown(record: RecordFacts, name: str, display: Display) -> str:
    field = record.group.plan.entity.fields[name]
    value = record.get(name)
    if value is None:
        return ""
    if field.target is not None or field.members is not None:
        return shown_value(value, display)
    if field.value is None:
        value = (record.known or {}).get(name)
    return field.type.show(value, display)


def seen_at(record: Seen, path: Sequence[str], display: Display) -> str:
    """The field at the end of a way of look-ups, as its type shows it; "" where the way breaks off."""
    here: Any = record
    for name in path[:-1]:
        here = here.get(name) if isinstance(here, Seen) else None
    return _seen(here, path[-1], display) if isinstance(here, Seen) and path[-1] in here.definition.fields else ""


def _seen(record: Seen, name: str, display: Display) -> str:
    field = record.definition.fields[name]
    if field.target is not None or field.members is not None:
        return shown_value(record[name], display)
    value = record.raw(name)
    return "" if value is None else field.type.show(value, display)


_DAY = DateField({}, TypeSettings())
_INSTANT = DatetimeField({}, TypeSettings())
_YES_NO = ({True: "yes", False: "no"}, {True: "是", False: "否"})
