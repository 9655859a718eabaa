"""In charge of changing files people wrote: what is not meant stays as it stands, comments and spacing included."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from tenon.compiler.layering import read_one
from tenon.compiler.patches import MISSING, Path, Plain, value_at
from tenon.compiler.placing import place
from tenon.compiler.reading import meaning
from tenon.compiler.sources import WORD, SourceFile
from tenon.compiler.writing import UNPRINTED, is_short, layer_files, text
from tenon.problems import Problems

_ENDLESS = 100_000


@dataclass(frozen=True, kw_only=True)
class _Edit:
    """`value` is MISSING where the layer shall say nothing any more."""

    path: Path
    value: Any


def edited(files: tuple[SourceFile, ...], before: Plain, after: Plain, *, layer: str) -> tuple[SourceFile, ...]:
    """The files of a layer that says `before`, changed so that it says `after`."""
    for edit in _edits(before, after, ()):
        files = _removed(files, edit.path) if edit.value is MISSING else _set(files, edit, layer)
    return tuple(sorted(files, key=lambda file: file.path))


def _edits(before: Plain, after: Plain, path: Path) -> Iterator[_Edit]:
    for key in before:
        if key not in after:
            yield _Edit(path=(*path, key), value=MISSING)
    for key, value in after.items():
        old = before.get(key, MISSING)
        if isinstance(old, dict) and isinstance(value, dict):
            yield from _edits(old, value, (*path, key))
        elif old is MISSING or old != value or type(old) is not type(value):
            yield _Edit(path=(*path, key), value=value)


def _removed(files: tuple[SourceFile, ...], path: Path) -> tuple[SourceFile, ...]:
    kept = []
    for file in files:
        where = _place(file)
        if where[: len(path)] == path:
            continue
        inside = path[: len(where)] == where and where and value_at(content_of(file), path[len(where) :]) is not MISSING
        kept.append(_changed(file, path[len(where) :], MISSING) if inside else file)
    return tuple(kept)


def _set(files: tuple[SourceFile, ...], edit: _Edit, layer: str) -> tuple[SourceFile, ...]:
    home = _home(files, edit.path)
    if home is None:
        content = edit.value
        for step in reversed(edit.path[2:] if len(edit.path) > 1 else ()):
            content = {step: content}
        made = layer_files(layer, _wrapped(edit.path[:2], content))
        return (*files, *made)
    rest = edit.path[len(_place(home)) :]
    if home.path.endswith(".csv"):
        new = replace(
            home, path=home.path.removesuffix(".csv") + ".yaml", text=text(_with(content_of(home), rest, edit))
        )
    elif home.path.endswith(WORD):
        new = replace(home, text=str(edit.value))
    elif not rest:
        new = replace(home, text=text(edit.value))
    else:
        new = _changed(home, rest, edit.value)
    return tuple(new if file is home else file for file in files)


def _wrapped(path: Path, content: Any) -> Plain:
    for step in reversed(path):
        content = {step: content}
    made: Plain = content
    return made


def _home(files: tuple[SourceFile, ...], path: Path) -> SourceFile | None:
    """The file that says the most about what is at `path`; the last of several."""
    found, most = None, -1
    for file in sorted(files, key=lambda item: item.path):
        where = _place(file)
        if where and path[: len(where)] == where:
            depth = _depth(content_of(file), path[len(where) :])
            if (depth := depth + len(where)) >= most:
                found, most = file, depth
    return found


def _depth(content: Any, path: Path) -> int:
    depth = 0
    for step in path:
        if not isinstance(content, dict) or step not in content:
            break
        content, depth = content[step], depth + 1
    return depth


def _place(file: SourceFile) -> Path:
    return place(file, Problems()) or ()


def content_of(file: SourceFile) -> Any:
    """The plain value of one file; an empty map when it cannot be read."""
    node, _problems = read_one(file)
    return {} if node is None else node.plain()


def _changed(file: SourceFile, path: Path, value: Any) -> SourceFile:
    """One place of a file, as small a change of its text as will do."""
    wanted = _with(content_of(file), path, _Edit(path=path, value=value))
    for attempt in (_by_lines, _whole):
        try:
            made = replace(file, text=attempt(file.text, path, value))
        except (YAMLError, KeyError, TypeError, ValueError):
            continue
        if content_of(made) == wanted and not read_one(made)[1]:
            return made
    return replace(file, text=text(wanted))


def _with(content: Any, path: Path, edit: _Edit) -> Any:
    """The plain value with the edit made."""
    result = dict(content) if isinstance(content, dict) else {}
    if not path:
        return edit.value
    if len(path) > 1:
        result[path[0]] = _with(result.get(path[0], {}), path[1:], edit)
    elif edit.value is MISSING:
        result.pop(path[0], None)
    else:
        result[path[0]] = edit.value
    return result


def _by_lines(source: str, path: Path, value: Any) -> str:
    """The round trip's own changes of spacing are taken back, line by line."""
    same, changed = _round_trip(source, None, MISSING), _round_trip(source, path, value)
    return "".join(_merged(source.splitlines(keepends=True), same.splitlines(True), changed.splitlines(True)))


