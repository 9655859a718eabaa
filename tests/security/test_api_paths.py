"""What a reader may not see he does not meet over the API either: by reading, by writing, or in its description.

The same company and the same changes as in the tests of the read paths, walked over HTTP.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from security import api_world
from security.api_world import ApiWorld
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
from security.test_read_paths import CHANGES, HIDDEN_IDS, HIDDEN_NAMES, without
from services.postgres import fresh_database
from services.run import Run


@dataclass(frozen=True)
class Call:
    address: str
    query: Any = None
    method: str = "GET"
    body: Any = None


def v1(address: str, **query: Any) -> Call:
    return Call(f"/api/v1/{address}", query)


MISSING = identity(999)

PATHS: dict[str, Call] = {
    "list": v1("deal"),
    "list of hidden records": v1("account", count="true"),
    "list of a hidden entity": v1("vault"),
    "list with a hidden field": v1("deal", select="name,margin"),
    "list with paths": v1("deal", select="account.name,account.region.name,vault.name"),
    "list with a filter": v1("deal", where=f'contains(note, "{SECRET}")'),
    "list with a filter on a hidden field": v1("deal", where="margin > 4"),
    "list with a filter through a look-up": v1("deal", where=f'starts_with(account.name, "Bolt {SECRET}")'),
    "list sorted by a hidden field": v1("deal", sort="margin"),
    "list sorted by a field hidden on some": v1("deal", sort="-note", select="name"),
    "pages": v1("deal", sort="account.name,note", limit="1"),
    "included look-ups": v1("deal", include="account,owner", select="name"),
    "included look-ups to a hidden entity": v1("deal", include="vault"),
    "included relationships": v1("deal", include="lines,partners", select="name"),
    "included relationships of a hidden entity": v1("deal", include="vault_by_about"),
    "recycle bin": v1("deal", deleted="true"),
    "count": v1("account/count"),
    "count with a filter": v1("deal/count", where=f'note == "{SECRET}"'),
    "one": v1(f"deal/{DEAL_HIDDEN}"),
    "one with includes": v1(f"deal/{DEAL_HIDDEN}", include="account,lines,partners"),
    "one hidden": v1(f"account/{THEIRS}"),
    "one of the recycle bin": v1(f"deal/{DEAL_BINNED}", deleted="true"),
    "one hidden of the recycle bin": v1(f"account/{BINNED}", deleted="true"),
    "one of a hidden entity": v1(f"vault/{VAULT}"),
    "groups": v1("deal/aggregate", group="account,account.region.name", measure="count()"),
    "groups by a hidden field": v1("deal/aggregate", group="margin"),
    "groups by an expression": v1("deal/aggregate", group="len(note)"),
    "sum of a hidden field": v1("deal/aggregate", measure="sum(margin)"),
    "sum over hidden records": v1("account/aggregate", measure="sum(revenue),count()"),
    "related": v1(f"deal/{DEAL_HIDDEN}/lines"),
    "related of a hidden record": v1(f"account/{THEIRS}/deals"),
    "related of a hidden entity": v1(f"deal/{DEAL_MINE}/vault_by_about"),
    "history": v1(f"deal/{DEAL_HIDDEN}/history"),
    "history of one's own": v1(f"deal/{DEAL_MINE}/history"),
    "history of a hidden record": v1(f"account/{THEIRS}/history"),
    "stage history of a hidden record": v1(f"account/{THEIRS}/stage_history"),
    "actions": v1(f"deal/{DEAL_HIDDEN}/actions"),
    "actions of a hidden record": v1(f"account/{THEIRS}/actions"),
    "files of a hidden record": v1(f"account/{THEIRS}/files"),
    "calendar": v1("calendar", **{"from": "2026-03-01", "to": "2026-04-02", "scope": "all"}),
    "calendar file": v1(f"deal/{DEAL_HIDDEN}/calendar.ics"),
    "calendar file of a hidden record": v1(f"account/{THEIRS}/calendar.ics"),
    "search": v1("search", q="o"),
    "search for a secret": v1("search", q=SECRET),
    "model": v1("model"),
    "description": Call("/api/openapi.json"),
    "reference": Call("/api/docs"),
    "misspelt hidden field": v1("deal", select="margn"),
    "misspelt hidden entity": v1("vaul"),
    "misspelt hidden inclusion": v1("deal", include="vault_s"),
    "misspelt relationship": v1(f"deal/{DEAL_MINE}/vault_s"),
    "misspelt field to match by": Call("/api/v1/deal/by/margn/1", method="PUT", body={}),
    "misspelt hidden input": Call("/api/v1/deal", method="POST", body={"margn": 1}),
}
"""Calls that change nothing, so that they can be asked again and again."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, test_run: Run
) -> Iterator[tuple[Path, Any]]:
    """A folder, and what makes a fresh world in a database of its own."""
    folder: Path = tmp_path_factory.mktemp("api_paths")
    with ExitStack() as stack:

        def make(name: str) -> ApiWorld:
            url = f"sqlite:///{folder / name}.sqlite"
            if request.param == "postgresql":
                server = request.getfixturevalue("postgres_server")
                database = f"{test_run.folder.name}_{test_run.worker}_paths_{name}"
                url = stack.enter_context(fresh_database(server, database))
            made = api_world.build(folder, url)
            stack.callback(made.world.database.close)
            return made

        yield folder, make


