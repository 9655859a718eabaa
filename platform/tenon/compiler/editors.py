"""In charge of completion and help in text editors: the JSON Schemas of every kind, ready for a folder of files.

Editors know the YAML language server's line `# yaml-language-server: $schema=…`. The schemas stand in a folder of the
workspace or module, so that the line is the same on every machine and can be kept with the files.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tenon import resources
from tenon.compiler import schemas
from tenon.compiler.placing import FOLDERS, SECTIONS, SINGLES
from tenon.fields import FIELD_TYPES

FOLDER = ".schemas"
FIELD_TYPES_FILE = "field_types.schema.json"
_AS_IT_IS = ("if", "propertyNames", "examples", "default", "enum")
_BY_NAME = ("properties", "$defs")
_LEAD = "# yaml-language-server: $schema="


def schema_line(path: str) -> str:
    """The first line of the metadata file at `path`, relative to its module or workspace; "" for any other file.

    `entities/visit.yaml` gives `# yaml-language-server: $schema=../.schemas/entity.schema.json`.
    """
    stem, _dot, suffix = path.rpartition(".")
    parts = stem.split("/")
    name = _file_of(parts) if suffix == "yaml" else None
    return "" if name is None else f"{_LEAD}{'../' * (len(parts) - 1)}{FOLDER}/{name}\n"


def _file_of(parts: list[str]) -> str | None:
    if len(parts) == 1:
        known = {"workspace": "workspace", "module": "module"} | {name: schemas.KINDS[name] for name in SINGLES}
        kind = known.get(parts[0])
        return None if kind is None else f"{kind}.schema.json"
    if parts[0] not in FOLDERS:
        return None
    if len(parts) == 2:
        return f"{schemas.KINDS[parts[0]]}.schema.json"
    if parts[0] == "entities" and parts[2] in SECTIONS:
        return f"entity_{parts[2]}.schema.json" if len(parts) == 3 else f"entity_{parts[2]}_item.schema.json"
    return None


def write_schemas(folder: Path) -> list[Path]:
    """Put the schemas into the folder of a workspace or module; returns the files. What is there is replaced."""
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in editor_schemas().items():
        path = target / name
        path.write_text(text_of(schema), encoding="utf-8")
        written.append(path)
    return written


def refresh_schemas(folder: Path) -> list[Path]:
    """Bring the schemas of a workspace, and of the modules in it, to what this program knows; returns what changed.

    Only where there are some: whoever threw them away does not want them.
    """
    homes = [folder, *sorted(path.parent for path in folder.glob(f"modules/*/{FOLDER}"))]
    texts = {name: text_of(schema) for name, schema in editor_schemas().items()}
    return [path for home in homes if (home / FOLDER).is_dir() for path in _refreshed(home / FOLDER, texts)]


def _refreshed(target: Path, texts: Mapping[str, str]) -> Iterator[Path]:
    for name, text in texts.items():
        path = target / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            yield path
    for path in target.glob("*.schema.json"):
        if path.name not in texts:
            path.unlink()
            yield path


def text_of(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def editor_schemas() -> dict[str, dict[str, Any]]:
    """File name → schema: the language's own files, fields with the options of their types, parts of an entity."""
    found = {path.name: schemas.load(path.name.removesuffix(".schema.json")) for path in _own_files()}
    entity = found["entity.schema.json"]
    properties: dict[str, Any] = dict(entity["properties"])
    properties["fields"] = {**properties["fields"], "additionalProperties": {"$ref": FIELD_TYPES_FILE}}
    for section in SECTIONS:
        whole = properties[section]
        found[f"entity_{section}.schema.json"] = whole
        found[f"entity_{section}_item.schema.json"] = whole["additionalProperties"]
    found["entity.schema.json"] = {**entity, "properties": properties}
    found[FIELD_TYPES_FILE] = field_types()
    return {name: _as_patch(schema) for name, schema in found.items()}


def _as_patch(schema: Any) -> Any:
    """Any file may be a change of what a lower layer says: it has not everything, and null takes something away."""
    if isinstance(schema, list):
        return [_as_patch(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _below(key, item) for key, item in schema.items() if key != "required"}
    if isinstance(schema.get("type"), str):
        found["type"] = [schema["type"], "null"]
    elif isinstance(schema.get("type"), list):
        found["type"] = [*schema["type"], "null"]
    if isinstance(schema.get("enum"), list):
        found["enum"] = [*schema["enum"], None]
    return found


def _below(key: str, item: Any) -> Any:
    if key in _BY_NAME:
        return {name: _as_patch(schema) for name, schema in item.items()}
    return item if key in _AS_IT_IS else _as_patch(item)


def _own_files() -> list[Path]:
    return sorted(resources.folder("metadata").glob("*.schema.json"))


def field_types() -> dict[str, Any]:
    """One schema for a field of any type: the keys of every field, and the options of the type it names."""
    common = schemas.load("field")
    usable = [key for key, kind in FIELD_TYPES.items() if not kind.internal]
    properties = {**common["properties"], "type": {**common["properties"]["type"], "enum": usable}}
    properties["type"].pop("examples", None)
    return {
        **common,
        "properties": {**{key: {"$ref": f"field.schema.json#/properties/{key}"} for key in properties}}
        | {"type": properties["type"]},
        "additionalProperties": True,
        "allOf": [_of_type(key, list(properties)) for key in usable],
    }


def _of_type(key: str, common: list[str]) -> dict[str, Any]:
    kind = FIELD_TYPES[key]
    options: dict[str, Any] = dict(kind.option_schema)
    if "options" in options:
        options["options"] = {**options["options"], "$ref": "choices.schema.json#/$defs/options"}
    return {
        "if": {"properties": {"type": {"const": key}}, "required": ["type"]},
        "then": {
            "title": kind.label.in_("en"),
            "description": kind.help.in_("en"),
            "description:zh-CN": kind.help.in_("zh-CN"),
            "properties": options,
            "propertyNames": {"enum": [*common, *options]},
        },
    }
