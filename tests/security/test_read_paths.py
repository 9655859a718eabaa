"""The heart of the tests: what a reader may not see, he meets nowhere.

Every path by which records are read is walked by Sam, before and after changes to things he may not see. His
answers must not hold a secret, and must not change at all: what does not change cannot tell anything. Rita,
who sees all, walks the same paths; her answers must change, or the path would prove nothing.

A new way of reading is added to `PATHS`; other channels (API, pages, export) walk the same world.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

import pytest

from security.reading_world import (
    BINNED,
    DEAL_BINNED,
    DEAL_HIDDEN,
    DEAL_MINE,
    DEAL_OTHER,
    EAST,
    MINE,
    NOW,
    OLGA,
    OTHERS,
    RITA,
    SAM,
    SECRET,
    SHANGHAI,
    THEIRS,
    VAULT,
    World,
    identity,
)
from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import TenonError
from tenon.fields import AnyRecord
from tenon.query import Aggregate, Query

Ask = Callable[[World, UnitOfWork, Access], Any]

HIDDEN_IDS = (THEIRS, OTHERS, BINNED, VAULT, DEAL_BINNED)
HIDDEN_NAMES = ("margin", "profit", "granted", "salary", "vault_by_about")


def listed(**query: Any) -> Ask:
    return lambda world, unit, access: world.reader.list(unit, access, Query(**query))


def counted(**query: Any) -> Ask:
    return lambda world, unit, access: world.reader.count(unit, access, Query(**query))


def grouped(*group: str, measures: tuple[str, ...] = ("count()",), entity: str = "deal", **more: Any) -> Ask:
    request = Aggregate(entity=entity, group=group, measures=measures, **more)
    return lambda world, unit, access: world.reader.aggregate(unit, access, request)


def deals(*select: str, **query: Any) -> Ask:
    return listed(entity="deal", select=select or ("name",), **query)


def filtered(where: str) -> Ask:
    return deals(where=where)


def picked(entity: str, text: str = "", field: tuple[str, str] | None = None) -> Ask:
    return lambda world, unit, access: world.reader.options(unit, access, entity, text, field=field)


def one(entity: str, record: str, **more: Any) -> Ask:
    return lambda world, unit, access: world.reader.one(unit, access, entity, record, **more)


def related(entity: str, record: str, relationship: str, **query: Any) -> Ask:
    asked = Query(entity="", **query) if query else None
    return lambda world, unit, access: world.reader.related(unit, access, entity, record, relationship, asked)


def related_to(entity: str, records: list[str], relationship: str) -> Ask:
    asked = Query(entity="")
    return lambda world, unit, access: [
        *world.reader.related_to(unit, access, entity, records, relationship, asked).values()
    ]


def history(record: str) -> Ask:
    return lambda world, unit, access: world.reader.history(unit, access, "deal", record)


def searched(text: str) -> Ask:
    return lambda world, unit, access: world.reader.search(unit, access, text)


PATHS: dict[str, Ask] = {
    # lists
    "list of all fields": listed(entity="deal"),
    "list as values": listed(entity="deal", form="values"),
    "list of hidden records": listed(entity="account"),
    "list of a hidden entity": listed(entity="vault"),
    "list of child records": listed(entity="line"),
    "list of links": listed(entity="partnership"),
    "list of people": listed(entity="user"),
    "list with a hidden field selected": deals("name", "margin"),
    "list with a field through a look-up": deals("account.name", "account.region.name", "account.owner"),
    "list with a roll-up through a look-up": deals("account.open_amount"),
    "list with a hidden entity through a look-up": deals("vault.name"),
    "list with a look-up to a hidden entity": deals("vault"),
    "list with lists of records": deals("allies"),
    "list with lists of records as values": deals("allies", form="values"),
    "list with look-ups of any record": deals("about", "basis"),
    "list with look-ups of any record as values": deals("about", "basis", form="values"),
    "list with their parts": deals("about.entity", "about.id", "basis.entity", "kind"),
    "list with formulas": deals("customer", "noted", "lines_total"),
    "list with a formula of a hidden field": deals("profit"),
    "list with a count": listed(entity="account", count=True),
    "recycle bin": listed(entity="deal", deleted=True),
    "recycle bin of what he may not delete": listed(entity="account", deleted=True),
    "pages with a cursor": listed(entity="deal", sort=("account.name", "note"), limit=1),
    # one
    "one record": one("deal", DEAL_HIDDEN),
    "one hidden record": one("account", THEIRS),
    "one deleted record": one("account", BINNED, deleted=True),
    "one record of the recycle bin": one("deal", DEAL_BINNED, deleted=True),
    "one record of a hidden entity": one("vault", VAULT),
    # sort order
    "sort by a hidden field": deals(sort=("margin",)),
    "sort by a field hidden on some records": deals(sort=("-note",)),
    "sort by a look-up": deals(sort=("account",)),
    "sort by a field through a look-up": deals(sort=("-account.name", "name")),
    "sort by a look-up to a hidden entity": deals(sort=("vault", "-name")),
    "sort by a formula": deals(sort=("customer",)),
    "sort by a roll-up": deals(sort=("lines_total", "-name")),
    # filters
    "filter by a hidden field": filtered("margin > 4"),
    "filter by a formula of a hidden field": filtered("profit > 4"),
    "filter by a field hidden on some records": filtered(f'contains(note, "{SECRET}")'),
    "filter by blankness of a field hidden on some records": filtered("is_blank(note)"),
    "filter by a formula of such a field": filtered(f'noted == "{SECRET}!"'),
    "filter by the id of a hidden record": filtered(f'account == "{THEIRS}"'),
    "filter by the id through a look-up": filtered(f'account.id in ["{THEIRS}", "{MINE}"]'),
    "filter by blankness of a look-up": filtered("is_blank(account)"),
    "filter through a look-up": filtered(f'starts_with(account.name, "Bolt {SECRET}")'),
    "filter through a look-up, negated": filtered(f'account.name != "Bolt {SECRET}"'),
    "filter through two look-ups": filtered('account.region.name == "West"'),
    "filter by a tree through a look-up": filtered('account.region in region("east").subtree'),
    "filter by a roll-up through a look-up": filtered("account.open_amount > 15"),
    "filter by a look-up to a hidden entity": filtered("not is_blank(vault)"),
    "filter through a look-up to a hidden entity": filtered("vault.weight > 1"),
    "filter by the sum of children": filtered("sum(lines.price) > 100"),
    "filter by any child": filtered(f'any(lines, product == "{SECRET}")'),
    "filter by all children": filtered("all(lines, price < 100)"),
    "filter by the least child": filtered("min(lines.price) > 100"),
    "filter by the first child": filtered('starts_with(first(lines.product), "B")'),
    "filter by the id of a hidden record of a list": filtered(f'any(allies, id == "{THEIRS}")'),
    "filter by a field of the records of a list": filtered(f'any(allies, starts_with(name, "Bolt {SECRET}"))'),
    "filter by the number of records of a list": filtered("count(allies) > 1"),
    "filter by the sum of the records of a list": filtered("sum(allies.revenue) > 200"),
    "filter by lists that hold a record": listed(entity="account", select=("name",), where="count(deal_by_allies) > 0"),
    "filter by a hidden record of any entity": filtered(f'about == "{THEIRS}"'),
    "filter by a hidden record of some entities": filtered(f'basis in ["{VAULT}", "{OTHERS}"]'),
    "filter by the entity of a hidden record": filtered('basis.entity == "vault" or kind != "account"'),
    "filter by the id of a hidden record of any entity": filtered(f'about.id == "{THEIRS}"'),
    "filter by blankness of a look-up of any record": filtered("is_blank(about) or is_blank(basis.id)"),
    "filter by two look-ups of any record": filtered("about == account or basis == vault"),
    "filter by what points at a record": listed(entity="account", select=("name",), where="count(deal_by_basis) > 0"),
    "filter by the number of children": filtered("count(lines) > 0"),
    "filter by many-to-many": filtered("count(partners) > 1"),
    "filter by children of a look-up": filtered("count(account.deals) > 0"),
    "filter by hidden children": filtered("count(vault_by_about) > 0"),
    "filter by one's own manager's hidden field": filtered("user.manager.salary > 100"),
    "filter of accounts by their deals": listed(entity="account", select=("name",), where="any(deals, amount > 15)"),
    "filter of regions by hidden accounts": listed(entity="region", select=("name",), where="count(account) > 1"),
    # counts and aggregates
    "count": counted(entity="account"),
    "count with a filter": counted(entity="deal", where=f'note == "{SECRET}"'),
    "capped count": lambda world, unit, access: world.reader.count(unit, access, Query(entity="line"), cap=2),
    "group by a look-up": grouped("account"),
    "group by a field through a look-up": grouped("account.region.name"),
    "group by a hidden field": grouped("margin"),
    "group by a field hidden on some records": grouped("note"),
    "group by an expression": grouped("len(note)"),
    "group by the entity of a look-up of any record": grouped("about.entity"),
    "group by its id": grouped("basis.id"),
    "distinct records of any entity": grouped(measures=("count_distinct(about)", "count(basis)")),
    "group by a look-up to a hidden entity": grouped("vault"),
    "sum of a hidden field": grouped(measures=("sum(margin)",)),
    "sum of an expression with a hidden field": grouped(measures=("sum(margin * 2)",)),
    "greatest of a field hidden on some records": grouped(measures=("max(note)", "count(note)")),
    "distinct look-ups": grouped(measures=("count_distinct(account)", "count(account)")),
    "sum of a roll-up": grouped("owner", measures=("sum(lines_total)",), sort=("-sum(lines_total)",)),
    "sum over hidden records": grouped(entity="account", measures=("sum(revenue)", "count()")),
    "aggregate with a filter": grouped(where=f'account.city == "{SECRET}"'),
    "aggregate of a hidden entity": grouped(entity="vault"),
    # pickers
    "picker": picked("account"),
    "picker with words": picked("account", SECRET),
    "picker for a field": picked("account", field=("deal", "account")),
    "picker over a search path": picked("deal", "Bolt"),
    "picker of a hidden entity": picked("vault"),
    # around a record
    "related records": related("deal", DEAL_HIDDEN, "lines"),
    "related records of a hidden record": related("account", THEIRS, "deals"),
    "related records over links": related("deal", DEAL_MINE, "partners"),
    "related records, filtered": related("deal", DEAL_MINE, "partners", where=f'city == "{SECRET}"'),
    "related records of a hidden entity": related("deal", DEAL_MINE, "vault_by_about"),
    "related records over a list": related("account", MINE, "deal_by_allies"),
    "related records of hidden ones over a list": related_to("account", [MINE, THEIRS], "deal_by_allies"),
    "related records that point from a look-up of any record": related("account", MINE, "deal_by_basis"),
    "related records of hidden ones from it": related_to("account", [MINE, OTHERS], "deal_by_basis"),
    "what look-ups of any record lead to": lambda world, unit, access: list(
        world.reader.led_to(unit, access, [AnyRecord(THEIRS, "account"), AnyRecord(VAULT, "vault")]).values()
    ),
    "records by their ids": lambda world, unit, access: world.reader.recognised(
        unit, access, ["account", "vault"], [THEIRS, VAULT]
    ),
    "picker for a look-up of any record": picked("account", field=("deal", "about")),
    "related records of many": related_to("deal", [DEAL_MINE, DEAL_HIDDEN], "lines"),
    "related records of hidden ones": related_to("account", [MINE, THEIRS], "deals"),
    "links of many": related_to("deal", [DEAL_MINE], "partners"),
    "history": history(DEAL_HIDDEN),
    "history of one's own record": history(DEAL_MINE),
    "history of a hidden record": lambda world, unit, access: world.reader.history(unit, access, "account", THEIRS),
    "stage history of a hidden record": lambda world, unit, access: world.reader.stage_history(
        unit, access, "account", THEIRS
    ),
    "titles": lambda world, unit, access: world.reader.titles(unit, access, "account", [MINE, THEIRS, OTHERS]),
    "rights on a hidden record": lambda world, unit, access: world.reader.may(unit, access, "account", THEIRS),
    # finding
    "search for a secret": searched(SECRET),
    "search in a path": searched("Bolt"),
    "search for a letter": searched("o"),
    # errors and suggestions
    "misspelt hidden field": deals("margn"),
    "misspelt hidden field in a filter": filtered("margn > 1"),
    "misspelt hidden field in a sort": deals(sort=("margn",)),
    "misspelt hidden field in a group": grouped("margn"),
    "misspelt hidden field in a measure": grouped(measures=("sum(margn)",)),
    "misspelt hidden field of another entity": filtered("owner.salry > 1"),
    "misspelt hidden relationship": filtered("count(vlt_by_about) > 0"),
    "misspelt hidden entity": listed(entity="vaul"),
    "misspelt relationship": related("deal", DEAL_MINE, "vlt_by_about"),
    "misspelt key of a hidden entity": filtered('account == vaul("x")'),
}


def change_a_hidden_field(world: World) -> None:
    for number, record in enumerate((DEAL_MINE, DEAL_HIDDEN, DEAL_OTHER)):
        world.change("deal", record, margin=900 - 100 * number)
    for number, record in enumerate((RITA, SAM, OLGA)):
        world.change("user", record, salary=number * 55)


def change_a_field_hidden_on_some_records(world: World) -> None:
    world.change("deal", DEAL_HIDDEN, note=f"aaa {SECRET}")
    world.change("deal", DEAL_OTHER, note=None)


def change_hidden_records(world: World) -> None:
    world.change("account", THEIRS, name=f"A{SECRET}", city="x", region=SHANGHAI, rating="a", revenue=1, owner=RITA)
    world.change("account", OTHERS, name=f"Bolt {SECRET}", city=SECRET, region=None, revenue=2, owner=OLGA)
    world.change("vault", VAULT, name=f"{SECRET}!", weight=0)
    world.change("line", identity(33), product=f"B{SECRET}", price=1)


def move_look_ups_between_hidden_records(world: World) -> None:
    world.change("deal", DEAL_HIDDEN, account=OTHERS)
    world.change("deal", DEAL_OTHER, account=THEIRS)
    world.change("partnership", identity(72), account=OTHERS)


def add_hidden_records(world: World) -> None:
    world.insert(
        "account",
        {
            "id": identity(18),
            "name": f"New {SECRET}",
            "owner": OLGA,
            "region": EAST,
            "revenue": 5,
            "revenue.currency": "USD",
        },
    )
    world.insert("vault", {"id": identity(48), "name": f"Second {SECRET}", "about": DEAL_HIDDEN})
    world.insert("line", {"id": identity(38), "product": SECRET, "deal": DEAL_OTHER, "price": 12, "quantity": 3})
    world.insert(
        "deal",
        {"id": identity(28), "name": f"Binned {SECRET}", "owner": OLGA, "stage": "open", "deleted_at": NOW},
    )


def remove_hidden_records(world: World) -> None:
    world.change("account", THEIRS, deleted_at=NOW)
    world.change("vault", VAULT, deleted_at=NOW)
    world.change("line", identity(33), deleted_at=NOW)


def change_deleted_records(world: World) -> None:
    world.change("account", BINNED, name=f"Renamed {SECRET}", region=EAST)
    world.change("deal", DEAL_BINNED, name=f"Renamed {SECRET}", amount=1)
    world.change("line", identity(34), price=7000)


def remember_hidden_changes(world: World) -> None:
    for number, record, changes in (
        (181, DEAL_HIDDEN, {"margin": ["5", "6"], "note": ["a", SECRET]}),
        (182, DEAL_MINE, {"margin": ["5", "6"]}),
    ):
        world.remember(
            "history",
            id=identity(number),
            entity="deal",
            record_id=record,
            version=3,
            at=NOW,
            operation="changed",
            actor_id=RITA,
            actor_name="",
            reason=None,
            changes=changes,
        )


CHANGES = (
    change_a_hidden_field,
    change_a_field_hidden_on_some_records,
    change_hidden_records,
    move_look_ups_between_hidden_records,
    add_hidden_records,
    change_deleted_records,
    remember_hidden_changes,
    remove_hidden_records,
)


@dataclass(frozen=True)
class Answers:
    """Sam's and Rita's answers on one path: at first and after each change."""

    sam: list[str]
    rita: list[str]


@pytest.fixture(scope="module")
def answers(module_database_url: str) -> Iterator[dict[str, Answers]]:
    world = World.build(module_database_url)
    yield walk(world)
    world.database.close()


def walk(world: World) -> dict[str, Answers]:
    found: dict[str, Answers] = {name: Answers([], []) for name in PATHS}
    for change in (None, *CHANGES):
        if change is not None:
            change(world)
        for name, ask in PATHS.items():
            found[name].sam.append(answer(world, "sam", ask))
            found[name].rita.append(answer(world, "rita", ask))
    return found


def answer(world: World, person: str, ask: Ask) -> str:
    """The whole answer as text; of a refusal all that a caller is told, in both languages."""
    with world.reading(person) as (unit, access):
        try:
            return repr(plain(ask(world, unit, access)))
        except TenonError as error:
            told = [error.code, *error.message.languages(), *spoken(error.message), *spoken(error.hint)]
            for detail in error.details:
                told += [detail.path, detail.code, *spoken(detail.message), *spoken(detail.hint)]
            return repr((told, error.extra))


def spoken(text: Any) -> list[str]:
    return [] if text is None else [text.in_(language) for language in ("en", "zh-CN")]


def plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def without(text: str, *asked: str) -> str:
    for word in asked:
        text = text.replace(word, "")
    return text


@pytest.mark.parametrize("path", PATHS)
def test_no_path_shows_what_the_reader_may_not_see(answers: dict[str, Answers], path: str) -> None:
    for found in answers[path].sam:
        assert SECRET not in found
        assert not [hidden for hidden in HIDDEN_IDS if hidden in found]


@pytest.mark.parametrize("path", PATHS)
def test_no_path_tells_of_changes_the_reader_may_not_see(answers: dict[str, Answers], path: str) -> None:
    first, *later = answers[path].sam
    for change, found in zip(CHANGES, later, strict=True):
        assert found == first, change.__name__


@pytest.mark.parametrize("path", [path for path in PATHS if not path.startswith("misspelt")])
def test_every_path_tells_those_who_may_see(answers: dict[str, Answers], path: str) -> None:
    assert len(set(answers[path].rita)) > 1 or answers[path].rita[0] != answers[path].sam[0]


@pytest.mark.parametrize("path", [path for path in PATHS if path.startswith("misspelt")])
def test_no_suggestion_names_what_the_reader_may_not_see(answers: dict[str, Answers], path: str) -> None:
    found = without(answers[path].sam[0], "margn", "salry", "vlt_by_about", "vaul")
    assert not [name for name in (*HIDDEN_NAMES, "vault") if name in found]
    assert "unknown_name" in found
    assert [name for name in (*HIDDEN_NAMES, "vault") if name in without(answers[path].rita[0], "margn")]
