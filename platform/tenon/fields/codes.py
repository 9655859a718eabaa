"""In charge of standard codes with names in the reader's language: countries, languages, currencies.

The names are those of the Unicode CLDR, as babel carries them; what is stored is the code.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar

from babel import Locale
from babel.core import get_global

from tenon.fields.base import FIELD_TYPES, Display, Option, OptionSchema, TypeSettings, documented
from tenon.fields.choice import OneChoiceType
from tenon.fields.locales import locale_of
from tenon.fields.wording import line
from tenon.texts import CHINESE, ENGLISH, Text, say

_NO_COUNTRY = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])
"""Codes of CLDR that ISO 3166 does not assign to a country or area."""
_OWN_NAMES = {"TW": {ENGLISH: "Taiwan, China", CHINESE: "中国台湾"}}
_SCRIPTS = {"zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant"}
"""Languages told apart by how they are written."""


class CodeType(OneChoiceType):
    """A choice whose options nobody has to declare."""

    widget = "code"
    names: ClassVar[str]
    """The table of a babel locale."""
    option_schema: ClassVar[OptionSchema] = {
        "only": documented(
            "Codes that may be chosen; empty means every one.",
            "可选的代码；为空表示不限。",
            type="array",
            items={"type": "string", "minLength": 2, "maxLength": 8},
            uniqueItems=True,
            default=[],
        )
    }

    def __init__(self, options: Mapping[str, Any], settings: TypeSettings) -> None:
        only = options.get("only") or ()
        known = self.all_options()
        chosen = tuple(option for option in known if option.key in only) if only else known
        super().__init__(options, replace(settings, options=chosen))

    @classmethod
    @abstractmethod
    def all_options(cls) -> tuple[Option, ...]:
        """Every code of the kind, in the order of a list."""

    def problems(self) -> Sequence[Text]:
        known = {option.key for option in self.all_options()}
        return tuple(
            say("“{code}” is not a code of this kind.", "“{code}”不是此类代码。", code=code)
            for code in self.options["only"]
            if code not in known
        )

    def parse(self, raw: Any) -> str | None:
        return None if raw is None else self.known_key(self._as_written(raw))

    def labelled_key(self, raw: Any) -> str | None:
        """The code in any case, or the name in a language of the product."""
        text = self._as_written(raw)
        if self.option(text) is not None or not text:
            return text or None
        return self.known_key(_by_name(type(self)).get(text.casefold(), text))

    def _as_written(self, raw: Any) -> str:
        text = line(raw)
        return text if self.option(text) is not None else self._usual_case(text)

    def _usual_case(self, text: str) -> str:
        return text.upper() if self.option(text.upper()) is not None else text

    def show(self, value: Any, display: Display) -> str:
        """In any language that CLDR has names for."""
        if value is None:
            return ""
        option = self.option(value)
        if option is not None and display.language in option.label.values:
            return option.label.in_(display.language)
        names = getattr(locale_of(display.language), self.names)
        return str(names.get(_SCRIPTS.get(value, value), value))

    def examples(self) -> Sequence[Any]:
        keys = [option.key for option in self.choices]
        return (keys[0], keys[-1], keys[0].lower()) if keys[0].isupper() else (keys[0], keys[-1], keys[0].upper())


@FIELD_TYPES.register("country")
class CountryField(CodeType):
    key = "country"
    label = say("Country", "国家/地区")
    help = say("A country or area by its ISO 3166 code.", "国家或地区（ISO 3166 代码）。")
    icon = "world"
    names = "territories"

    @classmethod
    def all_options(cls) -> tuple[Option, ...]:
        return _countries()


@FIELD_TYPES.register("language")
class LanguageField(CodeType):
    key = "language"
    label = say("Language", "语言")
    help = say("A language by its ISO 639 code.", "语言（ISO 639 代码）。")
    icon = "language"
    names = "languages"

    @classmethod
    def all_options(cls) -> tuple[Option, ...]:
        return _languages()

    def _usual_case(self, text: str) -> str:
        head, dash, tail = text.replace("_", "-").partition("-")
        usual = head.lower() + (dash + tail.capitalize() if dash else "")
        return usual if self.option(usual) is not None else text


@FIELD_TYPES.register("currency")
class CurrencyField(CodeType):
    key = "currency"
    label = say("Currency", "货币")
    help = say("A currency in use, by its ISO 4217 code.", "现行货币（ISO 4217 代码）。")
    icon = "coin"
    names = "currencies"

    @classmethod
    def all_options(cls) -> tuple[Option, ...]:
        return _currencies()


@lru_cache(maxsize=1)
def _countries() -> tuple[Option, ...]:
    codes = [
        code
        for code in map(str, Locale("en").territories)
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY
    ]
    return _options(codes, "territories")


@lru_cache(maxsize=1)
def _languages() -> tuple[Option, ...]:
    codes = [code for code in map(str, Locale("en").languages) if len(code) == 2]
    return _options([*codes, *_SCRIPTS, "yue"], "languages")


@lru_cache(maxsize=1)
def _currencies() -> tuple[Option, ...]:
    """Those that are legal tender somewhere, now."""
    used = get_global("territory_currencies")
    codes = {code for spans in used.values() for code, _begin, end, tender in spans if end is None and tender}
    return _options(codes, "currencies")


def _options(codes: Any, table: str) -> tuple[Option, ...]:
    en, zh = (getattr(locale_of(language), table) for language in (ENGLISH, CHINESE))
    found = []
    for code in sorted(codes):
        place = _SCRIPTS.get(code, code)
        if place in en:
            name = _OWN_NAMES.get(code, {}) if table == "territories" else {}
            label = {ENGLISH: str(en[place]), CHINESE: str(zh.get(place, en[place])), **name}
            found.append(Option(key=code, label=Text(label)))
    return tuple(found)


@lru_cache(maxsize=8)
def _by_name(kind: type[CodeType]) -> Mapping[str, str]:
    """Name in any language, small → code; names of two codes are left out."""
    pairs = [
        (name.casefold(), option.key) for option in kind.all_options() for name in set(option.label.values.values())
    ]
    seen = [name for name, _code in pairs]
    return {name: code for name, code in pairs if seen.count(name) == 1}
