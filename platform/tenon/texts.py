"""In charge of words for people: one text in several languages.

Every message, label and help text of the product is a `Text`; nothing below the pages decides which
language is shown. A text may hold `{placeholders}`, filled with values or with other texts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

ENGLISH = "en"
CHINESE = "zh-CN"
LANGUAGES = (ENGLISH, CHINESE)


@dataclass(frozen=True)
class Text:
    """One text; `values` maps a language tag to its wording."""

    values: Mapping[str, str]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, source: "str | Mapping[str, str] | Text") -> "Text":
        """From metadata: a plain string stands for every language."""
        if isinstance(source, Text):
            return source
        if isinstance(source, str):
            return cls({ENGLISH: source})
        return cls(dict(source))

    def in_(self, language: str) -> str:
        """The wording in `language`, else in its base language, else English, else any."""
        wording = self.values.get(language) or self._nearest(language)
        if not self.parameters:
            return wording
        return wording.format_map(
            {name: value.in_(language) if isinstance(value, Text) else value for name, value in self.parameters.items()}
        )

    def filled(self, **parameters: Any) -> Self:
        """The same text with placeholders bound; texts among the values are put in each language."""
        return type(self)(self.values, {**self.parameters, **parameters})

    def languages(self) -> Iterator[str]:
        return iter(self.values)

    def __str__(self) -> str:
        return self.in_(ENGLISH)

    def _nearest(self, language: str) -> str:
        base = language.split("-")[0]
        for tag, wording in self.values.items():
            if tag.split("-")[0] == base and wording:
                return wording
        return self.values.get(ENGLISH) or next(iter(self.values.values()), "")


def say(en: str, zh: str, **parameters: Any) -> Text:
    """A message of the product itself, in both of its languages."""
    return Text({ENGLISH: en, CHINESE: zh}, parameters)
