"""In charge of sample fields: every field type with several sets of options, by name."""

from collections.abc import Mapping
from typing import Any

from tenon.fields import FIELD_TYPES, FieldType, Option, TypeSettings, make_type
from tenon.texts import say

COLORS = (
    Option(key="red", label=say("Red", "红"), color="red"),
    Option(key="dark_green", label=say("Dark green", "深绿")),
    Option(key="old", label=say("Old", "旧"), active=False),
    Option(key="zh-CN", label=say("Chinese; simplified", "简体中文")),
)
PLAIN: Mapping[str, Mapping[str, Any]] = {
    "lookup": {"to": "account"},
    "hierarchy": {"to": "region"},
    "multi_lookup": {"to": "account"},
    "choice": {"from": "color"},
    "formula": {"of": "money", "value": "amount * 2"},
    "rollup": {"of": "sum(lines.amount)"},
}
VARIATIONS: Mapping[str, tuple[str, Mapping[str, Any], Mapping[str, Any]]] = {
    **{key: (key, PLAIN.get(key, {}), {}) for key in FIELD_TYPES},
    "text of 3": ("text", {"max": 3}, {}),
    "long text of 5": ("long_text", {"max": 5, "rows": 2}, {}),
    "integer from 1 to 5": ("integer", {"min": 1, "max": 5}, {}),
    "decimal of 4 places": ("decimal", {"scale": 4, "unit": "kg"}, {}),
    "decimal without places": ("decimal", {"scale": 0}, {}),
    "decimal of 9 places": ("decimal", {"scale": 9, "min": -1}, {}),
    "percent up to 100": ("percent", {"min": 0, "max": 100, "scale": 0}, {}),
    "money in yen": ("money", {"scale": 0, "currency": "JPY"}, {}),
    "money in two currencies": ("money", {"currencies": ["USD", "EUR"]}, {"currency": "USD"}),
    "money above zero": ("money", {"min": 0, "scale": 4}, {}),
    "phone at home in America": ("phone", {"country": "US"}, {}),
    "phone of a German workspace": ("phone", {}, {"country": "DE"}),
    "record of one entity": ("any_record", {"entities": ["account"]}, {}),
    "record of two entities": ("any_record", {"entities": ["account", "contact"], "on_delete": "keep"}, {}),
    "list of one": ("multi_lookup", {"to": "account", "max": 1}, {}),
    "one tag": ("tags", {"max": 1}, {}),
    "dated number": ("auto_number", {"pattern": "OPP-{year}{month}-{number:05}"}, {}),
    "effort in days": ("duration", {"unit": "days"}, {}),
    "duration of a shift": ("duration", {"min": "1h", "max": "12h"}, {}),
    "rating out of ten": ("rating", {"max": 10}, {}),
    "two countries": ("country", {"only": ["CN", "US"]}, {}),
    "article number": ("barcode", {"form": "gtin"}, {}),
    "document with a schema": (
        "json",
        {
            "schema": {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]},
            "max_size": 1,
        },
        {},
    ),
    "short checklist": ("checklist", {"max": 2}, {}),
    "short secret": ("encrypted", {"max": 20, "rows": 3}, {}),
    "place with a map": ("geo_point", {"map": "https://map.example.com/?q={lat},{lon}"}, {}),
    "American address": ("address", {}, {"country": "US"}),
    "text formula": ("formula", {"of": "text", "value": "name"}, {}),
    "short formula": ("formula", {"of": "decimal", "value": "amount", "scale": 0}, {}),
}


def variation(name: str) -> FieldType:
    key, options, workspace = VARIATIONS[name]
    return make_type(key, options, TypeSettings(options=COLORS, **workspace))
