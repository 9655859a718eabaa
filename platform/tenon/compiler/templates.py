"""In charge of templates: what each channel takes, and that every value in their words is there."""

from dataclasses import replace

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.placeholders import PAGES, wording
from tenon.compiler.referring import (
    audience,
    circles,
    draft_of,
    far_field,
    own_field,
    refer,
    refuse_keys,
    required_keys,
)
from tenon.compiler.word_templates import word_file
from tenon.compiler.work import Draft, Work
from tenon.expressions import BOOLEAN, DATE, DATETIME, NUMBER, TEXT, Expression, Scope, Type
from tenon.model.names import Names
from tenon.model.outreach import Attachment, Given, Paper, Provider, Template
from tenon.model.scopes import ValuesShape, WithValues, reader_scope
from tenon.model.wording import Wording
from tenon.texts import say

GIVEN = "given"
_MAIL = ("preheader", "from", "reply_to", "cc", "bcc", "thread", "topic")
_DOCUMENT = ("docx", "paper", "file_name", "output", "save_to")
_FOREIGN = {
    "email": ("provider", *_DOCUMENT),
    "sms": ("subject", "attachments", *_MAIL, *_DOCUMENT),
    "chat": ("subject", "provider", *_MAIL, *_DOCUMENT),
    "notification": ("attachments", "provider", *_MAIL, *_DOCUMENT),
    "document": ("subject", "attachments", "provider", *_MAIL),
}
_NEEDED = {"email": ("subject",)}
_TYPES = {"text": TEXT, "number": NUMBER, "boolean": BOOLEAN, "date": DATE, "datetime": DATETIME}
_FORMATS = {"email": "markdown", "document": "markdown"}
_ADDRESS = ("text", "record")


def resolve_templates(work: Work) -> dict[str, Template]:
    made = {name: _template(work, name, node) for name, node in work.things("templates").items()}
    found = {name: template for name, template in made.items() if template is not None}
    graph = {name: [one.template for one in t.attachments.values() if one.template] for name, t in found.items()}
    for circle in circles(graph):
        way = " → ".join((*circle, circle[0]))
        message = say("These templates are attached to each other: {way}.", "这些模板互为附件：{way}。", way=way)
        work.report("cycle", message, work.part("templates")[circle[0]], ("templates", circle[0]))
    return found


def _template(work: Work, name: str, node: Node) -> Template | None:
    path = ("templates", name)
    channel = node.pick("channel")
    refuse_keys(work, node, path, channel, _FOREIGN[channel])
    required_keys(work, node, path, channel, _NEEDED.get(channel, ()))
    _check_body(work, node, path)
    draft = draft_of(work, node, path) if "entity" in node.map else None
    if draft is None and "entity" in node.map:
        return None
    given, scope = _given(work, draft, node, path)

    def words(key: str) -> Wording | None:
        return wording(work, node.get(key), (*path, key), scope)

    def value(key: str, expected: Type | None = None) -> Expression | None:
        return work.expression(node.get(key), (*path, key), scope, expected)

    return Template(
        name=name,
        label=work.label(node, path),
        help=work.text(node.get("help"), (*path, "help")),
        roles=audience(work, node, path),
        channel=channel,
        entity=None if draft is None else draft.name,
        given=Names(given, kind="value"),
        language=value("language", TEXT),
        format=node.pick("format", _FORMATS.get(channel, "text")),
        subject=words("subject"),
        preheader=words("preheader"),
        body=words("body") or Wording(languages={}),
        word=word_file(work, node.get("docx"), (*path, "docx"), scope),
        sender=_address(work, value("from"), node, (*path, "from")),
        reply_to=_address(work, value("reply_to"), node, (*path, "reply_to")),
        cc=_address(work, value("cc"), node, (*path, "cc")),
        bcc=_address(work, value("bcc"), node, (*path, "bcc")),
        thread=node.pick("thread", "new"),
        attachments=Names(_attachments(work, draft, node, path, scope), kind="attachment"),
        topic=node.pick("topic", ""),
        provider=_provider(work, node.get("provider"), (*path, "provider"), scope),
        paper=_paper(work, node.get("paper"), (*path, "paper"), scope),
        file_name=words("file_name"),
        output=node.pick("output", "pdf" if "docx" not in node.map else "docx"),
        save_to=_save_to(work, draft, node, path),
        origin=node.location,
    )


def _check_body(work: Work, node: Node, path: TreePath) -> None:
    """Its words are written, or they are a file of a word processor beside it."""
    if ("body" in node.map) != ("docx" in node.map):
        if "docx" in node.map and node.pick("output", "docx") != "docx":
            message = say(
                "A Word file becomes a Word file: output: docx.", "Word 文件只能生成 Word 文件：output: docx。"
            )
            work.report("wrong_type", message, node.get("output"), (*path, "output"))
        return
    message = say(
        "A template has a body, or a Word file of the same name.", "模板须有 body，或同名的 Word 文件，二者取一。"
    )
    work.report("missing_key", message, node, path)


