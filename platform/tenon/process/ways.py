"""In charge of the way from a record to the records a step works on: look-ups, relationships, results, items."""

from collections.abc import Mapping
from typing import Any

from tenon.model import Slots
from tenon.process.evaluation import Scene
from tenon.records import RecordFacts


def records_on(scene: Scene, slots: Slots) -> list[RecordFacts]:
    """The records at the end of the way for which the step's `where` holds; none when the way breaks off."""
    found = records_at(scene, slots.way)
    if slots.where is None:
        return found
    return [record for record in found if scene.about(record).holds(slots.where)]


def records_at(scene: Scene, way: str) -> list[RecordFacts]:
    """As `records_on`, of a way as it is written."""
    if not way:
        return [] if scene.record is None else [scene.record]
    words = way.split(".")
    roots = scene.context.roots
    here: Any = roots.get(words[0]) if words[0] in roots else None
    rest = words[1:]
    if words[0] not in roots:
        here, rest = scene.record, words
    for word in rest:
        here = here.get(word) if isinstance(here, Mapping) else None
    if isinstance(here, RecordFacts):
        return [here]
    return [each for each in here if isinstance(each, RecordFacts)] if isinstance(here, list) else []
