"""In charge of how a language writes numbers and dates: our language tags to babel's locales."""

from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """The locale of a tag like `zh-CN`; English for a tag nobody knows."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@lru_cache(maxsize=256)
def zone_of(timezone: str) -> ZoneInfo:
    """Raises ZoneInfoNotFoundError (a KeyError) for a name that is no IANA zone."""
    return ZoneInfo(timezone)
