"""In charge of finding the view of a call quickly, where the address has no variables but those of a few kinds.

The rules are Flask's own, asked in another way: by method and number of steps, then one pattern each. What is not
found here (another host than a plain one, slashes too many, a method nobody serves) goes Flask's way and is answered
there; so there is one set of rules, and nothing is refused here.
"""

import re
from collections.abc import Callable, Container, Mapping
from typing import Any

from werkzeug.routing import Map, Rule

_VARIABLE = re.compile(r"<(\w+):(\w+)>")
_PLAIN_HOST = re.compile(r"[A-Za-z0-9.-]{1,250}(?::[0-9]{1,5})?")
_METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})


class Known:
    """An address whose rule is known already; what else Flask asks of an address, the `whole` map answers."""

    def __init__(self, rule: Rule, arguments: dict[str, Any], whole: Callable[[], Any]) -> None:
        self._found = (rule, arguments)
        self._whole = whole

    def match(self, **_options: Any) -> tuple[Rule, dict[str, Any]]:
        return self._found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole(), name)


class Addresses:
    """The rules whose variables are all of `kinds`, names of converters of the map."""

    def __init__(self, map_: Map, kinds: Container[str]) -> None:
        self._map = map_
        self._places: dict[tuple[str, int], list[tuple[re.Pattern[str], Rule, dict[str, Any]]]] = {}
        for rule in map_.iter_rules():
            self._add(rule, kinds)

    def find(self, environ: Mapping[str, Any], whole: Callable[[], Any]) -> Known | None:
        """None where Flask shall look for itself. `whole` binds the map as Flask does."""
        path: str = environ["PATH_INFO"]
        places = self._places.get((environ["REQUEST_METHOD"], path.count("/")))
        if places is None or not _PLAIN_HOST.fullmatch(environ.get("HTTP_HOST", "")):
            return None
        for pattern, rule, converters in places:
            found = pattern.fullmatch(path)
            if found is not None:
                arguments = {name: converters[name].to_python(text) for name, text in found.groupdict().items()}
                return Known(rule, arguments, whole)
        return None

    def _add(self, rule: Rule, kinds: Container[str]) -> None:
        converters: dict[str, Any] = {}
        pattern, last = "", 0
        for variable in _VARIABLE.finditer(rule.rule):
            kind, name = variable.groups()
            if kind not in kinds:
                return
            converters[name] = self._map.converters[kind](self._map)
            pattern += re.escape(rule.rule[last : variable.start()]) + f"(?P<{name}>{converters[name].regex})"
            last = variable.end()
        if not converters or "<" in rule.rule[last:]:
            return
        whole = re.compile(pattern + re.escape(rule.rule[last:]))
        for method in _METHODS & (rule.methods or set()):
            self._places.setdefault((method, rule.rule.count("/")), []).append((whole, rule, converters))
