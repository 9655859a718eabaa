"""Definitions refer to options, and hold no copies of them: where the old key of an option stands, it is found."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tenon.compiler import Compilation, Sources
from tenon.compiler.settling import settle
from tenon.compiler.trees import whole_tree

BEFORE = "label: Kind\noptions: {plain: {}, rare: {}}\n"
AFTER = "label: Kind\noptions: {usual: {was: [plain]}, rare: {}}\n"
PLACES = {
    "entities.x_thing.fields.kind.default": "fields: {kind: {default: plain}}",
    "entities.x_thing.fields.x_flag.value": 'fields: {x_flag: {type: formula, of: boolean, value: kind == "plain"}}',
    "entities.x_thing.fields.x_w.required_when": """fields: {x_w: {type: text, required_when: 'kind == "plain"'}}""",
    "entities.x_thing.rules.x_named.check": """rules: {x_named: {check: 'kind != "plain"', message: Never}}""",
    "entities.x_thing.views.list.filters.x_few.where": (
        """views: {list: {type: table, columns: [name], filters: {x_few: {where: 'kind in ["plain", "rare"]'}}}}"""
    ),
    "entities.x_thing.views.x_board.where": """views: {x_board: {type: kanban, by: kind, where: 'kind == "plain"'}}""",
    "entities.x_thing.views.x_sorts.where": (
        """views: {x_sorts: {type: table, columns: [name], where: '"plain" in sorts'}}"""
    ),
    "entities.x_thing.forms.main.sections.all.visible_when": (
        """forms: {main: {sections: {all: {fields: [name], visible_when: 'kind == "plain"'}}}}"""
    ),
}
"""Where a definition may mention an option → one that does."""
MODULE = 'name: sales\nversion: 1.0.0\nlabel: Sales\nprefix: x_\nrequires: {core: "1.0.0"}\n'
THING = """
label: Thing
title: name
fields:
  name: {type: text}
  kind: {type: choice, from: x_kind}
  sorts: {type: multi_choice, from: x_kind}
"""


Made = Callable[..., Sources]


def own(made: Made, choices: str, patch: str) -> Sources:
    """All of it is the client's."""
    thing = laid(yaml.safe_load(THING), yaml.safe_load(patch))
    return made({"choices/x_kind.yaml": choices, "entities/x_thing.yaml": yaml.safe_dump(thing, sort_keys=False)})


def laid(below: Any, above: Any) -> Any:
    """One map over another."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return {**below, **{name: laid(below.get(name), value) for name, value in above.items()}}


def over_module(made: Made, choices: str, patch: str) -> Sources:
    """The patch is the client's, the rest a module's."""
    module = {"module.yaml": MODULE, "choices/x_kind.yaml": choices, "entities/x_thing.yaml": THING}
    return made({"entities/x_thing.yaml": patch}, sales=module)


def errors(compilation: Compilation) -> dict[str, str]:
    return {problem.path: str(problem.message) for problem in compilation.problems if problem.severity == "error"}


@pytest.mark.parametrize("path", PLACES)
def test_an_old_key_in_a_definition_of_ones_own_is_named_with_its_place(sources: Made, path: str) -> None:
    before = own(sources, BEFORE, PLACES[path])
    _settled, compilation = settle(None, before)
    assert compilation.model is not None, errors(compilation)
    _settled, after = settle(before, own(sources, AFTER, PLACES[path]))
    assert after.model is None
    assert any(found == path or found.startswith(f"{path}.") for found in errors(after)), errors(after)


@pytest.mark.parametrize("path", PLACES)
def test_definitions_of_a_company_follow_an_option_that_a_module_renames(sources: Made, path: str) -> None:
    before = over_module(sources, BEFORE, PLACES[path])
    settled, after = settle(before, over_module(sources, AFTER, PLACES[path]))
    assert after.model is not None, errors(after)
    tree = whole_tree(settled).plain()
    tree["choices"]["x_kind"]["options"]["usual"].pop("was")
    assert "plain" not in json.dumps(tree)
    assert "usual" in json.dumps(tree["entities"])
