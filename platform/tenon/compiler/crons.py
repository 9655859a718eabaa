"""In charge of times written in five parts: minute, hour, day of the month, month, day of the week."""

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.work import Work
from tenon.texts import Text, say

_PARTS: tuple[tuple[Text, int, int], ...] = (
    (say("minute", "分"), 0, 59),
    (say("hour", "时"), 0, 23),
    (say("day", "日"), 1, 31),
    (say("month", "月"), 1, 12),
    (say("day of the week", "星期"), 0, 7),
)
_LONGEST_MONTHS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


def read_cron(work: Work, node: Node | None, path: TreePath) -> str:
    """The times as written; "" when there are none, or when they are wrong, which is reported."""
    if node is None:
        return ""
    text = str(node.value)
    wrong = cron_fault(text)
    if wrong is None:
        return text
    work.report("bad_schedule", wrong, node, path, hint=say("For example: 30 8 * * 1-5", "例如：30 8 * * 1-5"))
    return ""


def cron_fault(text: str) -> Text | None:
    """What is wrong with it; None when it is right and will ever come."""
    parts = text.split()
    if len(parts) != len(_PARTS):
        return say("A schedule has five parts.", "计划由五个部分组成。")
    for part, (name, low, high) in zip(parts, _PARTS, strict=True):
        if not all(_fits(item, low, high) for item in part.split(",")):
            return say(
                "“{part}” is no {name} ({low} to {high}).",
                "“{part}”不是有效的{name}（{low} 到 {high}）。",
                part=part,
                name=name,
                low=low,
                high=high,
            )
    if _never(parts[2], parts[3], parts[4]):
        return say("There is no such day in any year.", "任何一年都没有这一天。")
    return None


def _fits(item: str, low: int, high: int) -> bool:
    span, slash, step = item.partition("/")
    if slash and not (step.isdecimal() and step.isascii() and 0 < int(step) <= high):
        return False
    if span == "*":
        return True
    first, dash, last = span.partition("-")
    ends = [first, last] if dash else [first]
    if not all(end.isdecimal() and end.isascii() and len(end) < 3 and low <= int(end) <= high for end in ends):
        return False
    return not dash or int(first) <= int(last)


def _never(day: str, month: str, weekday: str) -> bool:
    """Whether single days and months are named that never meet, like the 31st of April."""
    if weekday != "*" or not all(item.isdecimal() for part in (day, month) for item in part.split(",")):
        return False
    days = [int(item) for item in day.split(",")]
    return all(min(days) > _LONGEST_MONTHS.get(int(item), 31) for item in month.split(","))
