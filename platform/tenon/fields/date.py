"""In charge of dates without time."""

import datetime
from collections.abc import Sequence
from typing import Any

from babel.dates import format_date

from tenon.expressions import DATE, Type
from tenon.fields.base import FIELD_TYPES, Display, FieldType, StoredColumn
from tenon.fields.days import read_date
from tenon.fields.locales import locale_of
from tenon.fields.operators import DATES
from tenon.fields.storage import Day
from tenon.texts import say


@FIELD_TYPES.register("date")
class DateField(FieldType):
    key = "date"
    label = say("Date", "日期")
    help = say("A day in the calendar, without time.", "日历中的一天，不含时间。")
    icon = "calendar"
    widget = "date"
    operators = DATES

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=Day()),)

    def expression_type(self) -> Type:
        return DATE

    def parse(self, raw: Any) -> datetime.date | None:
        return None if raw is None else read_date(raw)

    def to_json(self, value: Any) -> Any:
        return None if value is None else value.isoformat()

    def show(self, value: Any, display: Display) -> str:
        return "" if value is None else str(format_date(value, format="medium", locale=locale_of(display.language)))

    def openapi(self) -> dict[str, Any]:
        return {"type": "string", "format": "date", "examples": ["2026-03-14"]}

    def examples(self) -> Sequence[Any]:
        return (
            "2026-03-14",
            "2026/3/14",
            "2026年3月14日",
            "２０２６-03-14",
            "20260314",
            "2024-02-29",
            "1000-01-01",
            "9999-12-31",
            "2026-03-14 00:00:00",
            datetime.date(2026, 3, 14),
        )

    def bad_examples(self) -> Sequence[Any]:
        return (
            "03/04/2026",
            "14.3.26",
            "2026-02-30",
            "2026-3",
            "tomorrow",
            20260314,
            True,
            "2026-03-14T10:00",
            "0001-01-01",
        )
