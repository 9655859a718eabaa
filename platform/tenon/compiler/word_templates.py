"""In charge of templates that are files of word processors: every value in them is there, every block ends in place."""

from collections.abc import Iterator

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.placeholders import read_wording
from tenon.compiler.word_files import BadWordFile, WordPart, is_whole, parts_of
from tenon.compiler.work import Work
from tenon.expressions import Scope
from tenon.locations import Location
from tenon.model.wording import Choose, Repeat, WordFile, Words, Written
from tenon.texts import Text, say


def word_file(work: Work, node: Node | None, path: TreePath, scope: Scope) -> WordFile | None:
    if node is None:
        return None
    place = Location(node.source.shown)
    try:
        parts = parts_of(str(node.value))
    except BadWordFile as bad:
        work.problems.add(bad.code, _REFUSED[bad.code].filled(detail=bad.detail), path=".".join(path), location=place)
        return None
    found = {part.name: read_wording(work, part.xml, path, place, scope) for part in parts}
    for part in parts:
        if not _ends_in_place(found[part.name], part):
            hint = say(
                "Put the block and its end into paragraphs, or rows of a table, of their own.",
                "请将循环或条件的开始与结束各放在单独的段落或表格行中。",
            )
            message = say("A block begins in one place and ends in another.", "有一个块的开始与结束不在同一位置。")
            work.problems.add("missing_end", message, path=".".join(path), location=place, hint=hint)
    return WordFile(content=str(node.value), parts={name: parts for name, parts in found.items() if _has_places(parts)})


def _has_places(parts: Written) -> bool:
    return any(not isinstance(part, Words) for part in parts)


def _ends_in_place(parts: Written, whole: WordPart) -> bool:
    return all(is_whole(_bare(inner), whole.spaces) and _ends_in_place(inner, whole) for inner in _inner(parts))


def _inner(parts: Written) -> Iterator[Written]:
    for part in parts:
        if isinstance(part, Repeat):
            yield part.parts
        elif isinstance(part, Choose):
            yield part.parts
            yield part.otherwise


def _bare(parts: Written) -> str:
    """What stands between the places."""
    return "".join(part.text for part in parts if isinstance(part, Words))


_REFUSED: dict[str, Text] = {
    "not_a_word_file": say("This is no Word file (DOCX): {detail}", "这不是 Word 文件（DOCX）：{detail}"),
    "dangerous_word_file": say(
        "The file brings programs or other files, or fetches something: {detail}",
        "文件含有宏或嵌入文件，或引用外部内容：{detail}",
    ),
}
