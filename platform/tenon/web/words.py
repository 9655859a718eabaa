"""In charge of the words of the product's own pages: `ui/words.yaml`, which a workspace may override."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from tenon.model import Model
from tenon.resources import folder
from tenon.texts import Text


@lru_cache(maxsize=1)
def all_words() -> Mapping[str, Text]:
    """Key → text; the file is read once."""
    return read_words(folder("ui") / "words.yaml")


def read_words(file: Path) -> dict[str, Text]:
    """Nested maps become dotted keys; a map whose values are texts is the wording itself."""
    tree = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return dict(_leaves(tree, ()))


def _leaves(tree: Mapping[str, Any], path: tuple[str, ...]) -> list[tuple[str, Text]]:
    if all(isinstance(value, str) for value in tree.values()):
        return [(".".join(path), Text.of(tree))]
    return [leaf for key, value in tree.items() for leaf in _leaves(value, (*path, key))]


class Words:
    """The words in one language: `words("list.new", entity="Account")`. Raises KeyError for an unknown key."""

    def __init__(self, language: str, overrides: Mapping[str, str] | None = None) -> None:
        self.language = language
        self._overrides = overrides or {}

    @classmethod
    def of(cls, model: Model, language: str) -> "Words":
        return cls(language, model.translations.get(language))

    def __call__(self, key: str, **parameters: Any) -> str:
        wording = self._overrides.get(key) or all_words()[key].in_(self.language)
        return wording.format_map(parameters) if parameters else wording

    def below(self, prefix: str) -> dict[str, str]:
        """Every word whose key begins with `prefix`, by the rest of its key; for scripts."""
        return {key.removeprefix(prefix): self(key) for key in all_words() if key.startswith(prefix)}
