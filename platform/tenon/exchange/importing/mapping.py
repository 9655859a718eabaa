"""In charge of what a mapping file says, as values; its language is `metadata/import_mapping.schema.json`."""

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tenon.compiler import read_document
from tenon.errors import UnknownName
from tenon.expressions import (
    BOOLEAN,
    DATE,
    DATETIME,
    NUMBER,
    TEXT,
    Expression,
    Scope,
    Type,
    compile_expression,
)
from tenon.model import Entity, Field, Model
from tenon.texts import Text

ColumnType = Literal["text", "number", "date", "datetime", "boolean"]
_TYPES: dict[str, Type] = {"text": TEXT, "number": NUMBER, "date": DATE, "datetime": DATETIME, "boolean": BOOLEAN}


@dataclass(frozen=True, kw_only=True)
class Column:
    """How to read one column. `heading` is its name in the file; `words` turns wordings into what they mean."""

    name: str
    heading: str
    type: ColumnType = "text"
    format: str | None = None
    words: Map[str, str | None] = field(default_factory=dict)
    otherwise: Literal["keep", "reject", "empty"] = "keep"
    empty: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where one field's value comes from: exactly one of `column`, `constant`, `value` is there."""

    field: str
    column: str | None = None
    constant: Any = None
    value: Expression | None = None
    find: str | None = None
    missing: Literal["reject", "empty"] = "reject"
    empty: Literal["leave", "clear", "reject", "skip"] = "leave"
    only: Literal["create", "change"] | None = None


@dataclass(frozen=True)
class Skip:
    when: Expression
    why: Text


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """`unused` are headings of the file that nothing reads and nobody said to ignore."""

    entity: Entity
    columns: tuple[Column, ...]
    sources: tuple[Source, ...]
    match: tuple[str, ...] = ()
    keep_matched: bool = False
    skips: tuple[Skip, ...] = ()
    stage_entered: Map[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()


class _Row:
    """The columns of a row as the expression language sees them."""

    name = "row"
    hierarchy = None

    def __init__(self, columns: Sequence[Column]) -> None:
        self._types = {column.name: _TYPES[column.type] for column in columns}

    def attribute(self, name: str) -> Type | None:
        return self._types.get(name)

    def attributes(self) -> Sequence[str]:
        return list(self._types)


@dataclass(frozen=True)
class FileForm:
    encoding: str = "utf-8"
    delimiter: str = ","


def file_form(content: Map[str, Any]) -> FileForm:
    """How the data file of a mapping is written."""
    return FileForm(**content.get("file", {}))


def load_mapping(path: Path) -> dict[str, Any]:
    """The checked content of a mapping file; raises MetadataError."""
    content: dict[str, Any] = read_document("import_mapping", path)
    return content


def read_mapping(content: Map[str, Any], model: Model, headings: Sequence[str]) -> Mapping:
    """Raises UnknownName for entities, fields and columns that are not there, ExpressionError for bad expressions."""
    entity = model.entity(content["entity"])
    columns = _columns(content, headings)
    scope = Scope(record=_Row(columns))
    sources = tuple(_source(name, said, entity, scope) for name, said in content["fields"].items())
    skips = tuple(
        Skip(compile_expression(item["when"], scope, expected=BOOLEAN), Text.of(item["why"]))
        for item in content.get("skip", {}).values()
    )
    stages = dict(content.get("stage_entered", {}))
    expressions = [*(skip.when for skip in skips), *(source.value for source in sources if source.value)]
    read = {source.column for source in sources if source.column} | set(stages.values())
    read |= {path[0] for expression in expressions for path in expression.dependencies}
    used = _headings(read, stages, columns) | set(content.get("ignore", ()))
    return Mapping(
        entity=entity,
        columns=columns,
        sources=sources,
        match=tuple(content.get("match", ())),
        keep_matched=content.get("on_match") == "keep",
        skips=skips,
        stage_entered=stages,
        unused=tuple(heading for heading in headings if heading not in used),
    )


def plain_mapping(model: Model, entity: Entity, headings: Sequence[str], match: Sequence[str]) -> dict[str, Any]:
    """A mapping for a file whose headings are field names or labels; other columns are ignored."""
    fields: dict[str, Any] = {}
    columns: dict[str, Any] = {}
    for heading in headings:
        for name, item in entity.fields.items():
            labels = {item.label.in_(language) for language in item.label.languages()}
            if heading == name or heading in labels:
                columns[name] = {"from": heading}
                fields[name] = {"column": name, **_finding(item, model)}
    if not fields:
        raise UnknownName.among(", ".join(headings)[:80], entity.fields, where="columns")
    content: dict[str, Any] = {"entity": entity.name, "columns": columns, "fields": fields}
    content["ignore"] = [heading for heading in headings if heading not in {said["from"] for said in columns.values()}]
    return {**content, "match": list(match)} if match else content


def _finding(field_: Field, model: Model) -> dict[str, str]:
    """Look-ups of a file without a mapping are named by title or id."""
    return {"find": model.entity(field_.leads_to).title} if field_.leads_to is not None else {}


def _columns(content: Map[str, Any], headings: Sequence[str]) -> tuple[Column, ...]:
    described = dict(content.get("columns", {}))
    columns = []
    for name, said in described.items():
        heading = said.get("from", name)
        if heading not in headings:
            raise UnknownName.among(heading, headings, where=f"columns.{name}")
        columns.append(
            Column(
                name=name,
                heading=heading,
                type=said.get("type", "text"),
                format=said.get("format"),
                words=said.get("map", {}),
                otherwise=said.get("otherwise", "keep"),
                empty=frozenset(said.get("empty", ())),
            )
        )
    taken = {column.heading for column in columns} | set(described)
    columns += [Column(name=heading, heading=heading) for heading in headings if heading not in taken]
    return tuple(columns)


def _source(name: str, said: Any, entity: Entity, scope: Scope) -> Source:
    field_ = entity.fields.find(name)
    details: dict[str, Any] = {"column": said} if isinstance(said, str) else dict(said)
    column = details.get("column")
    if column is not None and (scope.record is None or scope.record.attribute(column) is None):
        raise UnknownName.among(column, scope.record.attributes() if scope.record else (), where=f"fields.{name}")
    if "value" in details:
        details["value"] = compile_expression(details["value"], scope)
    return Source(field=field_.name, **details)


def _headings(read: set[str], stages: Map[str, str], columns: Sequence[Column]) -> set[str]:
    """The file's headings of the columns that are read; an unknown name in `stage_entered` is refused."""
    heading_of = {column.name: column.heading for column in columns}
    for stage, column in stages.items():
        if column not in heading_of:
            raise UnknownName.among(column, heading_of, where=f"stage_entered.{stage}")
    return {heading_of[name] for name in read if name in heading_of}
