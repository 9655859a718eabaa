"""In charge of the promises about reading files: broken input is a clear problem with its line."""

import pytest

from tenon.compiler import SourceFile
from tenon.compiler.nodes import Node
from tenon.compiler.reading import read_yaml
from tenon.compiler.rows import read_csv
from tenon.problems import Problem, Problems


def read(text: str, fault: str = "") -> tuple[Node | None, list[Problem]]:
    problems = Problems()
    node = read_yaml(SourceFile(layer="workspace", path="a.yaml", text=text, fault=fault), problems)  # type: ignore[arg-type]
    return node, list(problems)


def test_every_value_knows_its_line_and_column() -> None:
    node, problems = read("a: 1\nb:\n  c: 'x'\n  d: [p, q]\n")
    assert not problems
    assert node is not None
    assert str(node.at(("b", "c")).location) == "a.yaml:3:7"  # the first letter inside the quotes
    assert str(node.at(("b", "d", 1)).location) == "a.yaml:4:10"


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("true", True),
        ("yes", "yes"),
        ("on", "on"),
        ("no", "no"),
        ("12", 12),
        ("-3", -3),
        ("1.50", 1.5),
        ("007", "007"),
        ("2026-01-01", "2026-01-01"),
        ("1:30", "1:30"),
        ("0x1F", "0x1F"),
        ("'12'", "12"),
        ("1.0.0", "1.0.0"),
        ("null", None),
        ("~", None),
        (".inf", ".inf"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_words_mean_what_yaml_1_2_says(word: str, value: object) -> None:
    node, problems = read(f"a: {word}\n")
    assert not problems
    assert node is not None
    assert node.pick("a") == value
    assert type(node.pick("a")) is type(value)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "empty_file", 1),
        ("# only a comment\n", "empty_file", 1),
        ("a: 1\na: 2\n", "duplicate_key", 2),
        ("a:\n  b: 1\n  c: 2\n  b: 3\n", "duplicate_key", 4),
        ("a: b: c\n", "bad_yaml", 1),
        ("a: [1, 2\nb: 3\n", "bad_yaml", 2),
        ("a: 'open\n", "bad_yaml", 2),
        ("a:\n\tb: 1\n", "tab", 2),
        ("a: x\x00y\n", "control_character", 1),
        ("ok: 1\nb: \x1b[31m\n", "control_character", 2),
        ("- a\n- b\n", "not_a_map", 1),
        ("just words\n", "not_a_map", 1),
        ("a: &x 1\nb: *x\n", "alias", 1),
        ("a: 1\n---\nb: 2\n", "many_documents", 2),
        ("a: !!python/object/apply:os.system [ls]\n", "tag", 1),
        ("<<: {a: 1}\n", "merge_key", 1),
        ("? [a, b]\n: c\n", "bad_key", 1),
        ("a: " + "[" * 100 + "]" * 100, "too_deep", 1),
        ("a: " + "[" * 500_000, "too_deep", 1),
        ("a: " + "x" * 5_000_000, "too_large", 1),
    ],
)
def test_broken_yaml_is_one_clear_problem_with_its_line(text: str, code: str, line: int) -> None:
    _node, problems = read(text)
    assert [(problem.code, problem.location and problem.location.line) for problem in problems] == [(code, line)]
    assert problems[0].message.in_("zh-CN") != problems[0].message.in_("en")


@pytest.mark.parametrize("fault", ["not_text", "too_large", "unreadable"])
def test_a_file_that_could_not_be_read_is_a_problem(fault: str) -> None:
    node, problems = read("", fault)
    assert node is None
    assert [problem.code for problem in problems] == [fault]


def test_a_duplicate_key_names_the_line_of_the_first() -> None:
    _node, problems = read("a: 1\nb: 2\na: 3\n")
    assert "line 1" in str(problems[0].message)


def read_table(text: str) -> tuple[Node | None, list[Problem]]:
    problems = Problems()
    return read_csv(SourceFile(layer="core", path="data/unit.csv", text=text), problems), list(problems)


def test_a_csv_file_becomes_rows_with_lines_and_its_first_column_is_the_key() -> None:
    node, problems = read_table('\ufeffcode,name\npcs,Piece\n\nkg,"Kilo, gram"\n,\n')
    assert not problems
    assert node is not None
    assert node.plain() == {
        "key": ["code"],
        "rows": [{"code": "pcs", "name": "Piece"}, {"code": "kg", "name": "Kilo, gram"}],
    }
    assert str(node.at(("rows", 1)).location) == "modules/core/data/unit.csv:4"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_file"),
        ("a,a\n1,2\n", "bad_csv"),
        ("a,b\n1,2,3\n", "bad_csv"),
        ('a\n"x\n', "bad_csv"),
        ("a\n\x00", "bad_csv"),
    ],
)
def test_a_broken_csv_file_is_a_problem(text: str, code: str) -> None:
    _node, problems = read_table(text)
    assert [problem.code for problem in problems] == [code]