@pytest.fixture(scope="module")
def told(place: tuple[Path, Any]) -> dict[str, dict[str, list[str]]]:
    """What Sam and Rita are told on each path: at first and after each change."""
    there = place[1]("reads")
    found: dict[str, dict[str, list[str]]] = {name: {"sam": [], "rita": []} for name in PATHS}
    for change in (None, *CHANGES):
        if change is not None:
            change(there.world)
        for name, call in PATHS.items():
            for person in ("sam", "rita"):
                answer = there.tell(person, call.method, call.address, call.query, call.body)
                found[name][person].append(answer)
    return found


@pytest.fixture(scope="module")
def writing(place: tuple[Path, Any]) -> ApiWorld:
    made: ApiWorld = place[1]("writes")
    return made


@pytest.mark.parametrize("path", PATHS)
def test_no_answer_shows_what_the_caller_may_not_see(told: dict[str, dict[str, list[str]]], path: str) -> None:
    for answer in told[path]["sam"]:
        assert not answer.startswith("5"), answer
        assert SECRET not in answer
        assert not [hidden for hidden in HIDDEN_IDS if hidden in answer]


@pytest.mark.parametrize("path", PATHS)
def test_no_answer_tells_of_changes_the_caller_may_not_see(told: dict[str, dict[str, list[str]]], path: str) -> None:
    first, *later = told[path]["sam"]
    for change, answer in zip(CHANGES, later, strict=True):
        assert answer == first, change.__name__


@pytest.mark.parametrize("path", [name for name in PATHS if not name.startswith("misspelt")])
def test_those_who_may_see_are_told(told: dict[str, dict[str, list[str]]], path: str) -> None:
    rita, sam = told[path]["rita"], told[path]["sam"]
    assert len(set(rita)) > 1 or rita[0] != sam[0]


@pytest.mark.parametrize("path", [name for name in PATHS if name.startswith("misspelt")])
def test_no_suggestion_names_what_the_caller_may_not_see(told: dict[str, dict[str, list[str]]], path: str) -> None:
    answer = without(told[path]["sam"][0], "margn", "vault_s", "vaul")
    assert not [name for name in (*HIDDEN_NAMES, "vault") if name in answer]


@pytest.mark.parametrize("path", ["model", "description", "reference"])
def test_hidden_names_are_in_no_description(told: dict[str, dict[str, list[str]]], path: str) -> None:
    words = told[path]["sam"][0].replace("customer", "")
    assert not [name for name in ("margin", "profit", "granted", "salary", "vault_by_about") if name in words]
    assert "/api/v1/vault" not in words
    assert "margin" in told[path]["rita"][0]


