"""In charge of the list of modules in workspace.yaml: changed as a person would, comments and order kept."""

import io
import os
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FILE = "workspace.yaml"


class Wishes:
    """`save` writes what was changed, `restore` puts back what the file said when it was read."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._before = self._path.read_text(encoding="utf-8")
        self._yaml = YAML()
        self._yaml.width = 110
        self._root: Any = self._yaml.load(self._before)

    @property
    def names(self) -> list[str]:
        return [next(iter(item)) if isinstance(item, dict) else str(item) for item in self._items]

    def enabled(self, name: str) -> bool:
        return self._settings(name).get("enabled", True) is not False

    def add(self, name: str, version: str | None = None) -> None:
        """At the end; a module that is listed already takes the new range of versions."""
        if name not in self.names:
            self._items.append(name)
        if version is not None:
            self._change(name, "version", version)

    def remove(self, name: str) -> None:
        if name in self.names:
            del self._items[self.names.index(name)]

    def enable(self, name: str, enabled: bool) -> None:
        self.add(name)
        self._change(name, "enabled", None if enabled else False)

    def save(self) -> None:
        text = io.StringIO()
        self._yaml.dump(self._root, text)
        self._write(text.getvalue())

    def restore(self) -> None:
        self._write(self._before)

    @property
    def _items(self) -> Any:
        if self._root.get("modules") is None:
            self._root["modules"] = []
        return self._root["modules"]

    def _settings(self, name: str) -> dict[str, Any]:
        item = self._items[self.names.index(name)] if name in self.names else None
        return dict(item[name] or {}) if isinstance(item, dict) else {}

    def _change(self, name: str, key: str, value: Any) -> None:
        """None takes the setting away; a module without settings is its name alone."""
        settings = {**self._settings(name), key: value}
        left = {key: value for key, value in settings.items() if value is not None}
        self._items[self.names.index(name)] = {name: left} if left else name

    def _write(self, text: str) -> None:
        waiting = self._path.with_name(f".{FILE}.new")
        waiting.write_text(text, encoding="utf-8")
        os.replace(waiting, self._path)  # noqa: PTH105 - replaces at once on every system
