"""In charge of putting what JSON Schema finds into sentences with a place and a hint."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema.exceptions import ValidationError

from tenon.suggestions import did_you_mean, nearest
from tenon.texts import CHINESE, ENGLISH, Text, say

Steps = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`at` is the place in the checked value; `drop` what to leave out so that the rest can be used."""

    code: str
    message: Text
    at: Steps
    drop: Steps
    hint: Text | None = None
    meant: tuple[str, ...] = ()
    """Of an unknown name: what it was probably meant to be."""


@dataclass(frozen=True, kw_only=True)
class _Broken:
    """What of a ValidationError is spoken of: the keyword, what it asks, and the value that does not do so."""

    keyword: str
    rule: Any
    value: Any
    schema: Mapping[str, Any]
    message: str


KINDS_OF_VALUE = {
    "string": say("text", "文字"),
    "integer": say("a whole number", "整数"),
    "number": say("a number", "数字"),
    "boolean": say("true or false", "true 或 false"),
    "array": say("a list", "列表"),
    "object": say("names with values", "“名称: 值”的集合"),
    "null": say("nothing", "空"),
}


def findings(error: ValidationError) -> Iterator[Finding]:
    """One per thing a person has to mend."""
    at: Steps = tuple(error.absolute_path)
    broken = _broken(error)
    if "propertyNames" in error.absolute_schema_path:
        yield _bad_name(broken, at)
    elif broken.keyword == "additionalProperties":
        yield from _unknown_keys(broken, at)
    elif broken.keyword in ("required", "dependentRequired"):
        yield from _missing_keys(broken, at)
    else:
        message, hint = _wording(broken)
        yield Finding(code="bad_value", message=message, at=at, drop=at, hint=hint)


def _broken(error: ValidationError) -> _Broken:
    schema: Any = error.schema
    return _Broken(
        keyword=str(error.validator),
        rule=error.validator_value,
        value=error.instance,
        schema=schema if isinstance(schema, dict) else {},
        message=error.message,
    )


def _bad_name(error: _Broken, at: Steps) -> Finding:
    name = str(error.value)
    message = say(
        "“{name}” cannot be a name here: small letters, digits and underscores, at most 40, a letter first.",
        "“{name}”不能用作名称：须由小写字母、数字和下划线组成，最多 40 个字符，以字母开头。",
        name=name[:60],
    )
    return Finding(code="bad_name", message=message, at=(*at, name), drop=(*at, name))


def _unknown_keys(error: _Broken, at: Steps) -> Iterator[Finding]:
    known = list(error.schema.get("properties", {}))
    for key in error.value:
        if key not in known:
            message = say("There is no “{key}” here.", "此处没有“{key}”。", key=str(key)[:60])
            possible = say("Possible: {names}.", "可以写：{names}。", names=", ".join(known))
            hint = did_you_mean(str(key), known) or possible
            meant = tuple(nearest(str(key), known))
            yield Finding(code="unknown_key", message=message, at=(*at, key), drop=(*at, key), hint=hint, meant=meant)


def _missing_keys(error: _Broken, at: Steps) -> Iterator[Finding]:
    """Every missing name is an error of its own, so only the one this error speaks of is reported."""
    rule = error.rule
    names = rule if isinstance(rule, list) else [name for key in rule if key in error.value for name in rule[key]]
    for name in names:
        if name not in error.value and error.message.startswith(repr(name)):
            message = say("“{name}” is missing.", "缺少“{name}”。", name=name)
            yield Finding(code="missing_key", message=message, at=at, drop=(*at, name))


def _wording(error: _Broken) -> tuple[Text, Text | None]:
    word = _WORDINGS.get(error.keyword)
    if word is not None:
        return word(error)
    message = say("“{value}” is not possible here.", "此处不能写“{value}”。", value=_short(error.value))
    return message, _described(error)


def _wrong_kind(error: _Broken) -> tuple[Text, Text | None]:
    allowed = error.rule if isinstance(error.rule, list) else [error.rule]
    wanted = [KINDS_OF_VALUE[kind] for kind in allowed]
    message = say(
        "This should be {wanted}, not {given}.",
        "此处应为{wanted}，而不是{given}。",
        wanted=_either(wanted),
        given=_kind_of(error.value),
    )
    return message, _described(error)


def _not_listed(error: _Broken) -> tuple[Text, Text | None]:
    allowed = [str(value) for value in error.rule]
    message = say("“{value}” is not possible here.", "此处不能写“{value}”。", value=_short(error.value))
    possible = say("Possible: {names}.", "可以写：{names}。", names=", ".join(allowed))
    return message, did_you_mean(str(error.value), allowed) or possible


def _bad_form(error: _Broken) -> tuple[Text, Text | None]:
    message = say("“{value}” is not written as it must be.", "“{value}”的写法不对。", value=_short(error.value))
    return message, _described(error)


def _limit(en: str, zh: str) -> "Callable[[_Broken], tuple[Text, Text | None]]":
    def word(error: _Broken) -> tuple[Text, Text | None]:
        return say(en, zh, limit=error.rule), _described(error)

    return word


_WORDINGS: dict[str, Callable[[_Broken], tuple[Text, Text | None]]] = {
    "type": _wrong_kind,
    "enum": _not_listed,
    "pattern": _bad_form,
    "maxLength": _limit("The text has more than {limit} characters.", "文字超过 {limit} 个字符。"),
    "minLength": _limit("The text is empty.", "文字为空。"),
    "minimum": _limit("The number is below {limit}.", "数字小于 {limit}。"),
    "maximum": _limit("The number is above {limit}.", "数字大于 {limit}。"),
    "minItems": _limit("At least {limit} must be listed.", "至少要列出 {limit} 项。"),
    "maxItems": _limit("At most {limit} may be listed.", "最多列出 {limit} 项。"),
    "minProperties": _limit("At least {limit} is needed.", "至少需要 {limit} 项。"),
    "maxProperties": _limit("At most {limit} may be there.", "最多 {limit} 项。"),
    "uniqueItems": _limit("The same thing is listed twice.", "同一项列了两次。"),
}


def _described(error: _Broken) -> Text | None:
    """What the language says this value is."""
    schema = error.schema
    if "description" not in schema:
        return None
    examples = ", ".join(_short(example) for example in schema.get("examples", ())[:3])
    described = Text({ENGLISH: schema["description"], CHINESE: schema.get("description:zh-CN", "")})
    if not examples:
        return described
    return say("{meaning} For example: {examples}", "{meaning} 例如：{examples}", meaning=described, examples=examples)


def _either(words: list[Text]) -> Text:
    return Text(
        {
            ENGLISH: " or ".join(word.in_(ENGLISH) for word in words),
            CHINESE: "或".join(word.in_(CHINESE) for word in words),
        }
    )


def _kind_of(value: Any) -> Text:
    for kinds, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, kinds):
            return KINDS_OF_VALUE[name]
    return KINDS_OF_VALUE["object" if isinstance(value, dict) else "null"]


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"
