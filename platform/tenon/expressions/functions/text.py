"""In charge of the functions on text: null counts as empty text, and matching folds case."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa

from tenon.expressions.catalogue import Example, Function, Parameter, Sql, function
from tenon.expressions.fragments import MOST_DAYS, WHITESPACE, inline, let, numeric, raw, whole
from tenon.expressions.nodes import Node
from tenon.expressions.types import BOOLEAN, INTEGER, TEXT
from tenon.texts import say

_TEXT = ("text", "choice")
_COUNT = Parameter(name="count", kinds=("number",))


def _text(name: str = "text", *, many: bool = False) -> Parameter:
    return Parameter(name=name, kinds=_TEXT, many=many)


def _folded(value: Sql) -> Sql:
    """Full Unicode lower case whatever the database's own collation; then compared by code point."""
    return sa.collate(sa.func.lower(sa.collate(value, "und-x-icu"), type_=sa.Text()), "C")


def _length(count: Decimal | None) -> int:
    return 0 if count is None else max(0, min(int(count), MOST_DAYS))


def _length_sql(count: Sql) -> Sql:
    return sa.func.greatest(sa.func.coalesce(whole(numeric(count)), raw("0")), raw("0"))


class _OnText(Function):
    nulls = "blank"
    returns = TEXT
    parameters: ClassVar[tuple[Parameter, ...]] = (_text(),)


@function
class Lower(_OnText):
    name = "lower"
    help = say("The text in small letters.", "转换为小写。")
    examples = (Example(text='lower("Ängström")', shows="ängström"),)

    def python(self, text: str) -> str:
        return text.lower()

    def postgresql(self, text: Sql) -> Sql:
        return _folded(text)


@function
class Upper(_OnText):
    name = "upper"
    help = say("The text in capital letters.", "转换为大写。")
    examples = (Example(text='upper("Straße")', shows="STRASSE"),)

    def python(self, text: str) -> str:
        return text.upper()

    def postgresql(self, text: Sql) -> Sql:
        return sa.collate(sa.func.upper(sa.collate(text, "und-x-icu"), type_=sa.Text()), "C")


@function
class Trim(_OnText):
    name = "trim"
    help = say("The text without spaces (also full-width ones) at both ends.", "去掉两端的空格（包括全角空格）。")
    examples = (Example(text='trim("  华东　")', shows="华东"),)

    def python(self, text: str) -> str:
        return text.strip(WHITESPACE)

    def postgresql(self, text: Sql) -> Sql:
        return sa.func.btrim(text, sa.literal(WHITESPACE, sa.Text()), type_=sa.Text())


@function
class Concat(_OnText):
    name = "concat"
    parameters = (_text(many=True),)
    help = say("The texts one after the other; the same as “+”.", "把多段文本连接起来，与“+”相同。")
    examples = (Example(text='concat("A", "-", "1")', shows="A-1"), Example(text='"A" + null', shows="A"))

    def python(self, *texts: str) -> str:
        return "".join(texts)

    def postgresql(self, *texts: Sql) -> Sql:
        joined = texts[0]
        for text in texts[1:]:
            joined = joined.op("||", return_type=sa.Text())(text)
        return joined.self_group()

    sqlite = postgresql


@function
class Replace(_OnText):
    name = "replace"
    parameters = (_text(), _text("old"), _text("new"))
    help = say("The text with every “old” replaced by “new”.", "把文本中的“old”全部替换为“new”。")
    examples = (Example(text='replace("2017/03", "/", "-")', shows="2017-03"),)

    def python(self, text: str, old: str, new: str) -> str:
        return text.replace(old, new) if old else text

    def postgresql(self, text: Sql, old: Sql, new: Sql) -> Sql:
        return sa.func.replace(text, old, new, type_=sa.Text())


@function
class Left(_OnText):
    name = "left"
    parameters = (_text(), _COUNT)
    help = say("The first characters of the text.", "文本最左边的若干个字符。")
    examples = (Example(text='left("商机管理", 2)', shows="商机"),)

    def python(self, text: str, count: Decimal | None) -> str:
        return text[: _length(count)]

    def postgresql(self, text: Sql, count: Sql) -> Sql:
        return sa.func.left(text, _length_sql(count), type_=sa.Text())


@function
class Right(_OnText):
    name = "right"
    parameters = (_text(), _COUNT)
    help = say("The last characters of the text.", "文本最右边的若干个字符。")
    examples = (Example(text='right("2017-03", 2)', shows="03"),)

    def python(self, text: str, count: Decimal | None) -> str:
        length = _length(count)
        return text[-length:] if length else ""

    def postgresql(self, text: Sql, count: Sql) -> Sql:
        return sa.func.right(text, _length_sql(count), type_=sa.Text())


