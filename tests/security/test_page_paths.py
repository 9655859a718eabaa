"""What a reader may not see he does not meet on any page: lists, boards, records, forms, pickers, panels, refusals.

The same company and the same changes as in the tests of the read paths, walked as pages and their parts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from markupsafe import escape

from security import page_world
from security.page_world import PageWorld
from security.reading_world import (
    BINNED,
    DEAL_BINNED,
    DEAL_HIDDEN,
    DEAL_MINE,
    OTHERS,
    SECRET,
    THEIRS,
    VAULT,
    identity,
)
from security.test_read_paths import CHANGES, HIDDEN_IDS, without

NAMES = ("margin", "profit", "granted", "salary", "vault_by_about", "Rich margin", "Thick margins", "Thick diary")
MISSING = identity(999)
PART = SECRET[:5]
"""What Sam may type himself: pages show it again, so it must not be the whole secret."""


@dataclass(frozen=True)
class Look:
    address: str
    query: Any = None
    form: Any = None


def at(address: str, **query: Any) -> Look:
    return Look(f"/{address}", query)


PAGES: dict[str, Look] = {
    "home": at(""),
    "search": at("search", q=PART),
    "palette": at("-/search", q="l"),
    "list": at("deal"),
    "list of hidden records": at("account"),
    "list of a hidden entity": at("vault"),
    "list with a hidden filter": at("deal", filter="rich"),
    "list with a filter": at("deal", filter="noted"),
    "list of a hidden view": at("deal", view="secret"),
    "list by a hidden condition": at("deal", where="margin > 4"),
    "list by a condition through a look-up": at("deal", where=f'contains(account.name, "{PART}")'),
    "list by words": at("deal", q=PART),
    "list sorted by a hidden field": at("deal", sort="-margin"),
    "list sorted by a field hidden on some": at("deal", sort="-note"),
    "count": at("account/-/count"),
    "columns": at("deal/-/columns"),
    "recycle bin": at("deal", deleted="1"),
    "filter panel": at("deal/-/filter"),
    "filter panel with a hidden record": at("deal/-/filter", where=f'account == "{THEIRS}"'),
    "filter row of a hidden field": Look("/deal/-/filter/row", {"row.0.0.field": "margin"}),
    "filter applied to a hidden field": Look("/deal/-/filter/apply", {"mode": "text", "expression": "margin > 1"}),
    "chips of a hidden record": at("deal", where=f'account == "{THEIRS}"'),
    "board": at("deal", view="board"),
    "lane": at("deal/-/lane/open", view="board"),
    "lanes": at("deal/-/lanes", view="board"),
    "diary": at("deal", view="diary"),
    "diary of a day": at("deal", view="diary", span="day", day="2026-03-09"),
    "diary as a list": at("deal", view="diary", span="agenda", day="2026-03-01"),
    "diary of a hidden condition": at("deal", view="thick"),
    "all calendars": at("calendar", scope="all"),
    "moving a hidden record": Look(f"/account/{THEIRS}/-/calendar", form={"view": "diary", "days": "1"}),
    "record": at(f"deal/{DEAL_HIDDEN}"),
    "one's own record": at(f"deal/{DEAL_MINE}"),
    "hidden record": at(f"account/{THEIRS}"),
    "record of the recycle bin": at(f"deal/{DEAL_BINNED}"),
    "record of a hidden entity": at(f"vault/{VAULT}"),
    "history": at(f"deal/{DEAL_HIDDEN}/-/history"),
    "history of one's own": at(f"deal/{DEAL_MINE}/-/history"),
    "history of a hidden record": at(f"account/{THEIRS}/-/history"),
    "related": at(f"deal/{DEAL_HIDDEN}/-/related/lines"),
    "related by links": at(f"deal/{DEAL_MINE}/-/related/partners"),
    "related of a hidden entity": at(f"deal/{DEAL_MINE}/-/related/vault_by_about"),
    "related of a hidden record": at(f"account/{THEIRS}/-/related/deals"),
    "print": at(f"deal/{DEAL_HIDDEN}/-/print"),
    "print of one's own": at(f"deal/{DEAL_MINE}/-/print"),
    "print of a hidden record": at(f"account/{THEIRS}/-/print"),
    "document": at(f"deal/{DEAL_HIDDEN}/-/documents/file", template="paper"),
    "document of one's own": at(f"deal/{DEAL_MINE}/-/documents/file", template="paper"),
    "document of a deleted record": at(f"deal/{DEAL_BINNED}/-/documents/file", template="paper"),
    "files of a hidden record": at(f"account/{THEIRS}/-/files"),
    "form": at(f"deal/{DEAL_MINE}/edit"),
    "form of a record that is only read": at(f"deal/{DEAL_HIDDEN}/edit"),
    "form of a hidden record": at(f"account/{THEIRS}/edit"),
    "new form": at("deal/new", account=THEIRS, margin="7"),
    "copy": at(f"deal/{DEAL_HIDDEN}/clone"),
    "one field": at(f"deal/{DEAL_MINE}/-/field/name"),
    "one hidden field": at(f"deal/{DEAL_MINE}/-/field/margin"),
    "question before deleting": at(f"deal/{DEAL_MINE}/-/delete"),
    "picker": at("deal/-/options", field="account"),
    "picker by words": at("deal/-/options", field="account", q=PART),
    "picker of a hidden entity": at("deal/-/options", field="vault"),
    "quick form": at("vault/-/quick"),
    "defaults": at("deal/-/defaults", field="account", id=THEIRS),
    "export": at("account/-/export"),
    "bulk change": at("deal/-/bulk/change", id=[DEAL_MINE, DEAL_HIDDEN, DEAL_BINNED]),
    "bulk delete": at("account/-/bulk/delete", id=[THEIRS, OTHERS]),
    "misspelt hidden condition": at("deal", where="margn > 1"),
    "misspelt hidden entity": at("vaul"),
}
SILENT = frozenset({"palette", "columns", "one field", "quick form", "lanes", "question before deleting", "defaults"})
"""What is said there Sam may know as well as Rita, and the changes do not touch it."""


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageWorld]:
    made = page_world.build(tmp_path_factory.mktemp("pages"))
    yield made
    made.world.database.close()


@pytest.fixture(scope="module")
def told(there: PageWorld) -> dict[str, dict[str, list[str]]]:
    """What Sam and Rita are shown at each address: at first and after each change."""
    found: dict[str, dict[str, list[str]]] = {name: {"sam": [], "rita": []} for name in PAGES}
    for change in (None, *CHANGES):
        if change is not None:
            change(there.world)
        for name, look in PAGES.items():
            for person in ("sam", "rita"):
                found[name][person].append(there.tell(person, look.address, look.query, look.form))
    return found


_STYLES = re.compile(r"<style>.*?</style>", re.DOTALL)


def unasked(look: Look, shown: str) -> str:
    """Without what the reader has sent himself, in whatever way a page shows it again, and without style sheets."""
    shown = _STYLES.sub("", shown)
    values = [str(value) for value in (look.query or {}).values()]
    ways = [way for value in values for way in (value, quote_plus(value), quote(value), str(escape(value)))]
    hidden = [record for record in HIDDEN_IDS if record in look.address or any(record in value for value in values)]
    typed = [name for name in NAMES if any(name in value for value in values)]
    names = [look.address, *typed, *(f"{name}=" for name in (look.query or {}))]
    return without(shown, *names, *sorted(ways, key=len, reverse=True), *hidden)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_shows_what_the_reader_may_not_see(told: dict[str, dict[str, list[str]]], page: str) -> None:
    for answer in told[page]["sam"]:
        assert not answer.startswith("5"), answer[-3000:]
        shown = unasked(PAGES[page], answer)
        assert SECRET not in shown
        assert not [hidden for hidden in HIDDEN_IDS if hidden in shown]


@pytest.mark.parametrize("page", PAGES)
def test_no_page_tells_of_changes_the_reader_may_not_see(told: dict[str, dict[str, list[str]]], page: str) -> None:
    first, *later = told[page]["sam"]
    for change, shown in zip(CHANGES, later, strict=True):
        assert shown == first, change.__name__


@pytest.mark.parametrize("page", PAGES)
def test_no_page_names_a_field_or_view_the_reader_may_not_see(told: dict[str, dict[str, list[str]]], page: str) -> None:
    shown = unasked(PAGES[page], told[page]["sam"][0]).replace("margn", "")
    assert not [name for name in NAMES if name in shown]


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith("misspelt")])
def test_those_who_may_see_are_shown(told: dict[str, dict[str, list[str]]], page: str) -> None:
    rita, sam = told[page]["rita"], told[page]["sam"]
    assert len(set(rita)) > 1 or rita[0] != sam[0] or page in SILENT


WRITES: dict[str, tuple[str, dict[str, str]]] = {
    "change": ("/account/{id}/edit", {"name": "x", "version": "1"}),
    "one field": ("/account/{id}/-/field/name", {"name": "x"}),
    "delete": ("/account/{id}/delete", {}),
    "restore": ("/account/{id}/restore", {}),
    "stage": ("/deal/{id}/stage", {"stage": "won"}),
    "unlink": (f"/deal/{DEAL_MINE}/-/related/partners/unlink", {"other": "{id}"}),
}


@pytest.mark.parametrize("hidden", [THEIRS, OTHERS, BINNED])
@pytest.mark.parametrize("name", WRITES)
def test_a_write_to_what_is_hidden_is_told_as_one_to_what_is_not_there(
    there: PageWorld, name: str, hidden: str
) -> None:
    address, form = WRITES[name]
    answers = []
    for record in (hidden, MISSING):
        sent = {key: value.replace("{id}", record) for key, value in form.items()}
        answers.append(there.tell("sam", address.replace("{id}", record), form=sent).replace(record, "?"))
    assert answers[0] == answers[1]
    assert answers[0].startswith(("403", "404"))


def test_a_hidden_field_in_a_form_is_as_if_it_were_not_there(there: PageWorld) -> None:
    form = {"name": "Renamed by Sam", "margin": "99", "version": ""}
    there.tell("sam", f"/deal/{DEAL_MINE}/edit", form=form)
    assert "99" not in there.tell("rita", f"/deal/{DEAL_MINE}/-/field/margin").split('value="', 1)[-1][:4]
    assert "Renamed by Sam" in there.tell("rita", f"/deal/{DEAL_MINE}")


@pytest.mark.parametrize(
    "address", ["/deal?where={} > 4", "/deal/-/filter/apply?mode=text&expression={} > 4", "/deal?sort={}"]
)
def test_a_hidden_field_is_asked_for_like_one_that_is_not_there(there: PageWorld, address: str) -> None:
    hidden, absent = (there.tell("sam", address.format(name)).replace(name, "?") for name in ("margin", "qqqqqq"))
    assert hidden == absent
