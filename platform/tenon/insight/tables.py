"""In charge of figures of stages as a table for people: the same columns for a CSV file and for the command line."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tenon.fields.storage import rounded
from tenon.insight.figures import Figures, Line, Spread
from tenon.texts import Text, say

_COLUMNS: tuple[tuple[Text, str], ...] = (
    (say("Got here", "到达"), "reached"),
    (say("Entered", "进入"), "entered"),
    (say("Skipped", "跳过"), "skipped"),
    (say("Conversion %", "转化率 %"), "conversion"),
    (say("Won %", "赢单率 %"), "success"),
    (say("Still here", "仍在"), "here"),
    (say("Went on", "前进"), "forward"),
    (say("Went back", "退回"), "back"),
    (say("Lost", "丢失"), "lost"),
    (say("Other pipeline", "转出"), "away"),
    (say("In the stage now", "当前数量"), "now"),
    (say("Over the limit", "超时"), "over"),
)
_TIMES: tuple[tuple[Text, str], ...] = (
    (say("Stays", "停留次数"), "count"),
    (say("Mean (days)", "平均（天）"), "mean"),
    (say("Lower quartile (days)", "下四分位（天）"), "low"),
    (say("Median (days)", "中位数（天）"), "median"),
    (say("Upper quartile (days)", "上四分位（天）"), "high"),
)
_WORKED = say("Median (working hours)", "中位数（工作小时）")
BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


_BRIEF = ("reached", "conversion", "success", "here", "lost", "now", "over", "median")
"""What a terminal has room for."""


def heads(figures: Figures, language: str, *, brief: bool = False) -> list[str]:
    texts = [say("Stage", "阶段"), *(text for text, _name in _chosen(brief)), *([] if brief else [_WORKED])]
    group = [say("Group", "分组")] if figures.request.group is not None else []
    return [text.in_(language) for text in (*group, *texts)]


def rows(figures: Figures, language: str, *, brief: bool = False) -> Iterator[list[Any]]:
    """Without groups one row a stage, else one for each group and stage."""
    if figures.request.group is None:
        for line in figures.lines:
            yield _row(line, language, brief)
        return
    for group in figures.groups:
        for line in group.lines:
            yield [group_text(group.key), *_row(line, language, brief)]


def group_text(key: Any) -> str:
    """A look-up by its title."""
    if isinstance(key, dict):
        return str(key.get("title") or "…")
    return "–" if key is None else str(key)


def csv_text(figures: Figures, language: str) -> str:
    """With a mark for spreadsheets that it is UTF-8; no cell is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads(figures, language))
    for row in rows(figures, language):
        writer.writerow([_harmless(value) for value in row])
    return BYTE_ORDER_MARK + out.getvalue()


def _chosen(brief: bool) -> list[tuple[Text, str]]:
    return [column for column in (*_COLUMNS, *_TIMES) if not brief or column[1] in _BRIEF]


def _row(line: Line, language: str, brief: bool) -> list[Any]:
    cell, now = line.cell, line.now
    values: dict[str, Any] = {
        "conversion": _percent(line.conversion),
        "success": _percent(line.success),
        "now": now.count,
        "over": now.over,
    }
    values |= {name: _time(line.time, name) for _text, name in _TIMES}
    numbers = [values[name] if name in values else getattr(cell, name) for _text, name in _chosen(brief)]
    worked = None if line.working is None else rounded(Decimal(line.working.median) / 3600, 1)
    return [line.stage.label.in_(language), *numbers, *([] if brief else [worked])]


def _time(time: Spread | None, name: str) -> Any:
    if time is None:
        return 0 if name == "count" else None
    return time.count if name == "count" else rounded(Decimal(getattr(time, name)) / 86_400, 2)


def _percent(part: Decimal | None) -> Decimal | None:
    return None if part is None else rounded(part * 100, 2)


def _harmless(value: Any) -> Any:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
