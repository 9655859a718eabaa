"""In charge of the promise that a damaged file of any kind is answered with problems, never with a traceback."""

import copy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from samples import upgrades
from tenon.compiler import SourceFile, Sources, check, read_layers

COMPANY = Path(upgrades.__file__).parent / "company"
GONE = object()
VALUES = [GONE, None, True, 7, "zzz nonsense (", "name", [], {}, ["zz"], {"a": 1}]
Place = tuple[Any, ...]


def loaded(file: SourceFile) -> Any:
    return yaml.load(file.text, Loader=yaml.CSafeLoader)


def places(value: Any, path: Place = ()) -> list[Place]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([path] if path else []), *(place for key, item in items for place in places(item, (*path, key)))]


@cache
def company() -> Sources:
    return read_layers(COMPANY)


@cache
def damage() -> list[tuple[SourceFile, Place]]:
    files = [file for file in company().files if file.layer == "workspace" and file.path.endswith(".yaml")]
    return [(file, place) for file in files for place in places(loaded(file))]


def damaged(file: SourceFile, place: Place, value: Any) -> Sources:
    tree = loaded(file)
    holder = tree
    for step in place[:-1]:
        holder = holder[step]
    if value is GONE:
        del holder[place[-1]]
    else:
        holder[place[-1]] = copy.deepcopy(value)
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
    return replace(company(), files=tuple(replace(f, text=text) if f is file else f for f in company().files))


def test_the_sample_has_no_problem_of_its_own() -> None:
    assert [problem for problem in check(company()).problems if problem.severity == "error"] == []


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 10**6), value=st.sampled_from(VALUES))
def test_any_damage_is_answered(place: int, value: Any) -> None:
    file, path = damage()[place % len(damage())]
    compilation = check(damaged(file, path, value))
    assert (compilation.model is None) == any(problem.severity == "error" for problem in compilation.problems)
    for problem in compilation.problems:
        assert problem.message.in_("zh-CN")
