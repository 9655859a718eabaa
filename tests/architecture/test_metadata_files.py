"""In charge of the files that are not Python: each can be read, and each schema is a schema."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

FOLDERS = {"metadata", "modules", "examples"}


@pytest.fixture(scope="session")
def data_files(project: Path, project_files: list[Path]) -> list[Path]:
    return [path for path in project_files if path.relative_to(project).parts[0] in FOLDERS]


def problem(path: Path) -> str | None:
    try:
        if path.suffix in {".yaml", ".yml"}:
            yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
        elif path.suffix == ".json":
            json.loads(path.read_text())
    except (yaml.YAMLError, ValueError) as error:
        return f"{path}: {error}"
    return None


def test_every_yaml_and_json_file_can_be_read(data_files: list[Path]) -> None:
    assert data_files
    assert [found for path in data_files if (found := problem(path))] == []


def test_every_schema_of_the_language_is_a_schema(project: Path) -> None:
    schemas = sorted((project / "metadata").rglob("*.schema.json"))
    assert schemas
    for path in schemas:
        Draft202012Validator.check_schema(json.loads(path.read_text()))
