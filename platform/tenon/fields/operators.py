"""In charge of the comparisons people filter with: each is a name, a label and the expression it writes.

A template holds `{field}` and, as it takes operands, `{value}`, `{upper}` or `{values}`; all are expression text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tenon.texts import Text, say

Takes = Literal["none", "one", "two", "many", "count"]


@dataclass(frozen=True, kw_only=True)
class Operator:
    """`takes` tells the filter builder what to ask for: values of the field's type, or with "count" a whole number."""

    name: str
    label: Text
    template: str

    @property
    def takes(self) -> Takes:
        if "{values}" in self.template:
            return "many"
        if "{count}" in self.template:
            return "count"
        if "{upper}" in self.template:
            return "two"
        return "one" if "{value}" in self.template else "none"

    def write(self, field: str, literals: Sequence[str] = ()) -> str:
        """The expression text for `literals` of `FieldType.literal`; raises ValueError for the wrong number of them."""
        expected = {"none": 0, "one": 1, "two": 2, "count": 1, "many": len(literals)}[self.takes]
        if len(literals) != expected:
            raise ValueError(f"{self.name} takes {expected} operand(s), not {len(literals)}")
        first = literals[0] if literals else ""
        return self.template.format(
            field=field,
            value=first,
            count=first,
            upper=literals[-1] if literals else "",
            values="[" + ", ".join(literals) + "]",
        )


def _operator(name: str, en: str, zh: str, template: str) -> Operator:
    return Operator(name=name, label=say(en, zh), template=template)


IS_BLANK = (
    _operator("blank", "is empty", "为空", "is_blank({field})"),
    _operator("filled", "is not empty", "不为空", "not is_blank({field})"),
)
_EQUAL = (
    _operator("equal", "is", "等于", "{field} == {value}"),
    _operator("not_equal", "is not", "不等于", "{field} != {value}"),
)
_AMONG = (
    _operator("among", "is one of", "属于其中之一", "{field} in {values}"),
    _operator("not_among", "is none of", "不属于其中任何一个", "not ({field} in {values})"),
)
WORDS = (
    _operator("contains", "contains", "包含", "contains({field}, {value})"),
    _operator("lacks", "does not contain", "不包含", "not contains({field}, {value})"),
    _operator("starts", "begins with", "开头是", "starts_with({field}, {value})"),
    *_EQUAL,
    *IS_BLANK,
)
PROSE = (WORDS[0], WORDS[1], *IS_BLANK)
NUMBERS = (
    *_EQUAL,
    _operator("over", "is more than", "大于", "{field} > {value}"),
    _operator("from", "is at least", "不小于", "{field} >= {value}"),
    _operator("under", "is less than", "小于", "{field} < {value}"),
    _operator("to", "is at most", "不大于", "{field} <= {value}"),
    _operator("between", "is between", "介于", "{field} >= {value} and {field} <= {upper}"),
    *IS_BLANK,
)
TRUTH = (
    _operator("yes", "is yes", "为是", "{field} == true"),
    _operator("no", "is no", "为否", "{field} == false"),
    *IS_BLANK,
)
ONE_OF = (*_AMONG, *_EQUAL, *IS_BLANK)
SEVERAL = (
    _operator("has", "has", "含有", "{value} in {field}"),
    _operator("has_not", "does not have", "不含", "not ({value} in {field})"),
    *IS_BLANK,
)
LINKED = (
    _operator("has", "has", "含有", "any({field}, id == {value})"),
    _operator("has_not", "does not have", "不含", "not any({field}, id == {value})"),
    _operator("blank", "is empty", "为空", "count({field}) == 0"),
    _operator("filled", "is not empty", "不为空", "count({field}) > 0"),
)
"""Of lists of records: what is not to be seen counts for nothing."""
REFERENCES = (*_EQUAL, *_AMONG, *IS_BLANK)
PEOPLE = (_operator("me", "is me", "是我", "{field} == user"), *REFERENCES)


def _periods(day: str) -> tuple[Operator, ...]:
    """Ranges counted from the viewer's today; `day` is expression text of a date."""
    spans = (("week", "周"), ("month", "月"), ("quarter", "季度"), ("year", "年"))
    ranges = []
    for name, zh in spans:
        first, end = f"start_of_{name}(today())", f"end_of_{name}(today())"
        before = f"{first} - days(1)"
        after = f"{end} + days(1)"
        ranges += [
            _within(f"this_{name}", f"this {name}", f"本{zh}", day, first, end),
            _within(f"last_{name}", f"last {name}", f"上{zh}", day, f"start_of_{name}({before})", before),
            _within(f"next_{name}", f"next {name}", f"下{zh}", day, after, f"end_of_{name}({after})"),
        ]
    return (
        _operator("today", "is today", "是今天", f"{day} == today()"),
        _operator("overdue", "is before today", "早于今天", f"{day} < today()"),
        *ranges,
        _within("last_days", "in the last … days", "最近…天", day, "today() - days({count})", "today()"),
        _within("next_days", "in the next … days", "未来…天", day, "today()", "today() + days({count})"),
    )


def _within(name: str, en: str, zh: str, day: str, first: str, last: str) -> Operator:
    return _operator(name, en, zh, f"{day} >= {first} and {day} <= {last}")


_MOMENTS = (
    _operator("before", "is before", "早于", "{field} < {value}"),
    _operator("after", "is after", "晚于", "{field} > {value}"),
    _operator("between", "is between", "介于", "{field} >= {value} and {field} <= {upper}"),
)
TIMES = (*_EQUAL, *_MOMENTS, *IS_BLANK)
DATES = (*_EQUAL, *_MOMENTS, *_periods("{field}"), *IS_BLANK)
INSTANTS = (
    _operator("on", "is on the day of", "在同一天", "date({field}) == {value}"),
    *_MOMENTS,
    *_periods("date({field})"),
    *IS_BLANK,
)
