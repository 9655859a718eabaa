"""In charge of which import mappings of a workspace's folder name a thing of the model."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tenon.errors import MetadataError, UnknownName
from tenon.exchange.importing.mapping import load_mapping
from tenon.locations import Location
from tenon.model import Model
from tenon.model.reads import Subject, option_reads, path_reads
from tenon.model.usage import Use
from tenon.texts import Text

FOLDERS = ("import", "imports")


def mapping_uses(folder: Path, model: Model, subject: Subject) -> tuple[Use, ...]:
    """The places in mapping files that name `subject` or what is below it. Files that are no mappings are passed."""
    found = (
        (path, named, place)
        for path in _mappings(folder)
        for named, place in _names(path, model)
        if named == subject or named.startswith(subject + ".")
    )
    return tuple(_use(path, path.relative_to(folder).as_posix(), *rest) for path, *rest in dict.fromkeys(found))


def _mappings(folder: Path) -> Iterator[Path]:
    for name in FOLDERS:
        yield from sorted((folder / name).rglob("*.yaml"))


def _names(path: Path, model: Model) -> Iterator[tuple[Subject, str]]:
    """What the file names, and where in it."""
    try:
        content = load_mapping(path)
        entity = model.entities.find(content["entity"])
    except (MetadataError, UnknownName):
        return
    yield f"entities.{entity.name}", "entity"
    for name in content.get("match", ()):
        yield from ((subject, "match") for subject in path_reads(model.entities, entity.name, (name,)))
    for name, source in content.get("fields", {}).items():
        place = f"fields.{name}"
        yield from ((subject, place) for subject in path_reads(model.entities, entity.name, (name,)))
        field = entity.fields.get(name)
        if field is None:
            continue
        if isinstance(source, dict) and "find" in source:
            yield from ((named, place) for named in path_reads(model.entities, field.leads_to, (str(source["find"]),)))
        for key in _keys(content, source):
            yield from ((subject, place) for subject in option_reads(entity, field, key))


def _keys(content: dict[str, Any], source: Any) -> Iterator[object]:
    """What a choice may get: its constant, or what the words of its column mean."""
    if not isinstance(source, dict):
        source = {"column": source}
    if "constant" in source:
        yield source["constant"]
    column = content.get("columns", {}).get(source.get("column"), {})
    if isinstance(column, dict):
        yield from dict.fromkeys(column.get("map", {}).values())


def _use(path: Path, shown: str, subject: Subject, place: str) -> Use:
    line = next(
        (
            number
            for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            if text.strip().startswith(f"{place.rpartition('.')[2]}:")
        ),
        1,
    )
    return Use(
        path=shown, kind="import", label=Text.of(shown), location=Location(shown, line), how=place, subject=subject
    )
