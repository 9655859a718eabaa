"""Packages that say different things about the same field stand beside each other, in whatever order they come."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import pytest

from tenon.compiler import WORKSPACE, SourceFile, Sources, check, compile_sources
from tenon.model import Field

ITEM = "label: Item\ntitle: name\nfields: {name: {type: text, label: {en: Name}, max: 80}}\n"
BASE = {
    "module.yaml": 'name: sales\nversion: 1.0.0\nlabel: Sales\nrequires: {core: "1.0.0"}\n',
    "entities/item.yaml": ITEM,
}
SAID = {
    "red": "fields: {name: {help: {en: As on the label}, max: 60}}\n",
    "blue": "fields: {name: {label: {en: Title}}}\n",
    "gray": "fields: {gray_code: {type: text}}\nviews: {list: {type: table, columns: [name, gray_code]}}\n",
}


Made = Callable[..., Sources]


def workspace(made: Made, order: tuple[str, ...], said: dict[str, str]) -> Sources:
    """A module with an entity, and packages of others above it."""
    client = f"name: demo\nmodules: [sales, {', '.join(order)}]\n"
    plain = made({"workspace.yaml": client}, sales=BASE)
    packages = []
    for name in order:
        manifest = f'name: {name}\nversion: 1.0.0\nlabel: {name}\nprefix: {name}_\nrequires: {{sales: "1.0.0"}}\n'
        for path, text in (("entities/item.yaml", said[name]), ("module.yaml", manifest)):
            packages.append(SourceFile(layer=name, path=path, text=text))
    below = [file for file in plain.files if file.layer != WORKSPACE]
    files = (*below, *packages, *plain.layer(WORKSPACE))
    return replace(plain, files=files, available=(*plain.available, *SAID))


def name_field(sources: Sources) -> Field:
    assert not [str(problem.message) for problem in check(sources).problems if problem.severity == "error"]
    return compile_sources(sources).entities["item"].fields["name"]


@pytest.mark.parametrize("order", list(permutations(SAID)))
def test_what_each_package_says_of_a_field_is_in_force_in_any_order(sources: Made, order: tuple[str, ...]) -> None:
    found = name_field(workspace(sources, order, SAID))
    assert (str(found.label), str(found.help), found.type.options["max"]) == ("Title", "As on the label", 60)
    entity = compile_sources(workspace(sources, order, SAID)).entities["item"]
    assert [column.path for column in entity.views["list"].columns] == [("name",), ("gray_code",)]


def test_taking_one_line_out_of_a_package_takes_away_its_effect_and_nothing_else(sources: Made) -> None:
    order = tuple(SAID)
    shorter = {**SAID, "red": "fields: {name: {help: {en: As on the label}}}\n"}
    found = name_field(workspace(sources, order, shorter))
    assert (str(found.label), str(found.help), found.type.options["max"]) == ("Title", "As on the label", 80)
    without = name_field(workspace(sources, ("red", "gray"), SAID))
    assert (str(without.label), str(without.help), without.type.options["max"]) == ("Name", "As on the label", 60)