WRITES: dict[str, tuple[str, str, Any]] = {
    "change": ("PATCH", "account/{id}", {"name": "x", "version": 1}),
    "change of any version": ("PATCH", "account/{id}", {"name": "x", "version": 77}),
    "delete": ("DELETE", "account/{id}", None),
    "restore": ("POST", "account/{id}/restore", None),
    "file": ("POST", "account/{id}/files", None),
    "tie": ("POST", "deal/" + DEAL_MINE + "/partners/{id}", {}),
    "untie": ("DELETE", "deal/" + DEAL_MINE + "/partners/{id}", None),
    "look-up in a new record": ("POST", "deal", {"name": "x", "account": "{id}"}),
    "look-up in a change": ("PATCH", "deal/" + DEAL_MINE, {"account": "{id}", "version": 1}),
    "owner through a batch": (
        "POST",
        "batch",
        {"operations": [{"do": "change", "entity": "account", "id": "{id}", "values": {"name": "x"}}]},
    ),
    "restore through a batch": (
        "POST",
        "batch",
        {"operations": [{"do": "restore", "entity": "account", "id": "{id}"}]},
    ),
}


@pytest.mark.parametrize("hidden", [THEIRS, OTHERS, BINNED])
@pytest.mark.parametrize("name", WRITES)
def test_a_write_to_what_is_hidden_is_told_as_one_to_what_is_not_there(
    writing: ApiWorld, name: str, hidden: str
) -> None:
    before = writing.tell("rita", "GET", f"/api/v1/account/{hidden}")
    answers = [_write(writing, name, identity) for identity in (hidden, MISSING)]
    assert answers[0].replace(hidden, "?") == answers[1].replace(MISSING, "?")
    assert answers[0][0] == "4" or '"status":4' in answers[0], answers[0]
    assert writing.tell("rita", "GET", f"/api/v1/account/{hidden}") == before


@pytest.mark.parametrize("field", ["margin", "profit", "created_at", "owner"])
def test_no_record_is_matched_by_a_field_out_of_sight(writing: ApiWorld, field: str) -> None:
    assert writing.tell("sam", "PUT", f"/api/v1/deal/by/{field}/5", body={"name": "x"}).startswith("400")


def test_no_record_is_matched_by_a_value_out_of_sight(writing: ApiWorld) -> None:
    told = writing.tell("sam", "PUT", f"/api/v1/deal/by/note/{SECRET}", body={"name": "Mine now"})
    assert DEAL_HIDDEN not in told
    assert '"version":1,' in writing.tell("rita", "GET", f"/api/v1/deal/{DEAL_HIDDEN}")


@pytest.mark.parametrize("body", [{"margin": 1}, {"granted": 1}])
def test_a_hidden_field_is_refused_like_one_that_is_not_there(writing: ApiWorld, body: dict[str, Any]) -> None:
    name = next(iter(body))
    hidden = writing.tell("sam", "PATCH", f"/api/v1/deal/{DEAL_MINE}", body={**body, "version": 1})
    absent = writing.tell("sam", "PATCH", f"/api/v1/deal/{DEAL_MINE}", body={"nonsense_": 1, "version": 1})
    assert hidden.replace(name, "?") == absent.replace("nonsense_", "?")


def test_what_a_write_answers_is_what_the_caller_may_read(writing: ApiWorld) -> None:
    body = {"name": "Alpha 2"}
    told = writing.tell("sam", "PATCH", f"/api/v1/deal/{DEAL_MINE}", body=body, **{"If-Match": "*"})
    assert told.startswith("200")
    assert not [name for name in ("margin", "profit", "granted", VAULT) if name in told]
    refused = writing.tell("sam", "PATCH", f"/api/v1/deal/{DEAL_MINE}", body={"name": "y", "version": 1})
    assert refused.startswith("412")
    assert not [name for name in ("margin", "profit", "granted", VAULT) if name in refused]


def _write(there: ApiWorld, name: str, record: str) -> str:
    method, address, body = WRITES[name]
    sent = _named(body, record)
    return there.tell("sam", method, f"/api/v1/{address.replace('{id}', record)}", body=sent)


def _named(value: Any, record: str) -> Any:
    if isinstance(value, dict):
        return {key: _named(item, record) for key, item in value.items()}
    if isinstance(value, list):
        return [_named(item, record) for item in value]
    return record if value == "{id}" else value
