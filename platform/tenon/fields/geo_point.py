"""In charge of places on the map: latitude and longitude in degrees, WGS-84."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from tenon.expressions import TEXT, Type, number_of
from tenon.fields.base import FIELD_TYPES, Display, FieldType, InvalidValue, OptionSchema, StoredColumn, documented
from tenon.fields.numerals import read_number
from tenon.fields.operators import IS_BLANK
from tenon.fields.storage import Exact, ShortText, rounded
from tenon.fields.wording import line
from tenon.texts import Text, say

PLACES = 6
"""Decimal places kept: a tenth of a metre."""
_PAIR = re.compile(
    r"(?:geo:)?\s*(?P<first>[+-]?\d{1,3}(?:\.\d{1,20})?)\s*°?\s*(?P<ns>[ns])?\s*[,; ]\s*"
    r"(?P<second>[+-]?\d{1,3}(?:\.\d{1,20})?)\s*°?\s*(?P<ew>[ew])?(?:;u=[\d.]+)?",
    re.ASCII,
)


class GeoPoint(NamedTuple):
    lat: Decimal
    lon: Decimal


@FIELD_TYPES.register("geo_point")
class GeoPointField(FieldType):
    key = "geo_point"
    label = say("Place on the map", "地理位置")
    help = say(
        "Latitude and longitude in degrees (WGS-84), such as 31.2304, 121.4737.",
        "纬度与经度（WGS-84 坐标系），例如 31.2304, 121.4737。",
    )
    icon = "map-2"
    widget = "geo_point"
    operators = IS_BLANK
    sortable = False
    groupable = False
    part_types: ClassVar[Mapping[str, Type]] = {"lat": number_of(PLACES), "lon": number_of(PLACES)}
    option_schema: ClassVar[OptionSchema] = {
        "map": documented(
            "Address of a map with {lat} and {lon} in it; otherwise the device's own map is opened.",
            "地图网址，其中含 {lat} 与 {lon}；缺省时打开设备自带的地图。",
            type="string",
            pattern=r"^https://[^\s\"<>]+$",
        )
    }

    def problems(self) -> Sequence[Text]:
        address = str(self.options.get("map") or "{lat}{lon}")
        left = address.replace("{lat}", "", 1).replace("{lon}", "", 1)
        if "{lat}" in address and "{lon}" in address and not set("{}") & set(left):
            return ()
        return (
            say(
                "“map” needs {lat} and {lon} once each.", "“map”中须各含一次 {lat} 与 {lon}。", lat="{lat}", lon="{lon}"
            ),
        )

    def columns(self) -> tuple[StoredColumn, ...]:
        return (
            StoredColumn(type=ShortText()),
            StoredColumn(part="lat", type=Exact(PLACES)),
            StoredColumn(part="lon", type=Exact(PLACES)),
        )

    def expression_type(self) -> Type:
        """The text “lat,lon”; numbers are its parts."""
        return TEXT

    def parse(self, raw: Any) -> GeoPoint | None:
        if raw is None or isinstance(raw, GeoPoint):
            return raw
        if isinstance(raw, str):
            text = unicodedata.normalize("NFKC", line(raw, most=200)).casefold().replace("−", "-")
            return _of_text(text) if text else None
        if isinstance(raw, Mapping) and set(raw) == {"lat", "lon"}:
            lat, lon = (_degrees(raw[name]) for name in ("lat", "lon"))
            return None if lat is None and lon is None else _point(lat, lon)
        raise _not_a_place()

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        return (None, None, None) if value is None else (_written(value), value.lat, value.lon)

    def from_columns(self, stored: Sequence[Any]) -> Any:
        if stored[0] is None:
            return None
        return GeoPoint(stored[1], stored[2]) if len(stored) > 2 else _of_text(stored[0])

    def to_json(self, value: Any) -> Any:
        return None if value is None else {"lat": f"{value.lat:f}", "lon": f"{value.lon:f}"}

    def exported(self, sent: Any) -> Any:
        return f"{sent['lat']}, {sent['lon']}"

    def expression_value(self, value: Any) -> Any:
        return None if value is None else _written(value)

    def from_expression(self, result: Any) -> Any:
        return None if result is None else self.parse(result)

    def show(self, value: Any, display: Display) -> str:
        if value is None:
            return ""
        point = _of_text(value) if isinstance(value, str) else value
        return f"{_short(point.lat)}, {_short(point.lon)}"

    def link(self, value: GeoPoint) -> str:
        """Where a map of the place opens."""
        address = str(self.options.get("map") or "geo:{lat},{lon}")
        return address.replace("{lat}", _short(value.lat)).replace("{lon}", _short(value.lon))

    def openapi(self) -> dict[str, Any]:
        degrees = {"type": ["string", "number"]}
        both = {
            "type": "object",
            "properties": {"lat": degrees, "lon": degrees},
            "required": ["lat", "lon"],
            "additionalProperties": False,
        }
        return {"anyOf": [both, {"type": "string", "examples": ["31.2304,121.4737"]}]}

    def examples(self) -> Sequence[Any]:
        return (
            "31.2304, 121.4737",
            {"lat": "22.543096", "lon": 114.057865},
            "geo:39.9042,116.4074",
            "33.8688S 151.2093E",
            "−90,-180",
            "90；180",
            "0,0",
        )

    def bad_examples(self) -> Sequence[Any]:
        return ("91, 0", "0, 181", "121.4737", "here", {"lat": 1}, {"lat": "x", "lon": 1}, [1, 2], 5, True, "1,2,3")


def _of_text(text: str) -> GeoPoint:
    match = _PAIR.fullmatch(text.strip())
    if match is None:
        raise _not_a_place()
    lat, lon = Decimal(match["first"]), Decimal(match["second"])
    return _point(-lat if match["ns"] == "s" else lat, -lon if match["ew"] == "w" else lon)


def _degrees(raw: Any) -> Decimal | None:
    return None if raw is None else read_number(raw)


def _point(lat: Decimal | None, lon: Decimal | None) -> GeoPoint:
    if lat is None or lon is None:
        raise _not_a_place()
    if abs(lat) > 90 or abs(lon) > 180:
        raise InvalidValue(
            "no_such_place",
            say("There is no such place on earth.", "地球上没有这个位置。"),
            say(
                "Latitude comes first, from -90 to 90; longitude from -180 to 180.",
                "纬度在前，范围 -90 至 90；经度范围 -180 至 180。",
            ),
        )
    return GeoPoint(rounded(lat, PLACES), rounded(lon, PLACES))


def _written(value: GeoPoint) -> str:
    return f"{_short(value.lat)},{_short(value.lon)}"


def _short(degrees: Decimal) -> str:
    return f"{degrees:f}".rstrip("0").rstrip(".")


def _not_a_place() -> InvalidValue:
    return InvalidValue(
        "not_a_place",
        say("This must be a latitude and a longitude.", "这里必须是纬度和经度。"),
        say("Write it like 31.2304, 121.4737.", "请写成 31.2304, 121.4737。"),
    )
