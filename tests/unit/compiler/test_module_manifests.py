"""In charge of the promises about what a module says of itself and of the modules it stands on."""

from collections.abc import Callable

import pytest

from tenon.compiler import WORKSPACE, Compilation, SourceFile, Sources, check
from tenon.compiler.version_ranges import allows, is_newer

Compiled = Callable[..., Compilation]
RENT = "name: rent\nversion: 1.0.0\nlabel: Rent\n"
ITEM = "label: Item\nfields:\n  name: {type: text}\n"


@pytest.mark.parametrize(
    ("range_", "fits", "does_not"),
    [
        ("1.2.0", "1.2.0", "1.1.9"),
        ("1.2.0", "9.0.0", "1.0.0"),
        (">=1.2,<3", "2.9.9", "3.0.0"),
        ("~=1.2", "1.9.0", "2.0.0"),
        ("~=1.2.3", "1.2.9", "1.3.0"),
        ("==2", "2.0.0", "2.0.1"),
        (">1.0, !=1.5.0", "1.5.1", "1.5.0"),
        ("<10", "9.99.0", "10.0.0"),
    ],
)
def test_a_range_takes_in_what_it_says_and_nothing_else(range_: str, fits: str, does_not: str) -> None:
    assert allows(range_, fits)
    assert not allows(range_, does_not)


def test_versions_are_compared_by_number_and_not_by_letter() -> None:
    assert is_newer("1.10.0", "1.9.0")
    assert not is_newer("1.9.0", "1.9.0")


def codes(compilation: Compilation) -> set[str]:
    return {problem.code for problem in compilation.problems}


@pytest.mark.parametrize(
    ("range_", "expected"), [(">=1.2,<2", set()), (">=1.3", {"old_module"}), ("<1.2", {"old_module"})]
)
def test_a_required_version_is_in_the_range(
    compiled: Compiled, sales: dict[str, str], range_: str, expected: set[str]
) -> None:
    manifest = f"name: sales\nversion: 1.0.0\nlabel: Sales\nrequires: {{core: '{range_}'}}\n"
    assert codes(compiled(sales={**sales, "module.yaml": manifest})) == expected


def test_the_workspace_itself_may_ask_for_versions(compiled: Compiled) -> None:
    fine = {"workspace.yaml": "name: demo\nmodules: [{sales: {version: '~=1.0'}}]\n"}
    assert codes(compiled(fine)) == set()
    newer = {"workspace.yaml": "name: demo\nmodules: [{sales: {version: '>=2'}}]\n"}
    assert codes(compiled(newer)) == {"old_module"}


def test_a_missing_module_is_named_with_what_was_probably_meant(compiled: Compiled, sales: dict[str, str]) -> None:
    manifest = "name: sales\nversion: 1.0.0\nlabel: Sales\nrequires: {core: 1.0.0, servcie: 1.0.0}\n"
    (problem,) = compiled(sales={**sales, "module.yaml": manifest}).problems
    assert problem.code == "unknown_module"
    assert "service" in str(problem.hint)


@pytest.fixture
def layered(sources: Callable[..., Sources]) -> Callable[..., Compilation]:
    """The small workspace with more modules below the client's files; all of them are add-ons."""

    def compile_layers(own: dict[str, str] | None = None, **modules: dict[str, str]) -> Compilation:
        base = sources(own or {})
        more = tuple(
            SourceFile(layer=name, path=path, text=text)
            for name, files in modules.items()
            for path, text in files.items()
        )
        low = tuple(file for file in base.files if file.layer != WORKSPACE)
        top = tuple(file for file in base.files if file.layer == WORKSPACE)
        return check(Sources(files=(*low, *more, *top), local=frozenset(modules), available=base.available))

    return compile_layers


