"""In charge of the reference pages of the metadata language: one page per kind, with every key and examples."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tenon import resources
from tenon.compiler import schemas

Lines = Iterator[str]
Schema = Mapping[str, Any]
PREFIX = "metadata-"
_MOST_DEPTH = 6
_FILES = {
    "workspace": "workspace.yaml",
    "module": "module.yaml",
    "navigation": "navigation.yaml",
    "regions": "regions.yaml",
    "translations": "translations/<language>.yaml",
    "data": "data/<name>.yaml, demo/<name>.yaml",
}
"""Kind → where it is written, where that is not the folder of its part of the tree."""


def pages() -> dict[str, Lines]:
    """Name of a page → its lines: the list of kinds, and a page for each."""
    kinds = {name: schema for name in _names() if "properties" in (schema := schemas.load(name)) or "title" in schema}
    found = {f"{PREFIX}{name}": _page(name, schema) for name, schema in kinds.items()}
    return {"metadata": _index(kinds), **found}


def _names() -> list[str]:
    paths = resources.folder("metadata").glob("*.schema.json")
    return sorted(path.name.removesuffix(".schema.json") for path in paths)


def _index(kinds: Mapping[str, Schema]) -> Lines:
    yield "# Metadata 元数据\n"
    yield "The files of a module or workspace; their JSON Schemas are in `metadata/`.\n"
    yield "Options of field types: [field-types.md](field-types.md). Expressions: [functions.md](functions.md).\n"
    yield "| kind | file | what it is |\n|---|---|---|"
    for name, schema in kinds.items():
        title = " · ".join(filter(None, (schema.get("title", name), schema.get("title:zh-CN"))))
        place = _place(name)
        shown = f"`{place}`" if place else ""
        yield f"| [{title}]({PREFIX}{name}.md) | {shown} | {described(schema)} |"


def _place(name: str) -> str:
    if name in _FILES:
        return _FILES[name]
    folders = [part for part, kind in schemas.KINDS.items() if kind == name]
    return f"{folders[0]}/<name>.yaml" if folders else ""


def _page(name: str, schema: Schema) -> Lines:
    title = " · ".join(filter(None, (schema.get("title", name), schema.get("title:zh-CN"))))
    yield f"# {title}\n"
    yield f"{described(schema)}\n"
    rows = list(_rows("", schema, schema, 0))
    if rows:
        yield "| key | needed | meaning |\n|---|---|---|"
        yield from rows
        yield ""
    for heading, part in schema.get("$defs", {}).items():
        yield from _part(heading, part, schema)
    for example in schema.get("examples", ()):
        written = yaml.safe_dump(example, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None)
        yield f"```yaml\n{written}```\n"


def _part(heading: str, part: Schema, document: Schema) -> Lines:
    yield f"## {heading}\n"
    yield f"{described(part)}\n"
    rows = list(_rows("", part, document, 0))
    if rows:
        yield "| key | needed | meaning |\n|---|---|---|"
        yield from rows
        yield ""


def _rows(path: str, schema: Schema, document: Schema, depth: int) -> Lines:
    """One line per key, those of things inside a key after it."""
    required = schema.get("required", ())
    for name, item in schema.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        yield f"| `{here}` | {'yes 是' if name in required else ''} | {_meaning(item, document)} |"
        yield from _inside(here, item, document, depth + 1)


def _inside(path: str, item: Schema, document: Schema, depth: int) -> Lines:
    """What a key holds, unless it has a page or a part of its own."""
    if depth >= _MOST_DEPTH or "$ref" in item:
        return
    yield from _rows(path, item, document, depth)
    for key, mark in (("additionalProperties", ".<name>"), ("items", "[]")):
        below = item.get(key)
        if isinstance(below, dict) and "$ref" not in below:
            yield from _rows(path + mark, below, document, depth)


def _meaning(item: Schema, document: Schema) -> str:
    words = [described(item)]
    if "enum" in item:
        words.append(" ".join(f"`{_cell(json.dumps(value, ensure_ascii=False))}`" for value in item["enum"]))
    target = _link(item) or next(
        (link for key in ("additionalProperties", "items") if (link := _link(item.get(key)))), ""
    )
    if target:
        words.append(f"→ {target}")
    return " ".join(filter(None, words))


def _link(item: Any) -> str:
    """To the page that describes what a reference leads to."""
    reference = item.get("$ref", "") if isinstance(item, dict) else ""
    file, _, pointer = reference.partition("#")
    name = file.removesuffix(".schema.json")
    if not name:
        return ""
    part = pointer.rpartition("/")[2]
    return f"[{part or name}]({PREFIX}{name}.md{'#' + part if part else ''})"


def described(schema: Schema) -> str:
    return _cell(f"{schema.get('description', '')} {schema.get('description:zh-CN', '')}".strip())


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
