"""In charge of writing values as constants of the expression language."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any


def literal(value: Any) -> str:
    """Expression text that means `value`: None, bool, number, text, date, aware datetime. Raises TypeError for others.

    An instant is written as its text: beside an instant or a date the language takes it for one.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime):
        return f'"{instant_text(value)}"'
    if isinstance(value, date):
        return f'date("{value.isoformat()}")'
    raise TypeError(f"the expression language has no constant for {type(value).__name__}")


def instant_text(value: datetime) -> str:
    """ISO 8601 in UTC with `Z`; a fraction only when there is one. Raises ValueError for a naive value."""
    if value.tzinfo is None:
        raise ValueError("an instant must be aware")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
