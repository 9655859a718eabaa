"""In charge of the help: what it shows is what every engine says."""

import pytest

from integration.expressions.expression_world import SCOPE, NodeWorld, SqlWorld, python_answers
from tenon.expressions import AGGREGATES, FUNCTIONS, compile_expression
from tenon.expressions.catalogue import Example

EXAMPLES = [each for function in FUNCTIONS.values() if not function.people for each in function.examples]
DEAL = {"id": "d", "account": None, "lines": []}
USER = {"id": "u1", "name": "Li", "region": None}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.text)
def test_an_example_shows_what_every_engine_says(
    example, sqlite_world: SqlWorld, postgres_world: SqlWorld, node_world: NodeWorld
) -> None:
    bare = compile_expression(example.text, SCOPE)
    shown = bare if example.shows is None else compile_expression(f"text({example.text})", SCOPE)
    said = {
        name: ask([shown], [DEAL], USER, "Asia/Shanghai")[0][0]
        for name, ask in {
            "python": python_answers,
            "sqlite": sqlite_world.answers,
            "postgresql": postgres_world.answers,
            "javascript": node_world.answers,
        }.items()
        if name in ("python", "javascript") or not _only_for_words(example)
    }
    assert said == dict.fromkeys(said, example.shows)


def _only_for_words(example: Example) -> bool:
    """Of functions that no database knows."""
    return any(example in function.examples for function in FUNCTIONS.values() if not function.has_sql)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if not name.startswith("_")])
def test_every_function_has_help_in_both_languages_and_an_example(name: str) -> None:
    function = FUNCTIONS[name]
    assert function.help is not None
    assert {"en", "zh-CN"} <= set(function.help.languages())
    assert function.examples


@pytest.mark.parametrize("name", AGGREGATES)
def test_every_aggregate_has_help_in_both_languages(name: str) -> None:
    assert {"en", "zh-CN"} <= set(AGGREGATES[name].languages())
