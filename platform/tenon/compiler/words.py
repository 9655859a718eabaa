"""In charge of translation files: dotted or nested places of texts, laid over the labels written beside the things."""

from collections.abc import Iterator

from tenon.compiler.memory import of_node
from tenon.compiler.nodes import Node
from tenon.compiler.work import Work
from tenon.suggestions import did_you_mean
from tenon.texts import ENGLISH, LANGUAGES, say

PAGES = "pages"
_UNTOLD = ("translations", "data", "demo")
"""Parts of the tree whose maps are no texts of the workspace."""
_MOST_HINTS = 20
"""Looking for the nearest of all texts takes a while."""
Wordings = dict[str, dict[str, str]]


def gather_words(tree: Node) -> Wordings:
    """Dotted place → language → wording."""
    gathered: Wordings = {}
    for language, place, node in _entries(tree):
        gathered.setdefault(place, {})[language] = str(node.value)
    return gathered


def page_words(words: Wordings) -> dict[str, dict[str, str]]:
    """Language → key → wording, for the words of the product's own pages."""
    found: dict[str, dict[str, str]] = {}
    for place, wordings in words.items():
        if place.startswith(f"{PAGES}."):
            for language, wording in wordings.items():
                found.setdefault(language, {})[place.removeprefix(f"{PAGES}.")] = wording
    return found


def check_words(work: Work) -> None:
    """Translations of nothing, and texts that lack the workspace's language, are warned of."""
    told = 0
    for language, place, node in _entries(work.tree):
        if place not in work.places and not place.startswith(f"{PAGES}."):
            message = say("“{place}” is not the place of any text.", "“{place}”处没有任何文字。", place=place)
            path = ("translations", language, place)
            told += 1
            near = did_you_mean(place, work.places) if told <= _MOST_HINTS else None
            work.report("unused_translation", message, node, path, hint=near, severity="warning")


def check_languages(work: Work) -> None:
    """Every text that is written in several languages has the workspace's own."""
    node = work.tree.at(("workspace", "language"))
    language = node.value if isinstance(node.value, str) else ENGLISH
    for path, text in _without(work.tree, language):
        if language not in work.words.get(".".join(path), {}):
            message = say("The text is missing in {language}.", "缺少 {language} 的文字。", language=language)
            work.report("missing_translation", message, text, path, severity="warning")


def _texts(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Maps from language to wording, wherever they stand."""
    if any(isinstance(node.map[language].value, str) for language in LANGUAGES if language in node.map):
        yield path, node
        return
    for key, item in node.map.items():
        yield from _texts(item, (*path, key))


def _without(tree: Node, language: str) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Texts in several languages that have no wording in this one."""
    for kind, part in tree.map.items():
        for name, thing in part.map.items() if kind not in _UNTOLD else ():
            for path, text in _lacking(thing, language):
                yield (kind, name, *path), text


@of_node
def _lacking(thing: Node, language: str) -> tuple[tuple[tuple[str, ...], Node], ...]:
    return tuple((path, text) for path, text in _texts(thing, ()) if language not in text.map)


def _entries(tree: Node) -> Iterator[tuple[str, str, Node]]:
    """Language, dotted place and node of each wording."""
    files = tree.get("translations")
    for language, root in ({} if files is None else files.map).items():
        for path, node in root.leaves():
            if isinstance(node.value, str):
                yield language, ".".join(path), node
