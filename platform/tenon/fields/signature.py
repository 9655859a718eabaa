"""In charge of signatures: strokes drawn with finger or mouse, or a typed name; who signed and when is recorded by us.

Strokes are numbers and nothing else, so a signature can carry no script and no hidden picture; pages draw them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

import orjson
from babel.dates import format_datetime

from tenon.expressions import DATETIME, OPAQUE, TEXT, Type
from tenon.fields.base import FIELD_TYPES, Display, FieldType, InvalidValue, Occasion, StoredColumn
from tenon.fields.literals import instant_text
from tenon.fields.locales import locale_of, zone_of
from tenon.fields.operators import IS_BLANK
from tenon.fields.storage import Identifier, Instant, LongText, ShortText
from tenon.fields.wording import line
from tenon.texts import say

WIDTH, HEIGHT = 600, 200
"""Of the paper, in units of the drawing."""
MOST_STROKES, MOST_POINTS = 200, 6000
LONGEST_NAME = 100
Stroke = tuple[int, ...]
"""x, y, x, y, …"""


class Signature(NamedTuple):
    """Strokes, or the name that was typed. `by`: id of the user; `name`: his name then; all None until it is stored."""

    strokes: tuple[Stroke, ...] = ()
    typed: str = ""
    by: str | None = None
    name: str | None = None
    at: datetime | None = None

    @property
    def path(self) -> str:
        """The strokes as the path of an SVG of WIDTH × HEIGHT."""
        return "".join(
            "M" + "L".join(f"{x} {y}" for x, y in zip(stroke[::2], stroke[1::2], strict=True))
            for stroke in self.strokes
        )

    def is_same_hand(self, other: "Signature | None") -> bool:
        return other is not None and (self.strokes, self.typed) == (other.strokes, other.typed)


@FIELD_TYPES.register("signature")
class SignatureField(FieldType):
    key = "signature"
    label = say("Signature", "签名")
    help = say("Drawn by hand or typed; who signed and when is recorded.", "手写或输入姓名；自动记录签名人和时间。")
    icon = "signature"
    widget = "signature"
    operators = IS_BLANK
    sortable = False
    groupable = False
    settles = True
    part_types: ClassVar[Mapping[str, Type]] = {"name": TEXT, "at": DATETIME}

    def columns(self) -> tuple[StoredColumn, ...]:
        return (
            StoredColumn(type=LongText()),
            StoredColumn(part="by", type=Identifier()),
            StoredColumn(part="name", type=ShortText()),
            StoredColumn(part="at", type=Instant()),
        )

    def expression_type(self) -> Type:
        return OPAQUE

    def parse(self, raw: Any) -> Signature | None:
        """A name typed, or {"strokes": [[x, y, …], …]}. What is said about who signed is not believed."""
        if raw is None or isinstance(raw, Signature):
            return raw
        if isinstance(raw, str):
            return _of_text(raw)
        if not isinstance(raw, Mapping) or set(raw) - {"strokes", "typed", "by", "name", "at"}:
            raise _not_a_signature()
        strokes, typed = _strokes(raw.get("strokes") or []), line(raw.get("typed") or "", most=LONGEST_NAME)
        if strokes and typed:
            raise _not_a_signature()
        return Signature(strokes, typed) if strokes or typed else None

    def settled(self, value: Any, before: Any, occasion: Occasion) -> Any:
        """The same strokes sent back are the same signature; others are signed now, by whoever sends them."""
        if value is None or value.is_same_hand(before):
            return before if value is not None else None
        return value._replace(by=occasion.actor_id, name=occasion.actor_name or None, at=occasion.now)

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        if value is None:
            return (None, None, None, None)
        hand = value.typed if value.typed else [list(stroke) for stroke in value.strokes]
        return (orjson.dumps(hand).decode(), value.by, value.name, value.at)

    def from_columns(self, stored: Sequence[Any]) -> Any:
        if stored[0] is None:
            return None
        hand = orjson.loads(stored[0])
        by, name, at = stored[1:4] if len(stored) > 3 else (None, None, None)
        typed = isinstance(hand, str)
        return Signature(() if typed else tuple(map(tuple, hand)), hand if typed else "", by, name, at)

    def to_json(self, value: Any) -> Any:
        if value is None:
            return None
        return {
            "strokes": [list(stroke) for stroke in value.strokes],
            "typed": value.typed or None,
            "by": value.by,
            "name": value.name,
            "at": None if value.at is None else instant_text(value.at),
        }

    def exported(self, sent: Any) -> Any:
        """Who signed; the drawing stays here."""
        return sent["typed"] or sent["name"] or ""

    def show(self, value: Any, display: Display) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            value = self.from_columns((value,))
        if value.at is None:
            return str(value.typed) or say("Signed", "已签名").in_(display.language)
        zone, locale = zone_of(display.timezone), locale_of(display.language)
        at = format_datetime(value.at, "medium", tzinfo=zone, locale=locale)
        signed = say("{name}, {at}", "{name}，{at}", name=value.name or value.typed or "–", at=at)
        return signed.in_(display.language)

    def openapi(self) -> dict[str, Any]:
        stroke = {"type": "array", "items": {"type": "integer"}, "minItems": 2}
        text = {"type": ["string", "null"]}
        whole = {
            "type": "object",
            "properties": {
                "strokes": {"type": "array", "items": stroke, "maxItems": MOST_STROKES},
                "typed": {**text, "maxLength": LONGEST_NAME},
                **{name: {**text, "readOnly": True} for name in ("by", "name", "at")},
            },
            "additionalProperties": False,
        }
        return {"anyOf": [whole, {"type": "string", "maxLength": LONGEST_NAME}]}

    def examples(self) -> Sequence[Any]:
        return (
            "李明",
            {"strokes": [[0, 0, 600, 200], [10, 10]]},
            {"typed": "Ann Lee"},
            '{"strokes": [[1, 2, 3, 4]]}',
            {"strokes": [[1] * (2 * MOST_POINTS)]},
        )

    def bad_examples(self) -> Sequence[Any]:
        long: list[Any] = [[1] * (2 * MOST_POINTS + 2)]
        wrong: list[Any] = [
            [[1]],
            [[1, "2"]],
            [[-1, 0]],
            [[0, 201]],
            [[1.5, 2]],
            "x",
            [["M0 0"]],
            [[]],
            [[True, 1]],
            long,
        ]
        return (
            *({"strokes": strokes} for strokes in wrong),
            5,
            True,
            ["x"],
            {"strokes": [[1, 1]], "typed": "x"},
            "x" * 101,
        )


def _of_text(raw: str) -> Signature | None:
    """A form sends strokes as JSON text."""
    if raw.lstrip().startswith("{") and len(raw) < 20 * MOST_POINTS:
        try:
            sent = orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise _not_a_signature() from None
        if not isinstance(sent, dict) or set(sent) != {"strokes"}:
            raise _not_a_signature()
        strokes = _strokes(sent["strokes"])
        return Signature(strokes) if strokes else None
    typed = line(raw, most=LONGEST_NAME)
    return Signature(typed=typed) if typed else None


def _strokes(raw: Any) -> tuple[Stroke, ...]:
    if not isinstance(raw, list) or len(raw) > MOST_STROKES:
        raise _not_a_signature()
    if not all(isinstance(stroke, list) and _is_stroke(stroke) for stroke in raw):
        raise _not_a_signature()
    if sum(map(len, raw)) > 2 * MOST_POINTS:
        raise _not_a_signature()
    return tuple(tuple(stroke) for stroke in raw)


def _is_stroke(stroke: list[Any]) -> bool:
    if len(stroke) < 2 or len(stroke) % 2 or not all(type(number) is int for number in stroke):
        return False
    return all(0 <= x <= WIDTH for x in stroke[::2]) and all(0 <= y <= HEIGHT for y in stroke[1::2])


def _not_a_signature() -> InvalidValue:
    return InvalidValue(
        "not_a_signature",
        say("This is not a signature.", "这不是签名。"),
        say("Draw it again, or type your name.", "请重新手写，或输入您的姓名。"),
    )
