"""In charge of the promise that no input whatever makes the compiler fall over: problems, never tracebacks."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenon.compiler import Sources, check, format_problem

HOSTILE = [
    "<script>alert(1)</script>",
    "'; DROP TABLE t_deal; --",
    '=HYPERLINK("http://x")',
    "\u202e\u2066abc",
    "😀" * 50,
    "{en}",
    "%s {0} {x!r}",
    "__import__('os').system('x')",
    "a." * 500 + "a",
    "(" * 3000,
    "not " * 3000 + "true",
    "1 if " * 300 + "1",
    "x" * 4000,
    "𝒏ame",
    "",
    "\ud800",
]


def own_sources(sources: Any, path: str, text: str) -> Sources:
    made: Sources = sources({path: text})
    return made


def assert_answers(made: Sources) -> None:
    compilation = check(made)
    for problem in compilation.problems:
        assert problem.message.in_("en")
        assert problem.message.in_("zh-CN")
        assert format_problem(problem, made, "zh-CN")
        assert problem.location is None or problem.location.file in made.texts
    assert (compilation.model is None) == any(problem.severity == "error" for problem in compilation.problems)
    if compilation.model is None:
        assert compilation.problems


VALID = {
    "entities/x_visit.yaml": {
        "label": {"en": "Visit", "zh-CN": "拜访"},
        "title": "name",
        "owned": True,
        "region": "account.region",
        "search": ["name", "account.name"],
        "fields": {
            "name": {"type": "text", "required": True, "max": 80, "label": "Subject"},
            "account": {"type": "lookup", "to": "account", "on_delete": "restrict", "where": "is_blank(region)"},
            "kind": {"type": "choice", "options": {"call": {"label": "Call", "color": "red"}}, "default": "call"},
            "cost": {"type": "money", "default": 0, "visible_when": 'stage == "done"'},
            "double": {"type": "formula", "of": "money", "value": "cost * 2", "after": "cost"},
        },
        "relationships": {"lines": {"from": "x_part.visit"}},
        "rules": {"r": {"check": "cost >= 0 or is_new", "message": "No", "on": ["cost"]}},
        "unique": {"u": {"fields": ["name", "account"]}},
        "pipelines": {
            "p": {"initial": "plan", "stages": {"plan": {"kind": "open", "limit": "3d"}, "done": {"kind": "done"}}}
        },
        "views": {
            "list": {"type": "table", "columns": ["name", {"path": "account.name", "width": 90}], "sort": ["-cost"]},
            "board": {
                "type": "kanban",
                "by": "kind",
                "sum": "cost",
                "card": ["name"],
                "filters": {"f": {"where": "cost > 1"}},
            },
        },
        "forms": {"main": {"sections": {"a": {"fields": ["name", "cost"], "columns": 1}}, "related": ["lines"]}},
        "grants": {"x_rep": {"read": "own", "update": "cost < 5", "fields": {"cost": {"read": True, "update": "own"}}}},
    },
    "entities/x_part.yaml": {
        "label": "Part",
        "owned": "visit",
        "fields": {"visit": {"type": "lookup", "to": "x_visit"}},
    },
    "roles/x_rep.yaml": {"label": "Rep", "grants": {"*": {"read": "all"}}, "deny": {"account": ["export"]}},
    "navigation.yaml": {"x_mine": {"items": {"x_visit": {"view": "board"}}, "hidden": ["deal_line"]}},
    "regions.yaml": {"east": {"label": "East", "regions": {"sh": {"label": "Shanghai"}}}},
    "translations/de.yaml": {"entities.x_visit.label": "Besuch"},
    "data/x_visit.yaml": {"key": "name", "rows": [{"name": "A", "cost": 5, "kind": "call"}]},
    "workspace.yaml": {"name": "demo", "modules": ["sales"], "language": "en", "timezone": "UTC"},
}


def written(tree: dict[str, Any]) -> dict[str, str]:
    return {path: yaml.safe_dump(content, allow_unicode=True, sort_keys=False) for path, content in tree.items()}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found.extend(places(item, (*path, key)))
    return found


PLACES = places(VALID)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.sampled_from(HOSTILE[:-1]),
    st.sampled_from(["name", "cost", "stage", "user", "all", "none", "x_visit", "account", "1 +", "-x", "region", "*"]),
    st.just([]),
    st.just({}),
    st.lists(st.one_of(st.none(), st.text(max_size=5), st.just({"a": 1})), max_size=3),
    st.dictionaries(
        st.text(min_size=1, max_size=8), st.one_of(st.none(), st.text(max_size=5), st.integers()), max_size=3
    ),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.sampled_from(PLACES), values), min_size=1, max_size=3))
def test_any_value_in_any_place_is_answered(sources: Any, changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    tree = json.loads(json.dumps(VALID))
    for path, value in changes:
        holder = tree
        for step in path[:-1]:
            fits = isinstance(holder, dict) or (
                isinstance(holder, list) and isinstance(step, int) and step < len(holder)
            )
            holder = holder[step] if fits and (not isinstance(holder, dict) or step in holder) else None
        if isinstance(holder, dict) or (
            isinstance(holder, list) and isinstance(path[-1], int) and path[-1] < len(holder)
        ):
            holder[path[-1]] = value
    files = {path: content for path, content in tree.items() if content is not None}
    assert_answers(sources(written(files)))


TEXT = written(VALID)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(sorted(TEXT)),
    start=st.floats(0, 1),
    length=st.integers(0, 30),
    put=st.one_of(
        st.text(max_size=6),
        st.sampled_from(["\t", ": ", "- ", "{", "[", "'", '"', "&a ", "*a", "!!x ", "\n\n", "<<: "]),
    ),
)
def test_any_damage_to_the_text_is_answered(sources: Any, path: str, start: float, length: int, put: str) -> None:
    text = TEXT[path]
    at = int(start * len(text))
    assert_answers(sources({**TEXT, path: text[:at] + put + text[at + length :]}))


def test_the_workspace_that_is_damaged_above_is_sound(sources: Any) -> None:
    assert not check(sources(TEXT)).problems


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("place", ["label: {v}", "icon: {v}", "title: {v}", "fields: {{name: {{default: {v}}}}}"])
def test_hostile_text_is_answered(sources: Any, text: str, place: str) -> None:
    body = place.format(v=json.dumps(text))
    assert_answers(own_sources(sources, "entities/deal.yaml", body + "\n"))


@pytest.mark.parametrize(
    "path", ["../x.yaml", "entities/../../x.yaml", "entities/\u202e.yaml", "/etc/x.yaml", "entities//.yaml", ".yaml"]
)
def test_a_strange_file_name_is_answered(sources: Any, path: str) -> None:
    made = own_sources(sources, path, "a: 1\n")
    assert_answers(made)
    assert check(made).problems


def test_a_thousand_mistakes_are_all_told(sources: Any) -> None:
    fields = "\n".join(f"  f{number}: {{type: txt, labl: x}}" for number in range(1000))
    problems = check(own_sources(sources, "entities/x_v.yaml", f"label: V\nfields:\n{fields}\n")).problems
    assert len(problems) >= 1000
