"""In charge of words with places for values: reading them, typing their expressions, and saying where a typo stands."""

import re
from dataclasses import dataclass, replace

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.work import Work
from tenon.expressions import (
    BOOLEAN,
    INTEGER,
    Expression,
    ExpressionError,
    RecordShape,
    Scope,
    Type,
    compile_expression,
    is_child_list,
)
from tenon.locations import Location
from tenon.model.wording import Choose, Part, Repeat, Value, Wording, Words, Written
from tenon.suggestions import did_you_mean
from tenon.texts import ENGLISH, Text, say

_MARK = re.compile(r"\{\{(?P<value>.*?)\}\}|\{%(?P<block>.*?)%\}", re.DOTALL)
_OPENING = re.compile(r"\{\{|\{%")
_FOR = re.compile(r"for\s+(?P<path>[a-z][a-z0-9_.]*)\s*")
_AT_START, _AT_END, _INDENT = re.compile(r"(?:\n|^)[ \t]*\Z"), re.compile(r"[ \t]*(?:\n|\Z)"), re.compile(r"[ \t]*\Z")
_DEEPEST = 8
PAGES = {"page": INTEGER, "pages": INTEGER}


@dataclass(frozen=True)
class _Token:
    """`position` counts characters of the text; `inside` those before the expression within the mark."""

    kind: str
    text: str
    position: int
    inside: int
    mark: int
    """Which of the text's marks it is, from 0; -1 for plain words."""


class _Refused(Exception):
    def __init__(self, code: str, message: Text, token: _Token, offset: int = 0, hint: Text | None = None) -> None:
        super().__init__(str(message))
        self.code, self.message, self.token, self.offset, self.hint = code, message, token, offset, hint


def wording(work: Work, node: Node | None, path: TreePath, scope: Scope) -> Wording | None:
    """Every language of the text at `path`, those of translation files among them."""
    text = work.text(node, path)
    if text is None:
        return None
    return Wording(
        languages={
            language: _written(work, words, _source(work, node, path, language), path, scope)
            for language, words in text.values.items()
        }
    )


def read_wording(work: Work, words: str, path: TreePath, place: Location, scope: Scope) -> Written:
    """Words that stand in no text file; what is wrong with them is told with the place they were written at."""
    try:
        return _Reader(words, scope).read()
    except _Refused as refused:
        mark = words[refused.token.position :].partition("}")[0][:80]
        message = say("{message} In: {mark}", "{message} 位置：{mark}", message=refused.message, mark=f"{mark}}}}}")
        work.problems.add(refused.code, message, path=".".join(path), location=place, hint=refused.hint)
        return ()


def _source(work: Work, node: Node | None, path: TreePath, language: str) -> Node | None:
    """Where the words of one language were written."""
    if language in work.words.get(".".join(path), {}):
        files = work.tree.get("translations")
        file = None if files is None else files.get(language)
        if file is not None:
            return file.get(".".join(path)) or file.at(path)
    if node is not None and node.map:
        return node.get(language)
    return node if language == ENGLISH else None


def _written(work: Work, words: str, node: Node | None, path: TreePath, scope: Scope) -> Written:
    try:
        return _Reader(words, scope).read()
    except _Refused as refused:
        place = None if node is None else _place(node, words, refused)
        work.problems.add(refused.code, refused.message, path=".".join(path), location=place, hint=refused.hint)
        return ()


def _place(node: Node, words: str, refused: _Refused) -> Location:
    """The file's own line and column: the marks of the text stand in the same order in the file."""
    start = _offset(node)
    source, mark = node.source.text, refused.token.mark
    found = list(_OPENING.finditer(source, start))[: mark + 1] if mark >= 0 else []
    if start < 0 or len(found) <= mark:
        return node.location
    at = found[mark].start()
    match = _MARK.match(words, refused.token.position)
    if match is not None and source.startswith(match[0], at):
        at += refused.token.inside + refused.offset
    line = source.count("\n", 0, at) + 1
    return Location(node.source.shown, line, at - (source.rfind("\n", 0, at) + 1) + 1)


def _offset(node: Node) -> int:
    """Where in the file's text the node begins; -1 when that is not known."""
    if node.line < 1:
        return -1
    start = 0
    for _line in range(node.line - 1):
        start = node.source.text.find("\n", start) + 1
        if start == 0:
            return -1
    return start + max(0, node.column - 1)


