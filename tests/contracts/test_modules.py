"""In charge of the promises about all that is written in the metadata language, and about its definition."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tenon import resources
from tenon.compiler import WORKSPACE, SourceFile, Sources, check, format_problem, read_layers, schemas

MODULES = sorted(folder.name for folder in resources.folder("modules").iterdir() if (folder / "module.yaml").is_file())
EXAMPLES = sorted(path.parent for path in (resources.folder("modules").parent / "examples").glob("*/workspace.yaml"))
SCHEMAS = sorted(path.name.removesuffix(".schema.json") for path in resources.folder("metadata").glob("*.schema.json"))
LANGUAGES = ("en", "zh-CN")


def shown(sources: Sources) -> str:
    return "\n".join(format_problem(problem, sources, "en") for problem in check(sources).problems)


def workspace_with(folder: Path, module: str, language: str) -> Sources:
    text = f"name: try\nmodules: [{module}]\nlanguage: {language}\n"
    (folder / "workspace.yaml").write_text(text, encoding="utf-8")
    return read_layers(folder)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("module", MODULES)
def test_a_module_compiles_without_problems(tmp_path: Path, module: str, language: str) -> None:
    assert shown(workspace_with(tmp_path, module, language)) == ""


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_compiles_without_problems(folder: Path) -> None:
    assert shown(read_layers(folder)) == ""


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_everything_in_both_languages(tmp_path: Path, module: str) -> None:
    model = check(workspace_with(tmp_path, module, "en")).model
    assert model is not None
    texts = {
        f"{entity.name}.{thing.name}": thing.label
        for entity in model.entities.values()
        for thing in (*entity.fields.values(), *entity.views.values(), *entity.forms.values())
    }
    assert {place for place, text in texts.items() if set(text.values) < set(LANGUAGES)} == set()


@pytest.mark.parametrize("module", MODULES)
def test_a_module_compiles_the_same_after_being_stored(tmp_path: Path, module: str) -> None:
    sources = workspace_with(tmp_path, module, "en")
    first, second = check(sources).model, check(Sources.from_json(sources.to_json())).model
    assert first is not None
    assert second is not None
    assert first.digest == second.digest


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(schemas.load(name))
    assert schemas.load(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_property_is_described_in_both_languages(name: str) -> None:
    schema = schemas.load(name)
    lacking = {
        f"{place}: {key}"
        for place, described in [("", schema), *properties(schema)]
        for key in ("description", "description:zh-CN")
        if not described.get(key)
    }
    assert lacking == set()


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_set_of_properties_is_closed(name: str) -> None:
    """So that an unknown name is always found."""
    open_places = [
        place
        for place, part in parts(schemas.load(name))
        if "properties" in part and "additionalProperties" not in part
    ]
    assert open_places == []


def examples() -> Iterator[tuple[str, Any]]:
    for name in sorted(set(schemas.KINDS.values())):
        for example in schemas.load(name).get("examples", ()):
            yield name, example


@pytest.mark.parametrize(("name", "example"), list(examples()))
def test_the_examples_in_a_schema_are_right(name: str, example: Any) -> None:
    assert [error.message for error in schemas.validator(name).iter_errors(example)] == []
    for field in example.get("fields", {}).values() if name == "entity" else ():
        assert [error.message for error in schemas.field_validator(field["type"]).iter_errors(field)] == []


@pytest.mark.parametrize("example", schemas.load("field")["examples"], ids=json.dumps)
def test_the_examples_of_fields_are_right(example: dict[str, Any]) -> None:
    assert [error.message for error in schemas.field_validator(example["type"]).iter_errors(example)] == []


def test_an_entity_with_five_fields_a_view_and_a_grant_is_one_file(tmp_path: Path) -> None:
    text = """
label: {en: Visit, zh-CN: 拜访}
owned: true
fields:
  name: {type: text, required: true}
  account: {type: lookup, to: account}
  day: {type: date, default: today()}
  cost: {type: money}
  done: {type: boolean}
views:
  list: {type: table, columns: [name, account, day, cost, owner]}
grants:
  employee: {read: own, create: own, update: own}
"""
    sources = workspace_with(tmp_path, "customers", "en")
    own = SourceFile(layer=WORKSPACE, path="entities/x_visit.yaml", text=text)
    more = Sources(files=(*sources.files, own), available=sources.available)
    assert shown(more) == ""
    model = check(more).model
    assert model is not None
    assert set(model.roles["employee"].grants["x_visit"].operations) == {"read", "create", "update"}


def parts(schema: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema inside a schema, with its place."""
    if isinstance(schema, dict):
        yield place, schema
        for key, item in schema.items():
            if key not in ("examples", "enum"):
                yield from parts(item, f"{place}/{key}")


def properties(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, part in parts(schema):
        if not place.endswith("/properties"):
            for name, described in part.get("properties", {}).items():
                yield f"{place}/{name}", described
