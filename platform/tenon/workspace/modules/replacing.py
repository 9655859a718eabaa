"""In charge of putting a newer version of a module in place of the old one, and of putting the old one back."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tenon.compiler import read_document
from tenon.compiler.version_ranges import is_newer
from tenon.errors import Conflict, NotFound
from tenon.texts import say


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """The new version lies in `folder`; `kept` is where the old one waits, None when there was none."""

    name: str
    version: str
    former: str | None
    folder: Path
    kept: Path | None

    def keep_new(self) -> None:
        if self.kept is not None:
            shutil.rmtree(self.kept)

    def put_back(self) -> None:
        shutil.rmtree(self.folder)
        if self.kept is not None:
            shutil.move(self.kept, self.folder)


def replace_module(workspace: Path, source: Path, *, name: str | None = None) -> Replacement:
    """Copy the module of a folder or zip under the workspace's `modules`; the old one waits beside it.

    Raises Conflict when it is another module than `name`, or no newer than what is there.
    """
    with _unpacked(source) as folder:
        manifest = read_document("module", folder / "module.yaml")
        found, version = str(manifest["name"]), str(manifest["version"])
        if name not in (None, found):
            message = say(
                "This is the module “{found}”, not “{name}”.",
                "这是模块“{found}”，不是“{name}”。",
                found=found,
                name=name,
            )
            raise Conflict(message)
        target = workspace / "modules" / found
        former = _version_in(target)
        if former is not None and not is_newer(version, former):
            raise Conflict(
                say(
                    "“{name}” {version} is not newer than {former}, which is there.",
                    "“{name}” {version} 并不比现有的 {former} 新。",
                    name=found,
                    version=version,
                    former=former,
                )
            )
        kept = workspace / ".tenon" / "modules" / f"{found}-{former}" if target.exists() else None
        if kept is not None:
            shutil.rmtree(kept, ignore_errors=True)
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(target, kept)
        shutil.copytree(folder, target)
    return Replacement(name=found, version=version, former=former, folder=target, kept=kept)


def _version_in(folder: Path) -> str | None:
    if not (folder / "module.yaml").is_file():
        return None
    return str(read_document("module", folder / "module.yaml")["version"])


@contextmanager
def _unpacked(source: Path) -> Iterator[Path]:
    """The folder that holds module.yaml; of a zip a copy that goes away again."""
    if source.is_dir():
        yield _root(source)
        return
    if not zipfile.is_zipfile(source):
        raise NotFound(say("There is no module in {path}.", "{path} 中没有模块。", path=str(source)))
    with tempfile.TemporaryDirectory(prefix="tenon-module-") as folder:
        with zipfile.ZipFile(source) as package:
            package.extractall(folder)
        yield _root(Path(folder))


def _root(folder: Path) -> Path:
    inner = [item for item in folder.iterdir() if item.is_dir()]
    for candidate in (folder, *inner):
        if (candidate / "module.yaml").is_file():
            return candidate
    raise NotFound(say("There is no module.yaml in {path}.", "{path} 中没有 module.yaml。", path=str(folder)))
