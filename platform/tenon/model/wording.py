"""In charge of words with places for values: what a template's text is once it is understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from tenon.expressions import Expression, Path
from tenon.model.references import Refers, Unnamed


@dataclass(frozen=True)
class Words:
    """Text that stands as it is."""

    text: Annotated[str, Unnamed("plain words")]


@dataclass(frozen=True)
class Value:
    """`{{ expression }}`: the value as people write it; a record by its title, a list with commas."""

    expression: Expression


@dataclass(frozen=True)
class Repeat:
    """`{% for lines %}…{% end %}`: once per child, which is the record in `parts`; `record` is the outer one."""

    relationship: Annotated[Path, Refers("path")]
    parts: "tuple[Part, ...]"


@dataclass(frozen=True)
class Choose:
    """`{% if condition %}…{% else %}…{% end %}`."""

    condition: Expression
    parts: "tuple[Part, ...]"
    otherwise: "tuple[Part, ...]" = ()


Part = Words | Value | Repeat | Choose
Written = tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Wording:
    """One text with places for values, by language."""

    languages: Annotated[Mapping[str, Written], Unnamed("languages")]

    def in_(self, language: str) -> Written:
        """In this language, else in English, else in whichever there is."""
        found = self.languages.get(language) or self.languages.get("en")
        return found if found is not None else next(iter(self.languages.values()), ())


@dataclass(frozen=True, kw_only=True)
class WordFile:
    """A file of a word processor with places for values. `content` is the whole file in base64; `parts` are those of
    its parts that have places, by their names in the file.
    """

    content: Annotated[str, Unnamed("a file")]
    parts: Annotated[Mapping[str, Written], Unnamed("parts of the file")]
