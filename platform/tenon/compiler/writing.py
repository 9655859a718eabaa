"""In charge of writing metadata as files: the same content always becomes the same bytes."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from tenon.compiler.patches import Plain
from tenon.compiler.placing import SINGLES
from tenon.compiler.reading import meaning
from tenon.compiler.schemas import WHOLE
from tenon.compiler.sources import SourceFile
from tenon.texts import LANGUAGES

WIDTH = 110
_SHORT = 90
UNPRINTED = re.compile("[^\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What must be written by its number."""


def layer_files(layer: str, patch: Plain) -> tuple[SourceFile, ...]:
    """The files of a layer that says `patch`: one for each thing."""
    found = [SourceFile(layer=layer, path=path, text=text(content)) for path, content in _things(patch)]
    return tuple(sorted(found, key=lambda file: file.path))


def _things(patch: Plain) -> Iterator[tuple[str, Any]]:
    for kind, part in patch.items():
        if kind in (*SINGLES, *WHOLE) or not isinstance(part, dict):
            yield f"{kind}.yaml", part
        else:
            for name, content in part.items():
                yield f"{kind}/{name}.yaml", content


def text(content: Any) -> str:
    """YAML that reads back as exactly this; short maps and lists stand on one line."""
    if content is None:
        return "null\n"
    return yaml.dump(
        content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH, default_flow_style=False
    )


class _Dumper(yaml.SafeDumper):
    """Without anchors and aliases, which the language does not have."""

    def represent(self, data: Any) -> None:
        """A file as a whole is never on one line."""
        node = self.represent_data(data)
        if isinstance(node, yaml.CollectionNode):
            node.flow_style = not node.value
        self.serialize(node)

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        return super().increase_indent(flow, False)


def _words(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    """In quotes whenever the bare word would mean something else."""
    bare = meaning(value) == value and UNPRINTED.search(value) is None
    style = None if bare else '"'
    if bare and "\n" in value and value == value.strip() and not re.search(r"[ \t]\n", value):
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _map(dumper: yaml.SafeDumper, value: dict[str, Any]) -> yaml.MappingNode:
    node = dumper.represent_mapping("tag:yaml.org,2002:map", value.items())
    node.flow_style = bool(node.value) and is_short(value)
    return node


def _list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.SequenceNode:
    node = dumper.represent_sequence("tag:yaml.org,2002:seq", value)
    node.flow_style = is_short(value)
    return node


def is_short(value: Any) -> bool:
    """Whether a map or list reads well on one line: it holds plain values, and at most texts in several languages."""
    if isinstance(value, dict):
        flat = all(not isinstance(item, (dict, list)) or _is_words(item) for item in value.values())
    else:
        flat = all(not isinstance(item, list) and (not isinstance(item, dict) or is_short(item)) for item in value)
    return flat and len(str(value)) <= _SHORT and "\n" not in str(value).replace("\\n", "\n")


def _is_words(value: Any) -> bool:
    """A text in several languages, or a list of plain values."""
    if isinstance(value, list):
        return not any(isinstance(item, (dict, list)) for item in value)
    return set(value) <= set(LANGUAGES) and all(isinstance(item, str) for item in value.values())


_Dumper.add_representer(str, _words)
_Dumper.add_representer(dict, _map)
_Dumper.add_representer(list, _list)
