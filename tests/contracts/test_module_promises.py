"""In charge of the promise that the tests written for modules and examples hold, and that there are some."""

from pathlib import Path

import pytest

from tenon import resources
from tenon.compiler import compile_sources, read_layers
from tenon.workspace.trials import run_trials

EXAMPLES = sorted(path.parent for path in (resources.folder("modules").parent / "examples").glob("*/workspace.yaml"))


@pytest.fixture
def standard(tmp_path: Path) -> Path:
    (tmp_path / "workspace.yaml").write_text("name: std\nmodules: [core, customers, sales]\n")
    return tmp_path


def test_every_standard_module_promises_something_and_keeps_it(standard: Path) -> None:
    sources = read_layers(standard)
    results = list(run_trials(sources, compile_sources(sources)))
    assert [(result.path, result.failures) for result in results if result.failures] == []
    assert {result.module for result in results} == {"core", "customers", "sales"}
    assert len(results) >= 50


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_keeps_its_own_promises_and_those_of_its_modules(folder: Path) -> None:
    sources = read_layers(folder)
    results = list(run_trials(sources, compile_sources(sources)))
    assert [(result.path, result.failures) for result in results if result.failures] == []
    assert "workspace" in {result.module for result in results} or any("x_" in result.name for result in results)


BROKEN = """
people: {ann: {roles: [salesperson]}}
given: {account: {acme: {name: Acme, owner: ann, city: Oslo}}}
tests:
  wrong_value: {as: ann, when: {read: acme}, then: {values: {city: Rome}}}
  not_refused: {as: ann, when: {change: acme, values: {city: Rome}}, then: {refused: forbidden}}
  refused_unexpectedly: {as: ann, when: {delete: acme}, then: {values: {name: Acme}}}
  wrong_reason: {as: ann, when: {delete: acme}, then: {refused: conflict}}
  wrong_count: {as: ann, when: {list: account}, then: {count: 2}}
  not_hidden: {as: ann, when: {list: account}, then: {hidden: acme}}
  not_visible: {as: employee, when: {list: user}, then: {visible: acme}}
  wrong_figure: {when: {aggregate: account}, then: {figures: {"count()": 7}}}
  wrong_rows: {when: {aggregate: account, group: [city]}, then: {rows: [{city: Rome, "count()": 1}]}}
  field_is_there: {as: ann, when: {read: acme}, then: {fields_hidden: name}}
  other_record: {as: ann, when: {read: acme}, then: {records: {acme: {city: Rome}}}}
  given_is_wrong: {given: {account: {bad: {short_name: x}}}, when: {read: acme}, then: {visible: acme}}
  first_step_fails: {as: ann, when: [{delete: acme}, {read: acme}], then: {refused: not_found}}
"""


def test_each_kind_of_expectation_can_fail_and_leaves_nothing_behind(standard: Path) -> None:
    (standard / "tests").mkdir()
    (standard / "tests" / "x_broken.yaml").write_text(BROKEN)
    sources = read_layers(standard)
    results = list(run_trials(sources, compile_sources(sources), wanted=lambda path: path.startswith("x_broken.")))
    assert len(results) == 13
    assert [result.name for result in results if result.passed] == []
