"""In charge of the layers of a workspace before they are folded: each file read once and put in its place."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from tenon.compiler.folding import Placed, assemble
from tenon.compiler.nodes import Node
from tenon.compiler.placing import place
from tenon.compiler.reading import LARGEST, read_yaml
from tenon.compiler.rows import read_csv
from tenon.compiler.sources import WORD, SourceFile, Sources
from tenon.locations import Location
from tenon.problems import Problem, Problems
from tenon.texts import say


@dataclass(frozen=True, kw_only=True)
class Layers:
    """`files` are the placed files of each layer, lowest first; `complete` when every file could be read."""

    files: dict[str, list[Placed]]
    complete: bool


def read_files(sources: Sources, problems: Problems) -> Layers:
    read = [(file, *read_one(file)) for file in sources.files]
    for _file, _node, found in read:
        for problem in found:
            problems.take(problem)
    files: dict[str, list[Placed]] = {layer: [] for layer in sources.layers}
    for file, node, _found in read:
        path = place(file, problems)
        if path is not None and node is not None:
            files[file.layer].append((path, node))
    return Layers(files=files, complete=all(node is not None for _file, node, _found in read))


@lru_cache(maxsize=4096)
def read_one(file: SourceFile) -> tuple[Node | None, tuple[Problem, ...]]:
    """Kept by content, since nodes never change: the next compilation reads only what was edited."""
    problems = Problems()
    return _reader_of(file)(file, problems), tuple(problems)


def _reader_of(file: SourceFile) -> Callable[[SourceFile, Problems], Node | None]:
    if file.path.endswith(WORD):
        return _read_word
    return read_csv if file.path.endswith(".csv") else read_yaml


def _read_word(file: SourceFile, problems: Problems) -> Node | None:
    """The content of a template, beside what the YAML file of the same name says of it."""
    if file.fault or len(file.text) > LARGEST:
        message = say("The Word file cannot be read, or is larger than 700 kB.", "Word 文件无法读取，或超过 700 KB。")
        problems.add("bad_word_file", message, location=Location(file.shown))
        return None
    return Node({"docx": Node(file.text, file)}, file)


def said_by(sources: Sources, layer: str) -> Node:
    """What one layer says by itself, nulls included: a patch over the layers below it."""
    files = read_files(Sources(files=sources.layer(layer)), Problems()).files
    return assemble(files.get(layer, []), Problems())
