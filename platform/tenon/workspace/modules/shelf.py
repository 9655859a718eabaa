"""In charge of what modules there are for a workspace: installed, sleeping, available, with a newer version ready."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenon.compiler import read_document
from tenon.compiler.folders import module_folders
from tenon.compiler.version_ranges import is_newer
from tenon.errors import TenonError
from tenon.model import Model
from tenon.texts import Text
from tenon.workspace.modules.wishes import Wishes


@dataclass(frozen=True, kw_only=True)
class ModuleState:
    """`version` lies in the folder, None when the folder is gone; `published` is in force, None when it is not."""

    name: str
    label: Text
    version: str | None
    published: str | None = None
    standard: bool = True
    wanted: bool = False
    enabled: bool = True
    entities: tuple[str, ...] = ()
    fields: int = 0

    @property
    def state(self) -> str:
        """One word: installed, sleeping, waiting (wanted and not applied), available, or missing (folder gone)."""
        if self.version is None:
            return "missing"
        if not self.enabled:
            return "sleeping"
        if self.published is not None:
            return "installed"
        return "waiting" if self.wanted else "available"

    @property
    def upgrade(self) -> str | None:
        """The newer version that lies ready."""
        ready = self.version is not None and self.published is not None and is_newer(self.version, self.published)
        return self.version if ready else None


def module_states(folder: Path, model: Model | None) -> list[ModuleState]:
    """`model` is what is published; None before anything is. Installed ones in the order of layers, then the others."""
    folders = module_folders(folder)
    wishes = Wishes(folder)
    installed = list(model.modules) if model is not None else []
    names = dict.fromkeys([*installed, *wishes.names, *sorted(folders)])
    return [_state(name, folders.get(name), folder, model, wishes) for name in names]


def _state(name: str, place: Path | None, folder: Path, model: Model | None, wishes: Wishes) -> ModuleState:
    manifest = _manifest(place)
    known = model.modules.get(name) if model is not None else None
    entities, fields = brought(model, name) if model is not None and known is not None else _found(place)
    label = Text.of(manifest["label"]) if "label" in manifest else known.label if known is not None else Text.of(name)
    return ModuleState(
        name=name,
        label=label,
        version=manifest.get("version"),
        published=known.version if known is not None else None,
        standard=place is not None and not place.is_relative_to(folder),
        wanted=name in wishes.names,
        enabled=wishes.enabled(name),
        entities=entities,
        fields=fields,
    )


def brought(model: Model, module: str) -> tuple[tuple[str, ...], int]:
    """The entities a module made, and how many fields it made, here and on what others made."""
    entities = tuple(entity.name for entity in model.entities.values() if entity.module == module)
    made = [
        f for e in model.entities.values() for f in e.fields.values() if not f.system and layer_of(model, f) == module
    ]
    return entities, len(made)


def layer_of(model: Model, field: Any) -> str:
    """The layer a field was made in."""
    return str(field.module or model.entities[field.entity].module)


def _manifest(place: Path | None) -> dict[str, Any]:
    """Nothing when the folder is gone or its manifest cannot be read, which the check tells about."""
    try:
        return dict(read_document("module", place / "module.yaml")) if place is not None else {}
    except TenonError:
        return {}


def _found(place: Path | None) -> tuple[tuple[str, ...], int]:
    """By the names of the files alone; patches on what others made are among them."""
    if place is None or not (place / "entities").is_dir():
        return (), 0
    return tuple(sorted(path.stem for path in (place / "entities").glob("*.yaml"))), 0
