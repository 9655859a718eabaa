"""In charge of the promises about editors: each file can say which schema it follows, and the schemas hold good."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tenon.compiler import SourceFile
from tenon.compiler.editors import FIELD_TYPES_FILE, editor_schemas, field_types, schema_line, write_schemas
from tenon.compiler.reading import read_yaml
from tenon.fields import FIELD_TYPES
from tenon.problems import Problems
from tenon.resources import folder

LEAD = "# yaml-language-server: $schema="
LINES = [
    ("workspace.yaml", ".schemas/workspace.schema.json"),
    ("navigation.yaml", ".schemas/navigation.schema.json"),
    ("entities/visit.yaml", "../.schemas/entity.schema.json"),
    ("entities/visit/views.yaml", "../../.schemas/entity_views.schema.json"),
    ("entities/visit/fields/name.yaml", "../../../.schemas/entity_fields_item.schema.json"),
    ("dashboards/boss.yaml", "../.schemas/dashboard.schema.json"),
    ("translations/zh-CN.yaml", "../.schemas/translations.schema.json"),
]
SCHEMAS = editor_schemas()
REGISTRY: Registry[Any] = Registry().with_resources(
    (name, Resource.from_contents({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}))
    for name, schema in SCHEMAS.items()
)


def faults(name: str, value: Any) -> list[str]:
    validator = Draft202012Validator({"$ref": name}, registry=REGISTRY)
    return [error.message for error in validator.iter_errors(value)]


@pytest.mark.parametrize(("path", "schema"), LINES)
def test_a_file_names_its_schema_wherever_the_folder_stands(path: str, schema: str) -> None:
    assert schema_line(path) == f"{LEAD}{schema}\n"


@pytest.mark.parametrize("path", ["README.md", "data/deal.csv", "nothing/a.yaml", "entities/deal/colors.yaml"])
def test_other_files_have_no_schema(path: str) -> None:
    assert schema_line(path) == ""


def test_the_schemas_that_lines_name_are_written(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    for path, _schema in LINES:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        place = (tmp_path / path).parent / schema_line(path).removeprefix(LEAD).strip()
        assert json.loads(place.read_text(encoding="utf-8"))


def test_every_reference_of_the_schemas_leads_somewhere() -> None:
    for name in SCHEMAS:
        resolver = REGISTRY.resolver(base_uri=name)
        for reference in references(SCHEMAS[name]):
            assert resolver.lookup(reference).contents


def references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for item in schema.values():
            yield from references(item)
    elif isinstance(schema, list):
        for item in schema:
            yield from references(item)


MODULES = sorted(path for path in folder("modules").rglob("*.yaml"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(folder("modules")).as_posix())
def test_the_files_of_the_standard_modules_follow_their_schemas(path: Path) -> None:
    relative = path.relative_to(folder("modules")).as_posix().partition("/")[2]
    name = schema_line(relative).strip().rpartition("/")[2]
    assert name, relative
    node = read_yaml(SourceFile(layer="core", path=relative, text=path.read_text(encoding="utf-8")), Problems())
    assert node is not None
    assert faults(name, node.plain()) == []


def test_the_options_of_each_field_type_are_offered_and_no_others() -> None:
    assert faults(FIELD_TYPES_FILE, {"type": "text", "max": 50, "label": "Name"}) == []
    assert faults(FIELD_TYPES_FILE, {"type": "text", "to": "account"}) != []
    assert faults(FIELD_TYPES_FILE, {"type": "txet"}) != []
    assert faults(FIELD_TYPES_FILE, {"type": "text", "required": "no"}) != []
    known = {case["if"]["properties"]["type"]["const"] for case in field_types()["allOf"]}
    assert known == {key for key, kind in FIELD_TYPES.items() if not kind.internal}


def test_a_file_may_change_one_thing_and_take_another_away() -> None:
    assert faults("entity.schema.json", {"fields": {"amount": {"label": "Sum"}, "x_note": None}, "views": None}) == []
    assert faults("entity.schema.json", {"lable": "Deal"}) != []
