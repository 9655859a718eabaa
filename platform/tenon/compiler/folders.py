"""In charge of collecting a workspace's files from disk: the only part of the compiler that touches folders."""

import base64
from collections.abc import Iterator
from pathlib import Path, PurePath

from tenon import resources
from tenon.compiler.reading import LARGEST, read_yaml
from tenon.compiler.sources import WORD, WORKSPACE, SourceFile, Sources
from tenon.problems import Problems

ALWAYS = "core"
"""The module every workspace stands on."""
_LEFT_ALONE = {"import", "imports", "modules", "node_modules", "files", "docs"}
_BYTES = LARGEST * 4


def read_layers(workspace: Path, *, modules: Path | None = None) -> Sources:
    """The files of a workspace folder and of the modules it needs, lowest layer first.

    `modules` is where standard modules lie; the product's own folder when absent. What is wrong with a file is
    said by `check`, never raised here; a missing workspace.yaml raises FileNotFoundError.
    """
    if not (workspace / "workspace.yaml").is_file():
        raise FileNotFoundError(f"there is no workspace.yaml in {workspace}")
    shelf = _shelf(modules or resources.folder("modules"))
    own = _shelf(workspace / "modules")
    folders = {**shelf, **own}
    own_files = list(_files(workspace, WORKSPACE))
    files = [file for name in _needed(own_files, folders) for file in _files(folders[name], name)]
    return Sources(files=(*files, *own_files), local=frozenset(own), available=tuple(sorted(folders)))


def module_folders(workspace: Path, *, modules: Path | None = None) -> dict[str, Path]:
    """Every module this workspace could use, by name; its own win over standard ones of the same name."""
    return {**_shelf(modules or resources.folder("modules")), **_shelf(workspace / "modules")}


def _shelf(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        return {}
    return {item.name: item for item in sorted(folder.iterdir()) if (item / "module.yaml").is_file()}


def _files(folder: Path, layer: str) -> Iterator[SourceFile]:
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if is_metadata(relative) and path.is_file():
            yield _file(path, layer, relative.as_posix())


def is_metadata(relative: PurePath) -> bool:
    """A CSV elsewhere than in data and demo is to be imported, a DOCX elsewhere than in templates is a letter."""
    if relative.suffix not in (".yaml", ".yml", ".csv", WORD) or relative.is_absolute():
        return False
    if relative.suffix == WORD:
        return (
            len(relative.parts) == 2 and relative.parts[0] == "templates" and not relative.name.startswith((".", "~"))
        )
    if any(part.startswith(".") for part in relative.parts) or relative.parts[0] in _LEFT_ALONE:
        return False
    return relative.suffix != ".csv" or relative.parts[0] in ("data", "demo")


def _file(path: Path, layer: str, relative: str) -> SourceFile:
    try:
        if path.stat().st_size > _BYTES:
            return SourceFile(layer=layer, path=relative, fault="too_large")
        content = path.read_bytes()
        text = base64.b64encode(content).decode() if path.suffix == WORD else content.decode("utf-8")
    except UnicodeDecodeError:
        return SourceFile(layer=layer, path=relative, fault="not_text")
    except OSError:
        return SourceFile(layer=layer, path=relative, fault="unreadable")
    return SourceFile(layer=layer, path=relative, text=text)


def _needed(own_files: list[SourceFile], folders: dict[str, Path]) -> list[str]:
    """Names of the modules in the order of their layers: what is required comes first."""
    root = next(file for file in own_files if file.path == "workspace.yaml")
    wanted = [ALWAYS, *_names(root, "modules")]
    ordered: dict[str, None] = {}
    visiting: set[str] = set()
    waiting = list(reversed(wanted))
    while waiting:
        name = waiting.pop()
        if name in ordered or name not in folders:
            continue
        manifest = _file(folders[name] / "module.yaml", name, "module.yaml")
        missing = [n for n in _names(manifest, "requires") if n not in ordered and n not in visiting and n in folders]
        if missing:
            visiting.add(name)
            waiting.extend([name, *reversed(missing)])
        else:
            ordered[name] = None
    return list(ordered)


def _names(file: SourceFile, key: str) -> list[str]:
    """The words under `key`, list or map; a broken file has none, which the compilation reports."""
    root = read_yaml(file, Problems())
    node = None if root is None else root.get(key)
    if node is None:
        return []
    listed = [[item.value] if isinstance(item.value, str) else list(item.map) for item in node.entries]
    return [*node.map, *(name for names in listed for name in names)]