def test_modules_that_require_each_other_are_told_as_a_circle(layered: Compiled) -> None:
    found = layered(
        rent={"module.yaml": RENT + "prefix: rent_\nrequires: {lend: 1.0.0}\n"},
        lend={"module.yaml": "name: lend\nversion: 1.0.0\nlabel: Lend\nprefix: lend_\nrequires: {rent: 1.0.0}\n"},
    )
    (problem,) = found.problems
    assert problem.code == "module_circle"
    assert "rent → lend → rent" in str(problem.message)


def test_an_add_on_that_adds_to_others_declares_its_prefix(layered: Compiled) -> None:
    patch = "fields:\n  rent_limit: {type: integer}\n"
    without = {"module.yaml": RENT + "requires: {sales: 1.0.0}\n", "entities/deal.yaml": patch}
    assert codes(layered(rent=without)) == {"missing_prefix"}
    declared = {**without, "module.yaml": RENT + "prefix: rent_\nrequires: {sales: 1.0.0}\n"}
    assert codes(layered(rent=declared)) == set()


def test_two_add_ons_do_not_share_a_prefix(layered: Compiled) -> None:
    lend = "name: lend\nversion: 1.0.0\nlabel: Lend\nprefix: rent_\n"
    found = layered(rent={"module.yaml": RENT + "prefix: rent_\n"}, lend={"module.yaml": lend})
    assert codes(found) == {"double_prefix"}


def test_two_modules_do_not_describe_one_thing_unless_one_stands_on_the_other(layered: Compiled) -> None:
    lend = "name: lend\nversion: 1.0.0\nlabel: Lend\nprefix: lend_\n"
    rent = {"module.yaml": RENT + "prefix: rent_\n", "entities/rent_item.yaml": ITEM}
    patch = {"module.yaml": lend, "entities/rent_item.yaml": "help: More\n"}
    (problem,) = layered(rent=rent, lend=patch).problems
    assert problem.code == "defined_twice"
    assert "modules/rent/entities/rent_item.yaml" in str(problem.message)
    assert codes(layered(rent=rent, lend={**patch, "module.yaml": lend + "requires: {rent: 1.0.0}\n"})) == set()


SLEEPY = {"workspace.yaml": "name: demo\nmodules: [sales, {rent: {enabled: false}}]\n"}
RENTING = {
    "module.yaml": RENT + "prefix: rent_\nrequires: {sales: 1.0.0}\n",
    "entities/rent_item.yaml": ITEM,
    "entities/deal.yaml": "help: Rented\nfields:\n  rent_days: {type: integer}\nviews:\n  list: {sort: name}\n",
    "roles/rent_clerk.yaml": "label: Clerk\n",
}


def test_a_sleeping_module_is_out_of_sight_and_wakes_up_as_it_was(layered: Compiled) -> None:
    asleep, awake = layered(SLEEPY, rent=RENTING).model, layered(rent=RENTING).model
    plain = layered().model
    assert asleep is not None
    assert awake is not None
    assert plain is not None
    assert "rent_item" in awake.entities
    assert set(asleep.entities) == set(plain.entities)
    assert set(asleep.roles) == set(plain.roles)
    assert "rent_days" not in asleep.entities["deal"].fields
    assert asleep.entities["deal"].help is None
    assert asleep.entities["deal"].views["list"].sort == plain.entities["deal"].views["list"].sort


def test_what_a_company_changed_on_a_sleeping_module_sleeps_too(layered: Compiled) -> None:
    own = {
        "entities/rent_item.yaml": "label: Machine\nfields:\n  x_size: {type: integer}\n",
        "entities/deal.yaml": "views:\n  list: {columns: [name, rent_days]}\nfields:\n  rent_days: {label: Days}\n",
        "roles/seller.yaml": "grants:\n  rent_item: {read: all}\n",
        "navigation.yaml": "sales: {items: {rent_item: {}}}\n",
        "translations/zh-CN.yaml": "entities.rent_item.label: 机器\n",
    }
    asleep = layered({**own, **SLEEPY}, rent=RENTING)
    assert asleep.problems == ()
    assert asleep.model is not None
    assert [column.path for column in asleep.model.entities["deal"].views["list"].columns] == [("name",)]
    awake = layered(own, rent=RENTING).model
    assert awake is not None
    assert str(awake.entities["rent_item"].label) == "Machine"
    assert "x_size" in awake.entities["rent_item"].fields


