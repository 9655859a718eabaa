"""In charge of reading one YAML file: its text becomes nodes that know their line and column.

YAML as of version 1.2 in what words mean: only true and false are booleans, dates stay text. Anchors, tags and
merge keys are refused, so a small file can never grow in memory.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from tenon.compiler.nodes import Node, Scalar
from tenon.compiler.sources import SourceFile
from tenon.locations import Location
from tenon.problems import Problems
from tenon.texts import Text, say

LARGEST = 1_000_000
"""Characters of one file."""
DEEPEST = 32

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAB_INDENT = re.compile(r"^ *\t\s*[^\s#]", re.MULTILINE)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})?\.[0-9]{1,18}([eE][-+]?[0-9]{1,2})?")
_QUOTES = ("'", '"')
_WORDS: dict[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}
_HINTS = {
    "mapping values are not allowed": say("Put quotes around a text that holds “: ”.", "含有“: ”的文字要加引号。"),
    "could not find expected ':'": say("Each line needs “name: value”.", "每一行都要写成“名称: 值”。"),
    "did not find expected key": say(
        "Check the indentation and the quotes of this line and the one above.", "请检查本行及上一行的缩进和引号。"
    ),
    "cannot start any token": say(
        "Put quotes around a text that begins with a special character.", "以特殊字符开头的文字要加引号。"
    ),
}


def read_yaml(source: SourceFile, problems: Problems) -> Node | None:
    """None when the file cannot be used; the reasons are then among the problems.

    A file that holds the one word `null` removes its whole subtree.
    """
    refusal = _unreadable(source)
    if refusal is not None:
        code, message, location = refusal
        problems.add(code, message, location=location)
        return None
    try:
        root = _Builder(source, problems).build(yaml.parse(source.text, Loader=yaml.CSafeLoader))
    except _Refused:
        return None
    except yaml.YAMLError as error:
        _report_syntax(source, error, problems)
        return None
    return _checked_root(source, root, problems)


def _checked_root(source: SourceFile, root: Node | None, problems: Problems) -> Node | None:
    if root is None:
        problems.add(
            "empty_file",
            say("The file is empty.", "文件是空的。"),
            location=Location(source.shown, 1),
            hint=say("Write something into it, or delete it.", "请写入内容，或删除该文件。"),
        )
        return None
    if root.value is not None and not isinstance(root.value, dict):
        message = say("A metadata file holds names with values (name: value).", "元数据文件由“名称: 值”组成。")
        problems.add("not_a_map", message, location=root.location)
        return None
    return root


def _unreadable(source: SourceFile) -> tuple[str, Text, Location] | None:
    """Why the text cannot even be parsed."""
    whole = Location(source.shown, 1)
    if source.fault == "too_large" or len(source.text) > LARGEST:
        return "too_large", say("The file is larger than 1 MB.", "文件超过 1 MB。"), whole
    if source.fault == "not_text":
        return "not_text", say("The file is not text in UTF-8.", "文件不是 UTF-8 文本。"), whole
    if source.fault:
        return "unreadable", say("The file cannot be read.", "文件无法读取。"), whole
    strange = _UNPRINTABLE.search(source.text.removeprefix("\ufeff"))
    if strange is not None:
        message = say(
            "The file holds the control character U+{code}.",
            "文件含有控制字符 U+{code}。",
            code=f"{ord(strange.group()):04X}",
        )
        return "control_character", message, _location_of(source, strange.start())
    tab = _TAB_INDENT.search(source.text)
    if tab is not None:
        message = say("A line is indented with a tab; use spaces.", "有一行用制表符缩进；请改用空格。")
        return "tab", message, _location_of(source, tab.start())
    return None


def _location_of(source: SourceFile, offset: int) -> Location:
    before = source.text[:offset]
    return Location(source.shown, before.count("\n") + 1, offset - before.rfind("\n"))


def _report_syntax(source: SourceFile, error: yaml.YAMLError, problems: Problems) -> None:
    mark = getattr(error, "problem_mark", None)
    reason = str(getattr(error, "problem", None) or error).splitlines()[0]
    hint = next((text for words, text in _HINTS.items() if words in reason), None)
    location = Location(source.shown, mark.line + 1, mark.column + 1) if mark else Location(source.shown, 1)
    message = say("This is not valid YAML: {reason}.", "YAML 语法有误：{reason}。", reason=reason)
    problems.add("bad_yaml", message, location=location, hint=hint)


class _Refused(Exception):
    """The file uses something this language does without; the problem is already noted."""


@dataclass
class _Open:
    """A list or map whose end has not been read; `key` waits for its value."""

    node: Node
    key: str | None = None
    waiting: bool = False
    seen: dict[str, int] = field(default_factory=dict)


class _Builder:
    """Turns parser events into nodes without recursion, so depth and size are bounded while reading."""

    def __init__(self, source: SourceFile, problems: Problems) -> None:
        self.source = source
        self.problems = problems
        self.open: list[_Open] = []
        self.root: Node | None = None

    def build(self, events: Iterator[yaml.Event]) -> Node | None:
        documents = 0
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                self._start(event)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self._place(self.open.pop().node)
            elif isinstance(event, yaml.AliasEvent):
                self._refuse(event, "alias", say("Aliases (*name) are not supported.", "不支持别名（*名称）。"))
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    message = say("A file holds one document; “---” may not separate more.", "一个文件只能有一个文档。")
                    self._refuse(event, "many_documents", message)
        return self.root

    def _start(self, event: "yaml.MappingStartEvent | yaml.SequenceStartEvent") -> None:
        self._check(event)
        if self._awaits_key():
            self._refuse(event, "bad_key", say("A name must be plain text.", "名称必须是普通文字。"))
        if len(self.open) >= DEEPEST:
            message = say("Values are nested more than {depth} deep.", "嵌套超过 {depth} 层。", depth=DEEPEST)
            self._refuse(event, "too_deep", message)
        value: list[Node] | dict[str, Node] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.open.append(_Open(self._node(value, event)))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._check(event)
        if self._awaits_key():
            self._key(event)
        else:
            quoted = event.style in _QUOTES
            value = event.value if event.style else meaning(event.value)
            self._place(self._node(value, event, inset=int(quoted)))

    def _key(self, event: yaml.ScalarEvent) -> None:
        top = self.open[-1]
        if event.value == "<<" and not event.style:
            self._refuse(event, "merge_key", say("Merge keys (<<) are not supported.", "不支持合并键（<<）。"))
        first = top.seen.setdefault(event.value, self._location(event).line)
        if event.value in top.node.map:
            message = say(
                "“{key}” is written twice; first on line {line}.", "“{key}”写了两次；第一次在第 {line} 行。",
                key=event.value, line=first,
            )  # fmt: skip
            self.problems.add("duplicate_key", message, location=self._location(event))
        top.key, top.waiting = event.value, True

    def _place(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        top = self.open[-1]
        if isinstance(top.node.value, list):
            top.node.value.append(node)
        elif top.key is not None:
            top.node.map.setdefault(top.key, node)
            top.waiting = False

    def _awaits_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].node.value, dict) and not self.open[-1].waiting

    def _check(self, event: "yaml.ScalarEvent | yaml.CollectionStartEvent") -> None:
        if event.anchor is not None:
            self._refuse(event, "alias", say("Anchors (&name) are not supported.", "不支持锚点（&名称）。"))
        if event.tag is not None and event.tag != "!":
            self._refuse(event, "tag", say("Tags (!name) are not supported.", "不支持标签（!名称）。"))

    def _refuse(self, event: yaml.Event, code: str, message: Text) -> None:
        self.problems.add(code, message, location=self._location(event))
        raise _Refused

    def _location(self, event: yaml.Event) -> Location:
        mark = event.start_mark
        return Location(self.source.shown, mark.line + 1, mark.column + 1) if mark else Location(self.source.shown)

    def _node(self, value: "Scalar | list[Node] | dict[str, Node]", event: yaml.Event, *, inset: int = 0) -> Node:
        """`inset` is 1 for quoted text, whose content begins behind the quote."""
        mark = event.start_mark
        node = Node(value, self.source, *((mark.line + 1, mark.column + 1 + inset) if mark else ()))
        node.is_shared = True  # a file is read once
        return node


def meaning(word: str) -> Scalar:
    """What an unquoted word stands for; numbers with leading zeros or many digits stay text."""
    if word in _WORDS:
        return _WORDS[word]
    if _INTEGER.fullmatch(word):
        return int(word)
    if _FLOAT.fullmatch(word):
        return float(word)
    return word
