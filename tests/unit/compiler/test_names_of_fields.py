"""In charge of the promise that a field may be called like anything of the language, or is told why it may not."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tenon.compiler import Compilation
from tenon.resources import folder

Compiled = Callable[..., Compilation]
HEAD = "label: V\nowned: true\npipelines: {p: {stages: {a: {kind: open}, b: {kind: won}}}}\nfields:\n"
FURTHER = ("select", "group", "order", "where", "sum", "count", "any", "today", "items", "keys", "self", "yes", "no")
TAKEN = {"as", "changed", "except", "for", "from", "in", "is", "pass", "user", "with"}
OF_THE_SYSTEM = {"pipeline", "stage", "version", "owner"}


def words_of_the_language() -> set[str]:
    """Every key any kind of metadata has."""
    found = {key for file in folder("metadata").glob("*.schema.json") for key in keys(json.loads(file.read_text()))}
    return {key for key in (*found, *FURTHER) if re.fullmatch("[a-z][a-z0-9_]{0,39}", key)}


def keys(schema: Any) -> Iterator[str]:
    for below in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from keys(below)
    if isinstance(schema, dict) and isinstance(schema.get("properties"), dict):
        yield from schema["properties"]


def test_no_field_is_taken_for_a_key_of_its_neighbours(compiled: Compiled) -> None:
    names = words_of_the_language() - TAKEN - OF_THE_SYSTEM
    assert len(names) > 300
    assert {"where", "on_delete", "default", "value", "to", "required"} <= names
    fields = "".join(f'  "{name}": {{type: text}}\n' for name in sorted(names))
    compilation = compiled({"entities/x_v.yaml": f"{HEAD}{fields}"})
    assert [str(problem.message) for problem in compilation.problems if problem.severity == "error"] == []
    assert compilation.model is not None
    assert names <= set(compilation.model.entities["x_v"].fields)


@pytest.mark.parametrize("name", sorted(TAKEN))
def test_a_word_of_expressions_is_refused_with_the_reason_and_a_name_that_works(compiled: Compiled, name: str) -> None:
    (problem,) = compiled({"entities/x_v.yaml": f'{HEAD}  "{name}": {{type: text}}\n'}).problems
    assert problem.code == "reserved_name"
    assert str(problem.message).startswith(f"“{name}” means something else in the expression language")
    assert problem.hint is not None
    suggested = re.findall("“(.+?)”", str(problem.hint))[0]
    assert suggested in problem.hint.in_("zh-CN")
    assert compiled({"entities/x_v.yaml": f'{HEAD}  "{suggested}": {{type: text}}\n'}).model is not None


def test_a_name_of_the_system_is_refused_with_a_name_that_works(compiled: Compiled) -> None:
    for name in sorted(OF_THE_SYSTEM - {"owner"}):
        (problem,) = compiled({"entities/x_v.yaml": f'{HEAD}  "{name}": {{type: text}}\n'}).problems
        assert problem.code == "reserved_name"
        assert f"{name}_text" in str(problem.hint)