def _whole(source: str, path: Path, value: Any) -> str:
    return _round_trip(source, path, value)


def _round_trip(source: str, path: Path | None, value: Any) -> str:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _ENDLESS
    if re.search(r"^( *)[^ #\n-][^\n]*:[ ]*\n\1- ", source, re.MULTILINE) is None:
        yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load(source)
    if path is not None:
        if not isinstance(document, CommentedMap):
            raise ValueError("the file holds no map")
        _put(document, path, value)
    out = StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _put(document: Any, path: Path, value: Any) -> None:
    for index, step in enumerate(path[:-1]):
        below = document.get(step)
        if not isinstance(below, CommentedMap):
            content = value
            for inner in reversed(path[index + 1 :]):
                content = {inner: content}
            document[step] = _dressed(content)
            return
        document = below
    if value is MISSING:
        del document[path[-1]]
    else:
        document[path[-1]] = _dressed(value)


def _dressed(value: Any) -> Any:
    """A plain value in the style new files are written in."""
    if isinstance(value, str):
        if meaning(value) != value or UNPRINTED.search(value):
            return DoubleQuotedScalarString(value)
        return LiteralScalarString(value) if "\n" in value else value
    if isinstance(value, (dict, list)):
        if isinstance(value, dict):
            made: Any = CommentedMap({key: _dressed(item) for key, item in value.items()})
        else:
            made = CommentedSeq([_dressed(item) for item in value])
        if is_short(value) or not value:
            made.fa.set_flow_style()
        return made
    return value


def _merged(original: list[str], same: list[str], changed: list[str]) -> list[str]:
    """`changed` with every stretch that equals `same` in the words of `original`."""
    words, stretch_of = _stretches(original, same)
    result: list[str] = []
    operations = SequenceMatcher(None, same, changed, autojunk=False).get_opcodes()
    kept = {index for tag, first, last, *_ in operations if tag == "equal" for index in range(first, last)}
    for tag, first, last, new_first, new_last in operations:
        if tag != "equal":
            result.extend(changed[new_first:new_last])
            continue
        for index in range(first, last):
            stretch = stretch_of[index]
            if not kept.issuperset(stretch):
                result.append(same[index])
            elif index == stretch[0]:
                result.extend(words[stretch])
    return result


def _stretches(original: list[str], same: list[str]) -> tuple[dict[range, list[str]], list[range]]:
    """Which lines of the original each stretch of the round trip stands for."""
    new, old = ([re.sub(r"\s+", "", line) for line in lines] for lines in (same, original))
    words: dict[range, list[str]] = {}
    stretch_of: list[range] = []
    waiting: list[str] = []
    for tag, first, last, old_first, old_last in SequenceMatcher(None, new, old, autojunk=False).get_opcodes():
        if tag == "insert":
            waiting.extend(original[old_first:old_last])
            continue
        pieces = range(first, last)
        if tag == "equal":
            for offset, index in enumerate(pieces):
                stretch = range(index, index + 1)
                words[stretch] = [*waiting, original[old_first + offset]]
                waiting = []
                stretch_of.append(stretch)
        else:
            words[pieces] = [*waiting, *original[old_first:old_last]]
            waiting = []
            stretch_of.extend([pieces] * len(pieces))
    if waiting and stretch_of:
        words[stretch_of[-1]] = [*words[stretch_of[-1]], *waiting]
    return words, stretch_of
