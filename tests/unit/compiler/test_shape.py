"""In charge of the promises about the language's definition: each wrong value is one clear bilingual problem."""

from collections.abc import Callable

import pytest

from tenon.compiler import Compilation, Sources, check, format_problem

Compiled = Callable[..., Compilation]
ENTITY = "label: Visit\nfields:\n  name: {type: text}\n"

CASES = [
    ("entities/x_v.yaml", "label: V\nfeilds: {name: {type: text}}\n", "unknown_key", "fields"),
    ("entities/x_v.yaml", "label: V\nfields: {name: {type: text, requird: true}}\n", "unknown_key", "required"),
    ("entities/x_v.yaml", "label: V\nfields: {name: {type: txt}}\n", "unknown_field_type", "text"),
    (
        "entities/x_v.yaml",
        "label: V\nfields: {name: {type: txt, max: [], default: {}}}\n",
        "unknown_field_type",
        "text",
    ),
    ("entities/x_v.yaml", "label: V\nfields: {name: {type: text, max: long}}\n", "bad_value", "characters"),
    ("entities/x_v.yaml", "label: V\nfields: {name: {type: text, required: 'yes'}}\n", "bad_value", None),
    ("entities/x_v.yaml", "label: V\nfields: {name: {}}\n", "missing_key", None),
    ("entities/x_v.yaml", "label: V\nfields: {Name: {type: text}}\n", "bad_name", None),
    ("entities/x_v.yaml", "label: V\nfields: {name: text}\n", "bad_value", None),
    ("entities/x_v.yaml", f"{ENTITY}views: {{list: {{type: tabel}}}}\n", "bad_value", "table"),
    ("entities/x_v.yaml", f"{ENTITY}pipelines: {{p: {{stages: {{a: {{kind: opne}}}}}}}}\n", "bad_value", "open"),
    ("entities/x_v.yaml", f"{ENTITY}icon: 'a b'\n", "bad_value", "building-store"),
    ("roles/x_r.yaml", "label: R\ngrants: {deal: {raed: all}}\n", "unknown_key", "read"),
    ("roles/x_r.yaml", "label: R\ngrants: {deal: {fields: {name: hidden}}}\n", "bad_value", "none"),
    ("choices/x_c.yaml", "label: C\noptions: {}\n", "bad_value", None),
    ("data/x_d.yaml", "entity: deal\nrows: 5\n", "bad_value", None),
    ("entities/x_v.yaml", "fields: {name: {type: text}}\n", "missing_key", None),
]


@pytest.mark.parametrize(("path", "text", "code", "hint"), CASES)
def test_a_wrong_value_is_one_problem_at_its_line(
    compiled: Compiled, path: str, text: str, code: str, hint: str | None
) -> None:
    problems = compiled({path: text}).problems
    first = problems[0]
    assert first.code == code
    assert first.location is not None
    assert (first.location.file, first.location.line > 0) == (path, True)
    assert first.message.in_("zh-CN") != first.message.in_("en")
    assert hint is None or hint in str(first.hint)


def test_all_problems_are_reported_at_once(compiled: Compiled) -> None:
    own = {
        "entities/x_v.yaml": "label: V\nicn: star\nfields: {name: {type: text, mx: 3}, when: {type: dat}}\n",
        "entities/deal.yaml": "fields: {amount: {default: 1 +}}\nviews: {list: {columns: [nmae]}}\n",
        "roles/x_r.yaml": "label: R\ngrants: {dael: {read: all}}\n",
    }
    found = sorted(problem.code for problem in compiled(own).problems)
    assert found == [
        "bad_expression",
        "unknown_field_type",
        "unknown_key",
        "unknown_key",
        "unknown_name",
        "unknown_name",
    ]


def test_a_problem_is_shown_with_place_lines_and_hint(sources: Callable[..., Sources]) -> None:
    broken = sources({"entities/x_v.yaml": "label: V\nfields:\n  name: {type: text, requird: true}\n"})
    shown = format_problem(check(broken).problems[0], broken, "en")
    assert shown.splitlines() == [
        "entities/x_v.yaml:3:31: error [unknown_key] There is no “requird” here.",
        "  entities.x_v.fields.name.requird",
        "    2 | fields:",
        "  > 3 |   name: {type: text, requird: true}",
        " " * 38 + "^",
        "  Hint: Did you mean “required”, “required_when”?",
    ]
    assert "错误" in format_problem(check(broken).problems[0], broken, "zh-CN")


def test_options_belong_to_the_type(compiled: Compiled) -> None:
    text = "label: V\nfields: {n: {type: integer, to: account}}\n"
    assert [problem.code for problem in compiled({"entities/x_v.yaml": text}).problems] == ["unknown_key"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("entitys/x_v.yaml", "unknown_folder"),
        ("navigations.yaml", "unknown_file"),
        ("entities/x_v.yml", "bad_file_name"),
        ("entities/X-V.yaml", "bad_file_name"),
        ("entities/deal/veiws.yaml", "bad_file_name"),
    ],
)
def test_a_file_without_a_place_is_never_ignored_silently(compiled: Compiled, path: str, code: str) -> None:
    assert code in [problem.code for problem in compiled({path: "a: 1\n"}).problems]