def test_a_module_that_stands_on_a_sleeping_one_says_so(layered: Compiled) -> None:
    lend = {"module.yaml": "name: lend\nversion: 1.0.0\nlabel: Lend\nprefix: lend_\nrequires: {rent: 1.0.0}\n"}
    assert codes(layered(SLEEPY, rent=RENTING, lend=lend)) == {"sleeping_module"}


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ("{entity: dael, set: {name: name}}", "unknown_name"),
        ("{entity: deal, set: {nmae: name}}", "unknown_name"),
        ("{entity: deal, set: {weighted: 1}}", "unknown_name"),
        ("{entity: deal, set: {name: amount}}", "bad_expression"),
        ("{entity: deal, where: nmae, set: {name: name}}", "unknown_name"),
        ("{entity: deal}", "bad_step"),
        ("{entity: deal, map: {name: {a: b}}}", "bad_step"),
        ("{entity: deal, map: {loss_reason: {gone: price}}}", "bad_step"),
        ("{entity: deal, map: {loss_reason: {price: prise}}}", "unknown_name"),
    ],
)
def test_a_data_step_is_checked_when_it_is_compiled(layered: Compiled, step: str, code: str) -> None:
    manifest = RENT + f"prefix: rent_\nrequires: {{sales: 1.0.0}}\nupgrades:\n  1.0.0:\n    one: {step}\n"
    assert codes(layered(rent={"module.yaml": manifest})) == {code}


def test_steps_stand_in_the_order_of_versions(layered: Compiled) -> None:
    steps = (
        "upgrades:\n  1.10.0: {b: {entity: deal, set: {name: name}}}\n  1.9.0: {a: {entity: deal, set: {name: name}}}\n"
    )
    manifest = f"name: rent\nversion: 1.10.0\nlabel: Rent\nrequires: {{sales: 1.0.0}}\n{steps}"
    model = layered(rent={"module.yaml": manifest}).model
    assert model is not None
    assert [item.version for item in model.modules["rent"].upgrades] == ["1.9.0", "1.10.0"]
    late = manifest.replace("version: 1.10.0", "version: 1.9.5")
    assert codes(layered(rent={"module.yaml": late})) == {"unreachable_upgrade"}


TEST = "given: {account: {acme: {name: Acme}}}\ntests:\n  one: %s\n"


@pytest.mark.parametrize(
    ("test", "code"),
    [
        ("{as: seler, then: {visible: acme}}", "unknown_name"),
        ("{when: {change: acmee}, then: {count: 1}}", "unknown_name"),
        ("{when: {create: dael}, then: {count: 1}}", "unknown_name"),
        ("{when: {change: acme, values: {nmae: x}}, then: {count: 1}}", "unknown_name"),
        ("{when: {list: deal, where: nmae}, then: {count: 1}}", "unknown_name"),
        ("{when: {read: acme, delete: acme}, then: {count: 1}}", "bad_action"),
        ("{when: {change: acme, to: won}, then: {count: 1}}", "bad_action"),
        ("{when: {read: acme}, then: {refused: forbiden}}", "unknown_name"),
        ("{when: {read: acme}, then: {values: {nmae: x}}}", "unknown_name"),
        ("{when: {read: acme}, then: {hidden: other}}", "unknown_name"),
    ],
)
def test_a_test_that_names_nothing_is_a_problem(compiled: Compiled, test: str, code: str) -> None:
    assert codes(compiled({"tests/deals.yaml": TEST % test})) == {code}


def test_an_alias_made_by_an_action_is_known_afterwards(compiled: Compiled) -> None:
    test = "{as: seller, when: [{create: deal, called: new_one}, {move: new_one, to: won}], then: {visible: new_one}}"
    assert codes(compiled({"tests/deals.yaml": TEST % test})) == set()
