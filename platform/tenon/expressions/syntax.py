"""In charge of reading text: Python's own parser in `eval` mode, with limits that no text can get round."""

import ast
import re
from decimal import Decimal
from threading import Lock

from tenon.expressions.refusals import ExpressionError
from tenon.texts import Text, say

MOST_CHARACTERS = 10_000
MOST_NODES = 3_000
MOST_DEPTH = 60
MOST_DIGITS = 30
_NUMBER = re.compile(r"[0-9][0-9_]*(\.[0-9_]*)?|\.[0-9]+")
_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\(?![\\'\"nrtuUx0-7])")
_PARSER = Lock()
"""Python 3.11 counts the depth of a syntax tree per process: two threads at once would end in a SystemError."""
_SPACES = str.maketrans("\n\r\t\x0b\x0c", "     ")


class Source:
    """One text and its Python syntax tree; knows where each node stands, counted in characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._line = text.translate(_SPACES)
        self._skipped = len(self._line) - len(self._line.lstrip(" "))
        self._bytes = None if text.isascii() else self._line.encode("utf-8", "replace")
        self._spent = 0
        self.tree = self._parse()
        self._limit()

    def position(self, node: ast.AST) -> int:
        return self._characters(getattr(node, "col_offset", 0)) + self._skipped

    def number(self, node: ast.Constant) -> Decimal:
        """As written, because a float would have lost digits."""
        written = self.written(node)
        if not _NUMBER.fullmatch(written) or len(written) > MOST_DIGITS:
            raise ExpressionError(
                say(
                    "“{text}” is not a number that can be used here.", "“{text}”不是这里可用的数字。", text=written[:40]
                ),
                position=self.position(node),
                hint=say("Write plain digits, at most {most}.", "请用普通数字书写，最多 {most} 位。", most=MOST_DIGITS),
            )
        return Decimal(written.replace("_", ""))

    def written(self, node: ast.expr) -> str:
        return self.text[self.position(node) : self._characters(node.end_col_offset or 0) + self._skipped]

    def _characters(self, offset: int) -> int:
        """Python counts UTF-8 bytes."""
        if self._bytes is None:
            return offset
        return len(self._bytes[self._skipped : self._skipped + offset].decode("utf-8", "replace"))

    def _parse(self) -> ast.expr:
        self._refuse_before_parsing()
        try:
            with _PARSER:
                return ast.parse(self._line[self._skipped :], mode="eval").body
        except SyntaxError as error:
            offset = max((error.offset or 1) - 1, 0) + self._skipped
            raise _unreadable(min(offset, len(self.text)), _hint(self.text)) from None
        except (ValueError, MemoryError, RecursionError, SystemError):
            raise _unreadable(0, None) from None

    def _refuse_before_parsing(self) -> None:
        if len(self.text) > MOST_CHARACTERS:
            raise ExpressionError(
                say("An expression has at most {most} characters.", "表达式最多 {most} 个字符。", most=MOST_CHARACTERS),
                position=MOST_CHARACTERS,
            )
        if not self._line.strip():
            raise ExpressionError(say("The expression is empty.", "表达式为空。"))
        if "#" in self.text and _comment(self.text):
            raise _unreadable(self.text.index("#"), None)
        wrong = _ESCAPE.search(self.text) if "\\" in self.text else None
        if wrong:
            raise _unreadable(wrong.start(), say("Write a backslash twice.", "反斜杠请写两个。"))

    def spend(self, node: ast.AST) -> None:
        """To be called for each typed node: `a < b < c` has b twice, which nested would grow without limit."""
        self._spent += 1
        if self._spent > MOST_NODES:
            raise self._too_big(node)

    def _too_big(self, node: ast.AST) -> ExpressionError:
        return ExpressionError(
            say("The expression is too big or nested too deeply.", "表达式太大或嵌套太深。"),
            position=self.position(node),
            hint=say("Split it into several formula fields.", "请拆成多个公式字段。"),
        )

    def _limit(self) -> None:
        count, pending = 0, [(self.tree, 1)]
        while pending:
            node, depth = pending.pop()
            count += 1
            if depth > MOST_DEPTH or count > MOST_NODES:
                raise self._too_big(node)
            pending.extend((child, depth + 1) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
            if isinstance(node, ast.Call):
                pending.extend((keyword.value, depth + 1) for keyword in node.keywords)


def _comment(text: str) -> bool:
    """Whether a “#” stands outside quotes: what follows would silently be left out."""
    return "#" in re.sub(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", "", text)


def _unreadable(position: int, hint: Text | None) -> ExpressionError:
    return ExpressionError(
        say(
            "The expression cannot be read from character {at} on.",
            "表达式从第 {at} 个字符起无法理解。",
            at=position + 1,
        ),
        position=position,
        hint=hint,
    )


def _hint(text: str) -> Text | None:
    """What people who know other languages write."""
    if re.search(r"(?<![=!<>])=(?!=)", text):
        return say("Compare with “==”.", "比较请用“==”。")
    if "&&" in text or "||" in text:
        return say("Write “and”, “or”, “not”.", "请写 and、or、not。")
    if re.search(r"[“”‘’（），]", text):
        return say("Use straight quotes, brackets and commas.", "请使用英文（半角）引号、括号和逗号。")
    if re.search(r"\w+:\s", text):
        return say("Named arguments are written with “=”.", "具名参数请用“=”。")
    if "?" in text:
        return say("Write “a if condition else b”.", "请写“a if 条件 else b”。")
    return None
