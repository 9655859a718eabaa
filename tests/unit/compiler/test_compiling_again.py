"""What is kept from one compilation never shows in the next: the outcome is that of a first compilation."""

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samples.model_parts import model_parts
from tenon.compiler import Compilation, Sources, check
from tenon.compiler.layering import read_one

Files = Mapping[str, str]
Made = Callable[..., Sources]

ACCOUNT = (
    "",
    "fields: {x_note: {type: text}}\n",
    "fields: {x_note: {type: integer, label: {en: Note, zh-CN: 备注}}}\n",
    "fields: {name: null}\n",
    "fields: {region: null}\nregion: null\n",
    "owned: false\n",
    "fields: {name: {label: {en: Company}}, x_of: {type: lookup, to: x_thing}}\n",
    "fields: {x_parent: {type: hierarchy}}\n",
    "label: {en: Client, zh-CN: 客户}\n",
    "fields: {name: {type: decimal}}\n",
)
DEAL = (
    "",
    "fields: {amount: {label: {en: Value}}}\n",
    "fields: {amount: {type: decimal}}\n",
    "fields: {x_sum: {type: formula, of: decimal, value: amount * 2}}\n",
    "fields: {x_kind: {type: choice, from: loss_reason, default: price}}\n",
    "views: {list: {columns: [name, account.x_note, amount]}}\n",
    "pipelines: {default: {stages: {x_new: {kind: open, require: [amount]}}}}\n",
    "pipelines: {default: {stages: {lost: null}}}\n",
    'rules: {x_big: {check: account.x_note != "" and amount > 5}}\n',
    'rules: {x_tree: {check: account in account("a").subtree}}\n',
    "owned: account\n",
)
THING = (
    "",
    "label: Thing\nfields: {name: {type: text}, deal: {type: lookup, to: deal}}\n",
    'fields: {name: {type: text}, deal: {type: lookup, to: deal, where: amount > 5 and stage != "lost"}}\n',
    "label: Thing\nfields: {name: {type: text}, all: {type: rollup, of: count(account)}}\n",
    "owned: deal\nregion: deal\nfields: {name: {type: text}, deal: {type: lookup, to: deal}}\n",
)
REASONS = (
    "",
    "options: {x_fit: {}}\n",
    "options: {price: {label: {en: Costs}}}\n",
    "options: {price: null}\n",
)
WORDS = (
    "",
    "entities.deal.fields.amount.label: 价值\n",
    "entities.account.label: 主顾\nentities.user.label: 人\nchoices.loss_reason.options.price.label: 价\n",
    "entities.gone.label: 无\n",
)
ROLES = (
    "",
    "label: Reader\ngrants: {deal: {read: own}}\n",
    'label: Reader\ngrants: {"*": {read: region_tree, update: own}, account: {fields: {x_note: none}}}\n',
    'label: Reader\ngrants: {deal: {read: amount > 5 and account.name != ""}}\n',
)
USER = (
    "",
    "fields: {x_team: {type: text}}\n",
    "fields: {department: {label: {en: Team}}}\n",
    "fields: {region: null}\n",
)
WORKSPACE = ("", "currency: EUR\n", "language: zh-CN\n")
FILES: Mapping[str, tuple[str, ...]] = {
    "entities/account.yaml": ACCOUNT,
    "entities/deal.yaml": DEAL,
    "entities/x_thing.yaml": THING,
    "entities/user.yaml": USER,
    "choices/loss_reason.yaml": REASONS,
    "translations/zh-CN.yaml": WORDS,
    "roles/reader.yaml": ROLES,
    "workspace.yaml": WORKSPACE,
}
edits = st.sampled_from([(path, text) for path, texts in FILES.items() for text in texts])


def _own(state: Files) -> Files:
    head = "name: demo\nmodules: [sales]\n"
    return {path: (head if path == "workspace.yaml" else "") + text for path, text in state.items() if text}


def _told(found: Compilation) -> list[tuple[str, ...]]:
    return [(p.code, p.path, str(p.location), str(p.message), str(p.hint), p.severity) for p in found.problems]


def _parts(found: Compilation) -> dict[str, Any] | None:
    return None if found.model is None else model_parts(found.model)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(edits, min_size=2, max_size=6))
def test_a_later_compilation_ends_as_a_first_one_would(sources: Made, changes: list[tuple[str, str]]) -> None:
    state: dict[str, str] = {}
    again: list[Compilation] = [check(sources({}))]
    steps = []
    for path, text in changes:
        state[path] = text
        steps.append(sources(_own(state)))
        again.append(check(steps[-1]))
    for step, late in zip(steps, again[1:], strict=True):
        read_one.cache_clear()  # new nodes know nothing
        first = check(step)
        assert _told(late) == _told(first)
        assert _parts(late) == _parts(first)


def test_what_did_not_change_is_the_same_object(sources: Made) -> None:
    one = check(sources({})).model
    two = check(sources({"entities/deal.yaml": "fields: {x_note: {type: text}}\n"})).model
    assert one is not None
    assert two is not None
    assert one.entities["user"] is two.entities["user"]
    assert one.entities["department"] is two.entities["department"]
    assert one.entities["deal"] is not two.entities["deal"]


def test_workspaces_with_the_same_modules_share_their_compiled_parts(sources: Made) -> None:
    """One adds a field, the other an entity that points to one of the module."""
    lookup = "label: Thing\nfields: {name: {type: text}, deal: {type: lookup, to: deal}}\n"
    one = check(sources({"entities/account.yaml": "fields: {x_note: {type: text}}\n"})).model
    two = check(sources({"entities/x_thing.yaml": lookup})).model
    assert one is not None
    assert two is not None
    shared = [name for name in one.entities if one.entities[name] is two.entities.get(name)]
    assert {"user", "department", "region", "deal_line"} <= set(shared)
    assert "account" not in shared


def test_a_name_that_appears_elsewhere_is_seen_by_those_who_missed_it(sources: Made) -> None:
    view = {"entities/deal.yaml": "views: {list: {columns: [name, account.x_note]}}\n"}
    assert check(sources(view)).model is None
    mended = check(sources({**view, "entities/account.yaml": "fields: {x_note: {type: text}}\n"}))
    assert mended.model is not None
    assert [column.path for column in mended.model.entities["deal"].views["list"].columns][1] == ("account", "x_note")
    assert check(sources(view)).model is None
