"""In charge of documents made from templates: filled with what their reader may see, made into files, kept.

A template's words become clean markup first; PDF, DOCX and HTML are made from that, without reading a file or asking
another machine.
"""

from tenon.exchange.documents.composing import Composed
from tenon.exchange.documents.making import FORMATS, MEDIA_TYPES, Made
from tenon.exchange.documents.pdf import HINT, lacking
from tenon.exchange.documents.service import Documents

__all__ = ["FORMATS", "HINT", "MEDIA_TYPES", "Composed", "Documents", "Made", "lacking"]
