"""In charge of expressions on pages: defaults of a new form, and what is shown of a record.

What a page computes is for looking at; the same is computed again by `tenon.records` when something is saved.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.expressions import Context, Expression, to_python
from tenon.fields import AnyRecord
from tenon.http import Asking
from tenon.model import Entity
from tenon.model.moves import stage_of
from tenon.model.shapes import STAGE_FACETS
from tenon.web.entities import place_of

Values = Mapping[str, Any]


def evaluate(known: Asking, unit: UnitOfWork, expression: Expression, record: Values, *, is_new: bool = False) -> Any:
    """`record` holds engine values; paths through look-ups as flat keys (`product.list_price`)."""
    actor = known.actor
    user = {
        "id": actor.id,
        "name": actor.name,
        "roles": sorted(actor.roles),
        "department": actor.department,
        "region": actor.region,
        "manager": actor.manager,
    }
    context = Context(
        record=_with_parts(record),
        today=unit.today,
        now=unit.now,
        is_new=is_new,
        user=user,
        timezone=actor.timezone,
        trees=known.reader.trees(unit),
    )
    return to_python(expression)(context)


def _with_parts(record: Values) -> Values:
    """Look-ups of any record as expressions see them: the id, and the parts beside it."""
    led = {name: value for name, value in record.items() if isinstance(value, AnyRecord)}
    if not led:
        return record
    parts = {f"{name}.{part}": getattr(value, part) for name, value in led.items() for part in ("entity", "id")}
    return {**record, **parts, **{name: value.id for name, value in led.items()}}


def holds(known: Asking, unit: UnitOfWork, condition: Expression | None, record: Values) -> bool:
    """Whether something is to be shown. What cannot be judged from the record at hand is shown."""
    if condition is None or not is_at_hand(condition, record):
        return True
    return bool(evaluate(known, unit, condition, record))


def is_at_hand(expression: Expression, record: Values) -> bool:
    """Whether everything the expression reads of the record is there."""
    return all(".".join(path) in record for path in expression.dependencies)


def with_stage(entity: Entity, record: Values) -> dict[str, Any]:
    """The record with what is known of its stage; a new one is in the first."""
    values = dict(record)
    if entity.pipeline is None:
        return values
    values["stage"] = values.get("stage") or entity.pipeline.initial
    stage = stage_of(entity, values)
    if stage is not None:
        facets = {"probability": stage.probability, "kind": stage.kind, "label": stage.label.in_("en")}
        values |= {f"stage.{name}": value for name, value in facets.items()}
    return values


def paths_needed(access: Access, entity: Entity, conditions: Iterable[Expression | None]) -> list[str]:
    """The paths through look-ups that conditions read, as far as the reader may read them."""
    paths = {".".join(path) for condition in conditions if condition is not None for path in condition.dependencies}
    further = sorted(path for path in paths if "." in path and path not in STAGE_FACETS)
    return [path for path in further if place_of(access, entity.name, path) is not None]


def conditions_of(entity: Entity) -> list[Expression | None]:
    """What decides which parts of a record are shown."""
    sections = [section.visible_when for form in entity.forms.values() for section in form.sections.values()]
    return [*sections, *(field.visible_when for field in entity.fields.values())]
