"""What belongs to a record (a comment, a file, a notice) is met by nobody who may not read that record, on any path."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from samples.pool_world import Pond
from samples.talk_world import comment, on, open_talk
from tenon.actors import Actor
from tenon.application import application
from tenon.clock import FixedClock
from tenon.database import Database
from tenon.errors import Forbidden, NotFound
from tenon.query import Aggregate, Query
from tenon.workspace import tokens
from tenon.workspace.publishing import propose, publish

SECRET = "zzsecretzz"

Ask = Callable[[Pond, Any, Any], Any]

PATHS: Mapping[str, Ask] = {
    "list": lambda talk, unit, access: talk.reader.list(unit, access, Query(entity="comment")).records,
    "list of files": lambda talk, unit, access: talk.reader.list(unit, access, Query(entity="file")).records,
    "filter": lambda talk, unit, access: (
        talk.reader.list(unit, access, Query(entity="comment", where=f'contains(text, "{SECRET}")')).records
    ),
    "count": lambda talk, unit, access: (
        talk.reader.count(unit, access, Query(entity="comment", where=f'contains(text, "{SECRET}")')).value
    ),
    "aggregate": lambda talk, unit, access: talk.reader.aggregate(
        unit, access, Aggregate(entity="comment", group=("record_entity",), where=f'contains(text, "{SECRET}")')
    ),
    "among": lambda talk, unit, access: talk.reader.among(unit, access, "comment", [talk.ids["said"]]),
    "titles": lambda talk, unit, access: talk.reader.titles(unit, access, "comment", [talk.ids["said"]]),
    "options": lambda talk, unit, access: talk.reader.options(unit, access, "comment", SECRET),
    "through a relationship": lambda talk, unit, access: (
        talk.reader.related(unit, access, "user", talk.ids["sol"], "comment").records
    ),
}


@pytest.fixture
def talk(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Pond]:
    opened = open_talk(tmp_path / "talk", database_url, clock)
    opened.ids["said"] = comment(opened, "sol", "Bolt", f"About Bolt: {SECRET}", "sol")
    opened.create("file", name=f"{SECRET}.txt", **on(opened, "Bolt"))
    yield opened
    opened.workspace.close()


def answers(talk: Pond, who: str) -> dict[str, str]:
    access = talk.access(who)
    found = {}
    with talk.workspace.reading(access.actor) as unit:
        for name, ask in PATHS.items():
            if name == "list of files" and who == "sol":
                continue  # employees read files by way of their record, not as a list
            found[name] = repr(ask(talk, unit, access))
    return found


def test_no_path_leads_to_the_comment_of_a_hidden_record_and_rights_follow_it_at_once(talk: Pond) -> None:
    hidden = answers(talk, "sam")
    assert not [name for name, told in hidden.items() if SECRET in told or talk.ids["said"] in told]
    assert (hidden["count"], hidden["aggregate"]) == ("0", "[]")
    seen = answers(talk, "sol")
    assert [name for name, told in seen.items() if SECRET in told or talk.ids["said"] in told] == [
        name for name in seen if name not in ("count", "aggregate")
    ]
    assert (seen["count"], "x_client" in seen["aggregate"]) == ("1", True)
    assert SECRET in answers(talk, "boss")["list of files"]
    talk.change("x_client", talk.ids["Bolt"], owner=talk.ids["sam"])
    assert SECRET in answers(talk, "sam")["list"]
    assert SECRET not in answers(talk, "sol")["list"]  # even his own words
    with talk.unit() as unit:
        talk.workspace.writer.delete(
            unit, talk.workspace.access(unit.actor), "x_client", talk.ids["Bolt"], version=None
        )
    assert SECRET not in answers(talk, "sam")["list"]
    assert SECRET not in answers(talk, "boss")["list"]


def test_nobody_writes_on_a_record_he_may_not_read(talk: Pond) -> None:
    with pytest.raises(Forbidden):
        comment(talk, "sam", "Bolt", "Let me in")
    mine = comment(talk, "sam", "Acme", "Mine")
    with pytest.raises(Forbidden):
        talk.change("comment", mine, "sam", record_id=talk.ids["Bolt"])
    with pytest.raises(NotFound):
        talk.change("comment", talk.ids["said"], "sam", text="Rewritten")
    with pytest.raises(Forbidden):
        talk.create("comment", "sam", record_entity="comment", record_id=mine, text="A comment on a comment")
    with pytest.raises(Forbidden):
        talk.create("comment", "sam", record_entity="no_such", record_id=talk.ids["Acme"], text="Nowhere")
    with pytest.raises(Forbidden):
        talk.create("comment", "sam", record_entity="x_client", record_id="' or 1=1 --", text="Nowhere")


def test_an_entity_keeps_its_comments_under_its_new_name(tmp_path: Path, sqlite_url: str, clock: FixedClock) -> None:
    talk = open_talk(tmp_path / "talk", sqlite_url, clock)
    comment(talk, "sam", "Acme", "Before the change of name")
    folder = tmp_path / "talk"
    old = folder / "entities" / "x_client.yaml"
    (folder / "entities" / "x_customer.yaml").write_text("was: [x_client]\n" + old.read_text("utf-8"), "utf-8")
    old.unlink()
    for role in (folder / "roles").glob("*.yaml"):
        role.write_text(role.read_text("utf-8").replace("x_client", "x_customer"), "utf-8")
    database = Database.open(sqlite_url)
    publish(database, propose(database, folder), Actor.system("test"), clock=clock)
    database.close()
    talk.workspace.reload()
    assert [each["text"] for each in talk.find("comment", who="sam")] == ["Before the change of name"]
    assert talk.find("comment", who="sol") == []
    talk.workspace.close()


ADDRESSES = (
    "/api/v1/comment",
    "/api/v1/comment/{said}",
    f'/api/v1/comment?where=contains(text, "{SECRET}")',
    "/api/v1/comment/count",
    "/api/v1/comment/aggregate?group=record_entity&measure=count()",
    f"/api/v1/search?q={SECRET}",
    "/api/v1/changes",
    "/comment",
    "/comment/{said}",
    f"/search?q={SECRET}",
    "/x_client/{Bolt}/-/talk",
    "/comment/export",
    "/notifications",
)


def test_no_address_tells_of_it(tmp_path: Path, sqlite_url: str, clock: FixedClock) -> None:
    talk = open_talk(tmp_path / "talk", sqlite_url, clock)
    talk.ids["said"] = comment(talk, "sol", "Bolt", f"About Bolt: {SECRET}", "sam")
    talk.workspace.background.run_due()
    client = application(talk.workspace).test_client()
    token = _token(talk, "sam")
    told = {address: client.get(address.format(**talk.ids), headers=token).text for address in ADDRESSES}
    assert not [address for address, text in told.items() if f"Bolt: {SECRET}" in text]
    assert f"Bolt: {SECRET}" in client.get("/api/v1/comment", headers=_token(talk, "sol")).text
    talk.workspace.close()


def _token(talk: Pond, who: str) -> dict[str, str]:
    now = talk.clock.now()
    with talk.workspace.database.writing() as connection:
        _id, secret = tokens.create_token(
            connection, talk.ids[who], "t", {"*": frozenset({"read", "export"})}, now, now + timedelta(days=1)
        )
    return {"Authorization": f"Bearer {secret}"}
