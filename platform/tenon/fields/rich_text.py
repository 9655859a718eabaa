"""In charge of text with formatting: HTML of a short list of tags, cleaned on the way in and on the way out."""

import html
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, ClassVar

import nh3

from tenon.expressions import TEXT, Type
from tenon.fields.base import FIELD_TYPES, Display, FieldType, OptionSchema, StoredColumn, documented
from tenon.fields.operators import PROSE
from tenon.fields.storage import LongText
from tenon.fields.wording import INVISIBLE, PLAIN_TEXT, refuse_longer, text_of
from tenon.texts import say

_WORDS = {"strong", "b", "em", "i", "u", "s", "code", "mark", "sub", "sup", "a", "br"}
_BLOCKS = {"p", "pre", "blockquote", "h1", "h2", "h3", "h4", "ul", "ol", "li", "hr"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_ATTRIBUTES = {"a": {"href", "title"}, "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_CLEANER = nh3.Cleaner(
    tags=_WORDS | _BLOCKS | _TABLES,
    attributes=_ATTRIBUTES,
    url_schemes=_SCHEMES,
    link_rel="noopener noreferrer",
    strip_comments=True,
)
_STRIPPER = nh3.Cleaner(tags=set(), attributes={}, strip_comments=True)
_BRACKETS = re.compile(r"([<>])")
_BREAKS = re.compile(r"<(?:br|hr|/p|/h[1-4]|/li|/tr|/pre|/blockquote)\b[^>]*>", re.IGNORECASE)


def safe_html(markup: str) -> str:
    """Only the tags, attributes and link schemes allowed here; scripts and styles go with their content."""
    return _CLEANER.clean(markup)


def plain_text(markup: str) -> str:
    """The words without formatting, one line per block."""
    return html.unescape(_STRIPPER.clean(_BREAKS.sub(lambda tag: tag[0] + "\n", markup))).strip()


@FIELD_TYPES.register("rich_text")
class RichTextField(FieldType):
    key = "rich_text"
    label = say("Rich text", "富文本")
    help = say("Text with headings, lists and links.", "带标题、列表和链接的文本。")
    icon = "text-caption"
    widget = "rich_text"
    operators = PROSE
    sortable = False
    groupable = False
    option_schema: ClassVar[OptionSchema] = {
        "max": documented(
            "Most characters allowed, with the formatting.",
            "最多允许的字符数（含格式）。",
            type="integer",
            minimum=10,
            maximum=1_000_000,
            default=50_000,
        )
    }

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=LongText()),)

    def expression_type(self) -> Type:
        return TEXT

    def parse(self, raw: Any) -> str | None:
        if raw is None:
            return None
        text = text_of(raw)
        refuse_longer(text, self.options["max"] * 4)
        markup = safe_html(_normalised(text.translate(INVISIBLE)).strip())
        markup = text_of(markup).translate(INVISIBLE).strip()
        refuse_longer(markup, self.options["max"])
        return markup if "<hr" in markup or plain_text(markup) else None

    def to_json(self, value: Any) -> Any:
        return None if value is None else safe_html(value)

    def show(self, value: Any, display: Display) -> str:
        return "" if value is None else plain_text(value)

    def openapi(self) -> dict[str, Any]:
        return {
            "type": "string",
            "maxLength": self.options["max"],
            "pattern": PLAIN_TEXT,
            "contentMediaType": "text/html",
        }

    def examples(self) -> Sequence[Any]:
        return (
            "<p>Hello <b>world</b></p>",
            "plain & simple < 5",
            '<a href="https://example.com/?a=1&b=2" onclick="x()">link</a>',
            "<p>one<br>two</p><script>alert(1)</script>",
            "<b>\u0338 onmouseover=alert(1)</b>",
            "<table><tr><td>1</td></tr></table>",
        )

    def bad_examples(self) -> Sequence[Any]:
        return ("<p>a\x00b</p>", "x" * (self.options["max"] + 1), 5, ["<p>"], "\ud800", "<p>&#1;</p>")


def _normalised(markup: str) -> str:
    """NFC, but never across a bracket: “>” and U+0338 would become one character and break the tag open."""
    return "".join(unicodedata.normalize("NFC", part) for part in _BRACKETS.split(markup))