@function
class Middle(_OnText):
    name = "middle"
    parameters = (_text(), Parameter(name="start", kinds=("number",)), _COUNT)
    help = say(
        "Characters from the inside of the text; the first one is number 1.", "从第几个字符起取若干个字符，从 1 数起。"
    )
    examples = (Example(text='middle("ABCDE", 2, 3)', shows="BCD"),)

    def python(self, text: str, start: Decimal | None, count: Decimal | None) -> str:
        first = max(_length(start) - 1, 0)
        return text[first : first + _length(count)]

    def postgresql(self, text: Sql, start: Sql, count: Sql) -> Sql:
        first = sa.func.greatest(_length_sql(start), raw("1"))
        return sa.func.substr(text, first, _length_sql(count), type_=sa.Text())


@function
class Contains(_OnText):
    name = "contains"
    returns = BOOLEAN
    parameters = (_text(), _text("part"))
    help = say(
        "Whether the part occurs in the text; capital or small makes no difference.",
        "文本是否包含某一部分，不区分大小写。",
    )
    examples = (Example(text='contains("ACME Ltd", "acme")', shows="true"),)

    def python(self, text: str, part: str) -> bool:
        return part.lower() in text.lower()

    def postgresql(self, text: Sql, part: Sql) -> Sql:
        return sa.func.strpos(_folded(text), _folded(part)) > raw("0")


@function
class StartsWith(_OnText):
    name = "starts_with"
    returns = BOOLEAN
    parameters = (_text(), _text("part"))
    help = say("Whether the text begins with the part, whatever the case.", "文本是否以某一部分开头，不区分大小写。")
    examples = (Example(text='starts_with("ACME Ltd", "acme")', shows="true"),)

    def python(self, text: str, part: str) -> bool:
        return text.lower().startswith(part.lower())

    def postgresql(self, text: Sql, part: Sql) -> Sql:
        return sa.func.starts_with(_folded(text), _folded(part), type_=sa.Boolean())


@function
class EndsWith(_OnText):
    name = "ends_with"
    returns = BOOLEAN
    parameters = (_text(), _text("part"))
    help = say("Whether the text ends with the part, whatever the case.", "文本是否以某一部分结尾，不区分大小写。")
    examples = (Example(text='ends_with("ACME Ltd", "LTD")', shows="true"),)

    def python(self, text: str, part: str) -> bool:
        return text.lower().endswith(part.lower())

    def postgresql(self, text: Sql, part: Sql) -> Sql:
        return let(
            "part", _folded(part), lambda p: sa.func.right(_folded(text), sa.func.length(p)) == sa.collate(p, "C")
        )


@function
class Find(_OnText):
    name = "find"
    returns = INTEGER
    parameters = (_text(), _text("part"))
    help = say(
        "Where the part first occurs, counted from 1; 0 when it does not.",
        "某一部分首次出现的位置，从 1 数起；没有则为 0。",
    )
    examples = (Example(text='find("A-100", "-")', shows="2"),)

    def python(self, text: str, part: str) -> Decimal:
        return Decimal(text.find(part) + 1)

    def postgresql(self, text: Sql, part: Sql) -> Sql:
        return sa.cast(sa.func.strpos(text, part), sa.Numeric())


@function
class Length(_OnText):
    name = "len"
    returns = INTEGER
    parameters = (Parameter(name="text", kinds=(*_TEXT, "list")),)
    help = say("How many characters a text has, or how many entries a list.", "文本的字符数，或列表的项数。")
    examples = (Example(text='len("客户")', shows="2"),)

    def overload(self, arguments: Sequence[Node]) -> str:
        return "_len_list" if arguments[0].type.kind == "list" else self.name

    def python(self, text: str) -> Decimal:
        return Decimal(len(text))

    def postgresql(self, text: Sql) -> Sql:
        return sa.cast(sa.func.char_length(text), sa.Numeric())

    def sqlite(self, text: Sql) -> Sql:
        return sa.func.length(text, type_=sa.Integer())


@function
class LengthOfList(Function):
    name = "_len_list"
    nulls = "own"
    returns = INTEGER
    parameters = (Parameter(name="list", kinds=("list",)),)

    def python(self, items: Sequence[Any] | None) -> Decimal:
        return Decimal(len(items or ()))

    def postgresql(self, items: Sql) -> Sql:
        return sa.cast(sa.func.coalesce(sa.func.jsonb_array_length(items), inline(0)), sa.Numeric())

    def sqlite(self, items: Sql) -> Sql:
        return sa.func.coalesce(sa.func.json_array_length(items), inline(0))
