"""In charge of the provinces, cities and districts that address forms offer; whatever people write is taken as well.

The list is `china.txt`: all provinces and what stands directly below them, and the districts of the largest cities.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("china.txt")
_ENDINGS = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市", "区", "县")


class Divisions(NamedTuple):
    """Province → cities, city → districts; in official order."""

    cities: Mapping[str, tuple[str, ...]]
    districts: Mapping[str, tuple[str, ...]]


class Parts(NamedTuple):
    """An address taken apart; "" for what is not said."""

    province: str
    city: str
    district: str
    rest: str


@lru_cache(maxsize=1)
def china() -> Divisions:
    cities, districts = {}, {}
    for line in FILE.read_text("utf-8").splitlines():
        if ": " in line and not line.startswith("#"):
            name, _colon, below = line.partition(": ")
            cities[name] = tuple(below.split())
        elif " / " in line and not line.startswith("#"):
            name, _slash, below = line.partition(" / ")
            districts[name] = tuple(below.split())
    return Divisions(cities, districts)


def take_apart(text: str) -> Parts:
    """Province, city and district that a Chinese address begins with, as far as the list knows them."""
    known = china()
    province, rest = _leading(text, known.cities)
    below = known.cities.get(province) or tuple(name for names in known.cities.values() for name in names)
    city, rest = _leading(rest, below, whole=not province)
    if not city and province in known.districts:
        city = province
    if city and not province:
        province = next(name for name, names in known.cities.items() if city in names)
    district, rest = _leading(rest, known.districts.get(city, ()), whole=True)
    return Parts(province, city, district, rest.strip())


def _leading(text: str, names: Iterable[str], *, whole: bool = False) -> tuple[str, str]:
    """The name the text begins with, and the rest. Unless `whole`, its ending (省, 市) may be missing."""
    for name in names:
        if text.startswith(name):
            return name, text[len(name) :].lstrip(" ,，")
    for name in () if whole else names:
        short = _short(name)
        if len(short) > 1 and text.startswith(short):
            return name, text[len(short) :].lstrip(" ,，")
    return "", text


def _short(name: str) -> str:
    return next((name.removesuffix(ending) for ending in _ENDINGS if name.endswith(ending)), name)
