"""In charge of checklists: short lines, each done or not."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

import orjson

from tenon.expressions import INTEGER, OPAQUE, Type
from tenon.fields.base import FIELD_TYPES, Display, FieldType, InvalidValue, OptionSchema, StoredColumn, documented
from tenon.fields.operators import IS_BLANK
from tenon.fields.storage import Exact, LongText
from tenon.fields.wording import PLAIN_TEXT, clean, text_of
from tenon.texts import say

LONGEST = 300
_LINE = re.compile(
    r"[\s\u200b\ufeff]*(?:[-*•]\s+)?(?:\[(?P<mark>[ xX✓✔]?)\]\s*|(?P<sign>[☐☑✓✔])\s*)?(?P<text>.*)", re.DOTALL
)


class Step(NamedTuple):
    text: str
    done: bool = False


@FIELD_TYPES.register("checklist")
class ChecklistField(FieldType):
    """A value is a tuple of steps. Parts: how many are done, how many there are."""

    key = "checklist"
    label = say("Checklist", "清单")
    help = say("Short lines to tick off.", "可逐项勾选的简短条目。")
    icon = "list-check"
    widget = "checklist"
    operators = IS_BLANK
    sortable = False
    groupable = False
    part_types: ClassVar[Mapping[str, Type]] = {"done": INTEGER, "total": INTEGER}
    option_schema: ClassVar[OptionSchema] = {
        "max": documented("Most lines.", "最多条目数。", type="integer", minimum=1, maximum=200, default=50)
    }

    def columns(self) -> tuple[StoredColumn, ...]:
        return (
            StoredColumn(type=LongText()),
            StoredColumn(part="done", type=Exact(0)),
            StoredColumn(part="total", type=Exact(0)),
        )

    def expression_type(self) -> Type:
        return OPAQUE

    def parse(self, raw: Any) -> tuple[Step, ...] | None:
        """A list of texts or {text, done}; or text with a line each, “[x]” before what is done."""
        if raw is None:
            return None
        if isinstance(raw, str):
            raw = [_step_of_line(each) for each in text_of(raw).splitlines()]
        if not isinstance(raw, list | tuple):
            raise _not_a_checklist()
        most = int(self.options["max"])
        if len(raw) > most + 200:
            raise _too_many(most)
        steps = tuple(step for each in raw if (step := _step(each)) is not None)
        if len(steps) > most:
            raise _too_many(most)
        return steps or None

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        if value is None:
            return (None, None, None)
        text = orjson.dumps([[step.text, step.done] for step in value]).decode()
        return (text, Decimal(sum(step.done for step in value)), Decimal(len(value)))

    def from_columns(self, stored: Sequence[Any]) -> Any:
        return None if stored[0] is None else tuple(Step(*pair) for pair in orjson.loads(stored[0]))

    def to_json(self, value: Any) -> Any:
        return None if value is None else [step._asdict() for step in value]

    def exported(self, sent: Any) -> Any:
        return self.show(self.parse(sent), Display())

    def show(self, value: Any, display: Display) -> str:
        """A line each, as `parse` reads it."""
        return "" if value is None else "\n".join(f"[{'x' if step.done else ' '}] {step.text}" for step in value)

    def openapi(self) -> dict[str, Any]:
        text = {"type": "string", "maxLength": LONGEST, "pattern": PLAIN_TEXT}
        step = {
            "type": "object",
            "properties": {"text": text, "done": {"type": "boolean"}},
            "required": ["text"],
            "additionalProperties": False,
        }
        return {"type": "array", "items": step, "maxItems": self.options["max"]}

    def examples(self) -> Sequence[Any]:
        few = (["Call"], [{"text": "Call", "done": True}], "[x] 打电话\n", "- [ ] Write")
        return few if self.options["max"] < 3 else (*few, "[x] One\n[ ] Two\n\n☑ Three", [{"text": "[x] literally"}])

    def bad_examples(self) -> Sequence[Any]:
        many = [str(number) for number in range(self.options["max"] + 1)]
        return (
            1,
            True,
            {},
            [1],
            [{"done": True}],
            [{"text": "a", "done": "yes"}],
            [{"text": "a", "x": 1}],
            many,
            ["x" * 301],
        )


def _step_of_line(text: str) -> dict[str, Any]:
    match = _LINE.fullmatch(text)
    found = match.groupdict() if match else {"text": text}
    mark = (found.get("mark") or "").strip() + (found.get("sign") or "").replace("☐", "")
    return {"text": found["text"], "done": bool(mark)}


def _step(raw: Any) -> Step | None:
    """None for a blank line."""
    if isinstance(raw, Step):
        raw = raw._asdict()
    if isinstance(raw, str):
        raw = {"text": raw}
    if not isinstance(raw, Mapping) or "text" not in raw or set(raw) - {"text", "done"}:
        raise _not_a_checklist()
    done = raw.get("done") or False
    if not isinstance(done, bool):
        raise _not_a_checklist()
    text = clean(raw["text"], most=LONGEST)
    return None if text is None else Step(text, done)


def _not_a_checklist() -> InvalidValue:
    return InvalidValue(
        "not_a_checklist",
        say(
            "A checklist is a list of texts, or of objects with “text” and “done”.",
            "清单应为文本列表，或含“text”和“done”的对象列表。",
        ),
        say("Write a line for each, “[x]” before what is done.", "每项一行，已完成的前面写“[x]”。"),
    )


def _too_many(most: int) -> InvalidValue:
    return InvalidValue("too_many", say("At most {most} entries are allowed.", "最多允许 {most} 项。", most=most))