class _Reader:
    """One text; `for` and `if` nest."""

    def __init__(self, words: str, scope: Scope) -> None:
        self._tokens = list(_tokens(words))
        self._scope = scope
        self._next = 0

    def read(self) -> Written:
        parts, ending = self._parts(self._scope, 0)
        if ending is not None:
            raise _Refused(
                "unexpected_end", say("Nothing was begun that could end here.", "此处没有可结束的部分。"), ending
            )
        return parts

    def _parts(self, scope: Scope, depth: int) -> tuple[Written, _Token | None]:
        """What follows, up to the end of the text or to an `else` or `end`, which is given back."""
        parts: list[Part] = []
        while self._next < len(self._tokens):
            token = self._tokens[self._next]
            self._next += 1
            if token.kind == "words":
                parts.append(Words(token.text))
            elif token.kind == "value":
                parts.append(Value(_expression(token, scope, None)))
            elif token.text in ("end", "else"):
                return tuple(parts), token
            else:
                parts.append(self._block(token, scope, depth))
        return tuple(parts), None

    def _block(self, token: _Token, scope: Scope, depth: int) -> Part:
        if depth >= _DEEPEST:
            raise _Refused("nested_too_deeply", say("This is nested too deeply.", "嵌套过深。"), token)
        loop = _FOR.fullmatch(token.text)
        if loop is not None:
            relationship, inner = _relationship(loop["path"], token, scope)
            return Repeat(relationship, self._until_end(token, inner, depth)[0])
        if token.text.startswith("if "):
            condition = _expression(replace(token, text=token.text[3:], inside=token.inside + 3), scope, BOOLEAN)
            parts, otherwise = self._until_end(token, scope, depth, alternative=True)
            return Choose(condition, parts, otherwise)
        hint = say("Possible: for, if, else, end.", "可以写：for、if、else、end。")
        message = say("“{text}” cannot stand here.", "此处不能写“{text}”。", text=token.text[:60])
        raise _Refused("bad_block", message, token, hint=hint)

    def _until_end(
        self, opened: _Token, scope: Scope, depth: int, *, alternative: bool = False
    ) -> tuple[Written, Written]:
        parts, ending = self._parts(scope, depth + 1)
        otherwise: Written = ()
        if ending is not None and ending.text == "else" and alternative:
            otherwise, ending = self._parts(scope, depth + 1)
        if ending is None or ending.text != "end":
            message = say("“{text}” has no end.", "“{text}”没有结束。", text=opened.text[:60])
            raise _Refused("missing_end", message, opened, hint=say("Write {% end %}.", "请写 {% end %}。"))
        return parts, otherwise


def _tokens(words: str) -> list[_Token]:
    found, here = [], 0
    for number, match in enumerate(_MARK.finditer(words)):
        if match.start() > here:
            found.append(_Token("words", words[here : match.start()], here, 0, -1))
        kind = "value" if match["value"] is not None else "block"
        inner = match[kind]
        lead = len(inner) - len(inner.lstrip())
        found.append(_Token(kind, inner.strip(), match.start(), 2 + lead, number))
        here = match.end()
    rest = words[here:]
    unclosed = _OPENING.search(rest)
    if unclosed is not None:
        token = _Token("value", "", here + unclosed.start(), 0, sum(token.mark >= 0 for token in found))
        raise _Refused("not_closed", say("This is never closed.", "此处没有闭合。"), token)
    if rest:
        found.append(_Token("words", rest, here, 0, -1))
    return _without_empty_lines(found)


def _without_empty_lines(tokens: list[_Token]) -> list[_Token]:
    """A block that has a line for itself leaves none behind: the rows of a table in Markdown stay together."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        if token.kind != "block":
            continue
        before = tokens[place - 1].text if place else "\n"
        after = tokens[place + 1].text if place + 1 < len(tokens) else "\n"
        alone_before = (place == 0 or tokens[place - 1].kind == "words") and _AT_START.search(before)
        alone_after = (place + 1 == len(tokens) or tokens[place + 1].kind == "words") and _AT_END.match(after)
        if not alone_before or not alone_after:
            continue
        if place:
            found[place - 1] = replace(found[place - 1], text=_INDENT.sub("", found[place - 1].text))
        if place + 1 < len(tokens):
            found[place + 1] = replace(found[place + 1], text=_AT_END.sub("", found[place + 1].text, count=1))
    return found


def _expression(token: _Token, scope: Scope, expected: Type | None) -> Expression:
    try:
        return compile_expression(token.text, scope, expected=expected)
    except ExpressionError as error:
        raise _Refused(error.code, error.message, token, error.position, error.hint) from None


def _relationship(written: str, token: _Token, scope: Scope) -> tuple[tuple[str, ...], Scope]:
    """The child records, and the scope of one of them, in which `record` is the one outside."""
    offset, steps = token.text.index(written), tuple(written.split("."))
    here: RecordShape | None = scope.record
    kind = None
    for name in steps:
        kind = None if here is None else here.attribute(name)
        if kind is None:
            known = () if here is None else here.attributes()
            message = say("There is no “{name}” here.", "这里没有“{name}”。", name=name)
            raise _Refused("unknown_name", message, token, offset, did_you_mean(name, known))
        here = kind.item.record if is_child_list(kind) and kind.item is not None else kind.record
    if kind is None or not is_child_list(kind) or here is None:
        message = say("“{name}” is not many records.", "“{name}”不是多条记录。", name=written)
        raise _Refused("wrong_type", message, token, offset)
    outer = {"record": scope.record} if scope.record is not None and "record" not in scope.roots else {}
    return steps, replace(scope, record=here, roots={**scope.roots, **outer})
