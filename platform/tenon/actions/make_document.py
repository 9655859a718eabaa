"""In charge of the action “document”: a document."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, one_of, properties
from tenon.actions.slots import FieldsSlot, NameSlot, ValueSlot
from tenon.expressions import TEXT
from tenon.texts import say


@action
class MakeDocument(Action):
    key = "document"
    label = say("Make a document", "生成文档")
    help = say(
        "Fills a document template and keeps the file with the record.",
        "按模板生成文档，并保存到记录。",
    )
    icon = "file-text"
    schema = properties(
        {
            "template": common("name", "The document template (templates/).", "文档模板（templates/）。"),
            "name": common("expression", "The name of the file.", "文件名。"),
            "format": one_of(("pdf", "docx", "html"), "pdf when absent.", "缺省为 pdf。"),
            "field": common(
                "name",
                "The file field it is put into; the files of the record when absent.",
                "存入哪个文件字段；缺省为记录的附件。",
            ),
        },
        "template",
    )
    slots = (NameSlot(at="template", of="template"), ValueSlot(at="name", gives=TEXT), FieldsSlot(at="field"))
    example: ClassVar[Any] = {"template": "quotation", "name": '"Quotation " + name'}