def _given(work: Work, draft: Draft | None, node: Node, path: TreePath) -> tuple[dict[str, Given], Scope]:
    """What is handed over, and the scope of the template's words."""
    given, types = {}, {}
    for name, item in ordered(node.get(GIVEN), ".".join((*path, GIVEN)), work.problems).items():
        here = (*path, GIVEN, name)
        kind = item.pick("type", "text")
        to = refer(work, "entities", item.get("to"), (*here, "to"))
        if kind == "record" and not required_keys(work, item, here, kind, ("to",)):
            continue
        if kind == "record" and to is None:
            continue
        types[name] = Type("record", record=work.scope(str(to)).record) if kind == "record" else _TYPES[kind]
        label = work.label(item, here)
        given[name] = Given(name=name, label=label, type=kind, to=to, required=item.pick("required", True))
    scope = reader_scope(work.drafts) if draft is None else work.scope(draft.name)
    return given, replace(scope, roots={GIVEN: ValuesShape(GIVEN, types)})


def _address(work: Work, value: Expression | None, node: Node, path: TreePath) -> Expression | None:
    if value is None:
        return None
    shape = value.type.record
    if value.type.kind == "text" or (shape is not None and shape.name == "user"):
        return value
    message = say("A person or an address is needed here.", "此处需要人员或地址。")
    work.report("wrong_type", message, node.get(path[-1]), path)
    return None


def _attachments(work: Work, draft: Draft | None, node: Node, path: TreePath, scope: Scope) -> dict[str, Attachment]:
    items = ordered(node.get("attachments"), ".".join((*path, "attachments")), work.problems)
    return {name: _attachment(work, draft, item, (*path, "attachments", name), scope) for name, item in items.items()}


def _attachment(work: Work, draft: Draft | None, node: Node, path: TreePath, scope: Scope) -> Attachment:
    if len([key for key in ("template", "field", "all") if key in node.map]) != 1:
        message = say("An attachment is a template, a field or all files.", "附件须为 template、field、all 之一。")
        work.report("missing_key", message, node, path)
    template = refer(work, "templates", node.get("template"), (*path, "template"))
    if template is not None:
        _check_document(work, draft, template, node, path)
    field = None
    if draft is not None:
        wanted = say("file", "文件字段")
        field = far_field(work, draft, node.get("field"), (*path, "field"), keys=("file", "image"), wanted=wanted)
    return Attachment(
        name=path[-1],
        template=template,
        field=field,
        all=node.pick("all", False),
        when=work.expression(node.get("when"), (*path, "when"), scope),
    )


def _check_document(work: Work, draft: Draft | None, name: str, node: Node, path: TreePath) -> None:
    other = work.part("templates")[name]
    entity = other.pick("entity")
    if other.pick("channel") != "document":
        message = say("“{name}” is no document.", "“{name}”不是文档模板。", name=name)
        work.report("wrong_type", message, node.get("template"), (*path, "template"))
    elif entity is not None and (draft is None or draft.name != entity):
        message = say("“{name}” is about “{entity}”.", "“{name}”是关于“{entity}”的。", name=name, entity=entity)
        work.report("wrong_entity", message, node.get("template"), (*path, "template"))


def _provider(work: Work, node: Node | None, path: TreePath, scope: Scope) -> Provider | None:
    if node is None:
        return None
    given = node.get("values")
    values = {
        name: work.expression(item, (*path, "values", name), scope, None)
        for name, item in ({} if given is None else given.map).items()
    }
    return Provider(
        template=node.pick("template", ""),
        sign=work.text(node.get("sign"), (*path, "sign")),
        values={name: value for name, value in values.items() if value is not None},
    )


def _paper(work: Work, node: Node | None, path: TreePath, scope: Scope) -> Paper | None:
    if node is None:
        return None
    counted = replace(scope, record=WithValues(scope.record, PAGES))
    return Paper(
        size=node.pick("size", "A4"),
        landscape=node.pick("landscape", False),
        margin=node.pick("margin", 20),
        header=wording(work, node.get("header"), (*path, "header"), counted),
        footer=wording(work, node.get("footer"), (*path, "footer"), counted),
        watermark=wording(work, node.get("watermark"), (*path, "watermark"), scope),
    )


def _save_to(work: Work, draft: Draft | None, node: Node, path: TreePath) -> str | None:
    if draft is None:
        refuse_keys(work, node, path, "document", ("save_to",) if "entity" not in node.map else ())
        return None
    here, wanted = (*path, "save_to"), say("file", "文件字段")
    field = own_field(work, draft, node.get("save_to"), here, keys=("file", "image"), wanted=wanted)
    return None if field is None else field.name
