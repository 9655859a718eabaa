"""In charge of turning text into a Model: layers of files → one checked, folded, resolved and frozen value.

Pure but for `read_layers`, which collects the files of a workspace folder. Every problem is found before it stops.
"""

from tenon.compiler.compilation import Compilation, check
from tenon.compiler.documents import read_document
from tenon.compiler.folders import read_layers
from tenon.compiler.origins import explain, explain_parts
from tenon.compiler.presentation import format_problem
from tenon.compiler.sources import BUILDER, WORKSPACE, SourceFile, Sources
from tenon.compiler.standing import Standing, compile_standing
from tenon.errors import MetadataError
from tenon.model import Model

__all__ = [
    "BUILDER",
    "WORKSPACE",
    "Compilation",
    "SourceFile",
    "Sources",
    "Standing",
    "check",
    "compile_sources",
    "compile_standing",
    "explain",
    "explain_parts",
    "format_problem",
    "read_document",
    "read_layers",
]


def compile_sources(sources: Sources) -> Model:
    """Raises MetadataError with all problems; warnings alone do not stop it."""
    compilation = check(sources)
    if compilation.model is None:
        raise MetadataError(compilation.problems)
    return compilation.model
