"""In charge of single files that are no part of the tree, such as import mappings: read and checked the same way."""

from pathlib import Path
from typing import Any

from tenon.compiler import schemas
from tenon.compiler.findings import findings
from tenon.compiler.reading import read_yaml
from tenon.compiler.sources import WORKSPACE, SourceFile
from tenon.errors import MetadataError, NotFound
from tenon.problems import Problems
from tenon.texts import say


def read_document(kind: str, path: Path) -> Any:
    """The file's plain value, valid by `metadata/<kind>.schema.json`.

    Raises NotFound when there is no such file, MetadataError with every problem in it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise NotFound(say("There is no file {path}.", "没有文件 {path}。", path=str(path))) from None
    except UnicodeDecodeError:
        text = "\x00"  # reported below with the place, like any other text that is none
    source = SourceFile(layer=WORKSPACE, path=str(path), text=text)
    problems = Problems()
    node = read_yaml(source, problems)
    if node is not None:
        for error in schemas.validator(kind).iter_errors(node.plain()):
            for finding in findings(error):
                dotted = ".".join(map(str, finding.at))
                place = node.at(finding.at).location
                problems.add(finding.code, finding.message, path=dotted, location=place, hint=finding.hint)
    if problems or node is None:
        raise MetadataError(problems)
    return node.plain()
