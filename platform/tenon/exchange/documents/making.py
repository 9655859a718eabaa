"""In charge of turning what a document says into a file: one format each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tenon.errors import BadRequest
from tenon.exchange.documents.composing import Composed
from tenon.exchange.documents.pdf import pdf_of
from tenon.exchange.documents.webpage import webpage_of
from tenon.exchange.documents.word import docx_of
from tenon.texts import say

Format = Literal["pdf", "docx", "html"]
FORMATS: tuple[Format, ...] = ("pdf", "docx", "html")
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA_TYPES: Mapping[str, str] = {"pdf": "application/pdf", "docx": _DOCX, "html": "text/html"}


@dataclass(frozen=True, kw_only=True)
class Made:
    """A file that is not kept yet; `name` has no ending."""

    name: str
    format: Format
    content: bytes

    @property
    def file_name(self) -> str:
        return f"{self.name}.{self.format}"

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.format]


def made(document: Composed, wanted: Format, made_at: datetime) -> Made:
    """Raises Unavailable for a PDF where none can be made, BadRequest for another format than that of a Word file."""
    if document.word is not None:
        if wanted != "docx":
            raise BadRequest(
                say(
                    "This template is a Word file and makes Word files only.",
                    "该模板是 Word 文件，只能生成 Word 文件。",
                ),
                hint=say("Choose DOCX.", "请选择 DOCX 格式。"),
            )
        return Made(name=document.name, format=wanted, content=document.word)
    return Made(name=document.name, format=wanted, content=_MAKE[wanted](document, made_at))


_MAKE: Mapping[Format, Callable[[Composed, datetime], bytes]] = {
    "pdf": pdf_of,
    "docx": docx_of,
    "html": lambda document, _made_at: webpage_of(document).encode(),
}
