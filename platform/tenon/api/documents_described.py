"""In charge of describing the addresses of documents and of templates looked at before anybody gets them."""

from apispec import APISpec

from tenon.access import Access
from tenon.api.components import COUNT, ID, READING, TEXT, WRITING, answers, list_of, object_of
from tenon.api.operations import Writing, json_body, operation
from tenon.api.schemas import Schema, nullable, ref
from tenon.api.writes import BASE
from tenon.exchange.documents import FORMATS
from tenon.model import Entity
from tenon.texts import LANGUAGES, say

_ID: Schema = {"name": "id", "in": "path", "required": True, "schema": ID}
_NAME: Schema = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
_FORMAT: Schema = {"enum": list(FORMATS)}
_WORD: Schema = {"type": "string", "minLength": 1, "maxLength": 60}
_LANGUAGE: Schema = {"enum": list(LANGUAGES)}
_WANTED: Schema = object_of(("template",), template=_WORD, format=_FORMAT, language=_LANGUAGE)
_PREVIEW: Schema = {**object_of(record=ID, language=_LANGUAGE), "required": []}
_SCHEMAS: dict[str, Schema] = {
    "DocumentTemplates": object_of(
        templates=list_of(object_of(template=TEXT, label=TEXT, format=_FORMAT, languages=list_of(TEXT))),
        formats=list_of(_FORMAT),
    ),
    "MadeDocument": object_of(file=ref("File"), edition=COUNT, notes=list_of(TEXT)),
    "Templates": object_of(
        templates=list_of(
            object_of(name=TEXT, label=TEXT, channel=TEXT, entity=nullable(TEXT), languages=list_of(TEXT))
        )
    ),
    "TemplatePreview": object_of(
        template=TEXT,
        channel=TEXT,
        language=TEXT,
        subject=TEXT,
        preheader=TEXT,
        text=TEXT,
        html=TEXT,
        sms=nullable(object_of(characters=COUNT, parts=COUNT, encoding={"enum": ["GSM-7", "UCS-2"]})),
        notes=list_of(TEXT),
    ),
}


def add_record_documents(spec: APISpec, access: Access, entity: Entity, language: str) -> None:
    """Of an entity with templates of documents."""
    writing = Writing(spec=spec, access=access, entity=entity, language=language)
    templates = access.model.templates.values()
    if not writing.can("read") or not any(t.channel == "document" and t.entity == entity.name for t in templates):
        return
    listing = writing.operation(
        "documents_of",
        say("Documents that can be made: {entity}", "可生成的文档：{entity}"),
        answers(ref("DocumentTemplates"), READING),
        path=[_ID],
    )
    making = writing.operation(
        "make_document_of",
        say("Make a document: {entity}", "生成文档：{entity}"),
        answers(ref("MadeDocument"), WRITING, status=201),
        headers=("IdempotencyKey",),
        path=[_ID],
        body=_WANTED,
    )
    writing.add("/{id}/documents", get=listing, post=making if writing.can("update") else None)


def add_templates(spec: APISpec, access: Access, language: str) -> None:
    for name, schema in _SCHEMAS.items():
        spec.components.schema(name, schema)
    if not access.administers:
        return
    listing = operation("templates", say("All templates", "全部模板"), answers(ref("Templates"), READING), language)
    looking = operation(
        "preview_template",
        say(
            "A template as it would be sent; without a record, with made-up values",
            "预览模板；不指定记录时使用示例数据",
        ),
        answers(ref("TemplatePreview"), WRITING),
        language,
    )
    looking["parameters"] = [_NAME]
    looking["requestBody"] = json_body(_PREVIEW, required=False)
    spec.path(path=f"{BASE}/templates", operations={"get": {**listing, "tags": ["workspace"]}})
    spec.path(path=f"{BASE}/templates/{{name}}/preview", operations={"post": {**looking, "tags": ["workspace"]}})
