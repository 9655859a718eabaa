"""In charge of filling in a file of a word processor: values become its words, everything else stays as it is."""

import base64
import io
import re
import zipfile
from html import escape

from tenon.compiler.word_files import pieces_of
from tenon.exchange.messages.rendering import filled_parts
from tenon.fields.base import Display
from tenon.model.wording import WordFile
from tenon.process.seeing import View

_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'


def filled_word(word: WordFile, view: View, display: Display) -> tuple[bytes, str]:
    """The file, and its words as markup for looking at it."""
    made = {name: filled_parts(parts, view, display, _as_xml) for name, parts in word.parts.items()}
    source = io.BytesIO(base64.b64decode(word.content))
    target = io.BytesIO()
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            text = made.get(entry.filename)
            after.writestr(entry, before.read(entry) if text is None else _HEAD + text.encode())
        main = made.get(_MAIN, "").encode() or before.read(_MAIN)
    shown = "".join(f"<p>{escape(piece)}</p>" for piece in pieces_of(main) if piece.strip())
    return target.getvalue(), shown


def _as_xml(value: str) -> str:
    return _BREAK.join(escape(_UNFIT.sub("", line), quote=False) for line in value.split("\n"))


_MAIN = "word/document.xml"
_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
