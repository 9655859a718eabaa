"""In charge of the action “document”: a document."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, one_of, properties
from tenon.actions.slots import FieldsSlot, NameSlot, ValueSlot
from tenon.expressions import TEXT
from tenon.texts import say

_MORE = (ValueSlot(at="language", gives=TEXT), FieldsSlot(at="field", target="file"))


@action
class MakeDocument(Action):
    key = "document"
    label = say("Make a document", "生成文档")
    help = say(
        "Fills a document template and keeps the file with the record; later steps may name the file.",
        "按模板生成文档并保存到记录；后面的步骤可以引用该文件。",
    )
    icon = "file-text"
    schema = properties(
        {
            "template": common("name", "The document template (templates/).", "文档模板（templates/）。"),
            "name": common(
                "expression", "The name of the file; the template's when absent.", "文件名；缺省为模板的文件名。"
            ),
            "format": one_of(("pdf", "docx", "html"), "The template's when absent.", "缺省为模板的格式。"),
            "language": common(
                "expression",
                "The language, as a tag; the template's, else the workspace's when absent.",
                "语言标签；缺省为模板的语言，否则为工作区的语言。",
            ),
            "field": common(
                "name",
                "The file field it is put into; the files of the record when absent.",
                "存入哪个文件字段；缺省为记录的附件。",
            ),
        },
        "template",
    )
    slots = (NameSlot(at="template", of="template", channel="document"), ValueSlot(at="name", gives=TEXT), *_MORE)
    gives_entity = "file"
    example: ClassVar[Any] = {"template": "quotation", "name": '"Quotation " + name'}
