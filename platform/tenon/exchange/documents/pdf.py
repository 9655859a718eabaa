"""In charge of PDF files: typeset in this process, with the fonts that come with the program embedded.

Chinese always prints: the fonts are part of the built front end. Letters they lack are looked for among the fonts of
the machine. The typesetter is an extra (`pip install "tenon-crm[pdf]"`); without it everything but PDF works.
"""

import importlib
import tempfile
import threading
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from tenon.errors import Unavailable
from tenon.exchange.documents.composing import Composed
from tenon.exchange.documents.typesetting import program
from tenon.resources import folder
from tenon.texts import Text, say

_LOCK = threading.Lock()


def pdf_of(document: Composed, made_at: datetime) -> bytes:
    """Raises Unavailable where no PDF can be made, with what to install."""
    missing = lacking()
    if missing is not None:
        raise Unavailable(missing, hint=HINT)
    source = program(document).encode()
    with _LOCK:
        made = _compiler().compile(input=source, format="pdf", timestamp=made_at.astimezone(UTC).replace(microsecond=0))
    return bytes(made)


def lacking() -> Text | None:
    """What this machine lacks for making PDF files; None when there is everything."""
    if _typesetter() is None:
        return say("PDF files cannot be made here: the typesetter is missing.", "此处无法生成 PDF：缺少排版组件。")
    if not any(fonts_folder().glob("NotoSansHans-Regular.*")):
        return say(
            "PDF files cannot be made here: the fonts of documents are missing.", "此处无法生成 PDF：缺少文档字体。"
        )
    return None


HINT = say(
    'Install it with pip install "tenon-crm[pdf]" (in a checkout: make setup), or choose HTML or Word, which need '
    "nothing.",
    '请执行 pip install "tenon-crm[pdf]"（源码目录中：make setup），或改用不需要安装的 HTML、Word 格式。',
)


def fonts_folder() -> Path:
    return folder("ui") / "static" / "dist" / "fonts"


def _typesetter() -> Any:
    try:
        return importlib.import_module("typst")
    except ImportError:
        return None


@lru_cache(maxsize=1)
def _compiler() -> Any:
    """One for the process. Its root is an empty folder: there is nothing it could read."""
    typst = _typesetter()
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=[str(fonts_folder())])
    return typst.Compiler(root=_empty(), font_paths=fonts)


@lru_cache(maxsize=1)
def _empty() -> str:
    return tempfile.mkdtemp(prefix="tenon-documents-")
