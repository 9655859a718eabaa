"""In charge of JSON inside a value: what every program reads back exactly, in one way of writing it."""

from collections.abc import Mapping
from typing import Any

import orjson

from tenon.fields.base import InvalidValue
from tenon.fields.wording import text_of
from tenon.texts import say

GREATEST = 2**53 - 1
"""Of whole numbers: what JavaScript keeps exactly."""
DEPTH = 32


def read_json(raw: Any, most: int) -> Any:
    """The document of a JSON text, or `raw` itself. Raises InvalidValue. `most`: bytes of a text."""
    if not isinstance(raw, str):
        return raw
    if len(raw) > most:
        raise too_large(most)
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        text = text_of(raw)
        line = text.count("\n", 0, error.pos) + 1
        raise InvalidValue(
            "not_json",
            say("This is not JSON; it breaks in line {line}.", "这不是有效的 JSON，第 {line} 行有误。", line=line),
            say("Names and texts stand in double quotes.", "名称和文本须用双引号括起。"),
        ) from None


def written(document: Any, most: int) -> str:
    """The one way it is stored, at most `most` bytes; raises InvalidValue for what would not come back the same."""
    _check(document, DEPTH)
    try:
        text = orjson.dumps(document)
    except (TypeError, orjson.JSONEncodeError):
        raise _not_portable() from None
    if len(text) > most:
        raise too_large(most)
    return text.decode()


def too_large(most: int) -> InvalidValue:
    return InvalidValue(
        "too_large",
        say("This is larger than {most} KB.", "内容超过 {most} KB。", most=max(1, most // 1000)),
        say("Attach it as a file.", "请改为上传文件。"),
    )


def _check(part: Any, depth: int) -> None:
    if depth == 0:
        raise InvalidValue("too_deep", say("This is nested too deeply.", "嵌套层级过深。"))
    if isinstance(part, str):
        if "\x00" in part:
            raise _control_character()
    elif isinstance(part, Mapping):
        if type(part) is not dict or not all(isinstance(name, str) for name in part):
            raise _not_portable()
        for name, value in part.items():
            _check(name, depth)
            _check(value, depth - 1)
    elif isinstance(part, list):
        for value in part:
            _check(value, depth - 1)
    elif part is not None and type(part) not in (bool, int, float):
        raise _not_portable()
    elif type(part) is int and abs(part) > GREATEST:
        raise InvalidValue(
            "number_too_large",
            say(
                "A whole number here has too many digits to be kept by every program.",
                "其中的整数位数过多，部分程序无法精确保存。",
            ),
            say("Write it as text, in quotes.", "请用引号写成文本。"),
        )
    elif type(part) is float and (part != part or part in (float("inf"), float("-inf"))):
        raise _not_portable()


def _control_character() -> InvalidValue:
    """PostgreSQL keeps it nowhere."""
    return InvalidValue(
        "control_character",
        say("A text in it has the control character NUL.", "其中的文本含有控制字符 NUL。"),
        say("Remove it and try again.", "请删除后重试。"),
    )


def _not_portable() -> InvalidValue:
    return InvalidValue(
        "not_json",
        say("This cannot be written as JSON.", "此内容无法写成 JSON。"),
        say(
            "Use objects, lists, texts, numbers, true, false and null.",
            "请使用对象、列表、文本、数字、true、false、null。",
        ),
    )
