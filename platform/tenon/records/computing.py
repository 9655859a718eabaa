"""In charge of values that are worked out of the record they are for, as the record is before the change."""

from collections.abc import Mapping
from typing import Any

from tenon.expressions import Expression
from tenon.records.drafts import Work


def computed(work: Work, values: Mapping[str, Expression]) -> dict[str, Any]:
    """Raw values for the work's one draft; look-ups by id."""
    draft = work.drafts[0]
    fields = work.plan.entity.fields
    found: dict[str, Any] = {}
    for name, expression in values.items():
        result: Any = work.facts.evaluate(expression, draft.before or draft.facts)
        kind = fields[name].type
        led = result if kind.entities is not None else getattr(result, "id", result)
        value = None if result is None else kind.from_expression(led)
        found[name] = None if value is None else kind.to_json(value)
    return found
