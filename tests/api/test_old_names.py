"""What was renamed goes on answering to the name it had, and says so."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from samples import api_calls
from samples.api_calls import Answer, World
from samples.workspaces import fixed_clock, give_password, sign_in
from tenon import web
from tenon.actors import Actor
from tenon.http import create_app
from tenon.workspace.publishing import propose, publish

BEFORE = """
label: Visit
history: true
fields:
  name: {type: text, label: Name}
  size: {type: integer, label: Size}
  secret: {type: text, label: Secret}
  host: {type: lookup, to: account, label: Host}
  price: {type: money, label: Price}
  kind: {type: choice, label: Kind, options: {short: {label: Short}, long: {label: Long}}}
  marks: {type: multi_choice, label: Marks, options: {red: {label: Red}, blue: {label: Blue}}}
pipelines:
  default:
    initial: begun
    label: Steps
    stages: {begun: {kind: open, label: Begun}, over: {kind: won, label: Over}}
grants:
  administrator: {read: all, create: true, update: all, delete: all}
  viewer: {read: all, fields: {secret: none}}
"""
AFTER = """
label: Meeting
was: [x_visit]
history: true
fields:
  name: {type: text, label: Name}
  people: {type: integer, was: [size], label: People}
  hidden: {type: text, was: [secret], label: Hidden}
  customer: {type: lookup, was: [host], to: account, label: Customer}
  cost: {type: money, was: [price], label: Cost}
  form: {type: choice, was: [kind], label: Form, options: {brief: {label: Brief, was: [short]}, long: {label: Long}}}
  marks: {type: multi_choice, label: Marks, options: {crimson: {label: Red, was: [red]}, blue: {label: Blue}}}
pipelines:
  default:
    initial: started
    label: Steps
    stages: {started: {kind: open, label: Started, was: [begun]}, done: {kind: won, label: Done, was: [over]}}
grants:
  administrator: {read: all, create: true, update: all, delete: all}
  viewer: {read: all, fields: {hidden: none}}
"""
FIRST = {
    "name": "First", "size": 3, "secret": "s", "price": "10.00", "kind": "short", "marks": ["red"], "stage": "over",
}  # fmt: skip


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str, str]]:
    """A record made before everything got another name, and changed once; with the customer it points to."""
    folder, clock = tmp_path_factory.mktemp("renamed") / "trial", fixed_clock()
    url, files = f"sqlite:///{folder / 'trial.sqlite'}", {"entities/x_visit.yaml": BEFORE}
    with closing(api_calls.build(folder, url, clock, files)) as workspace:
        before = World.of(workspace, clock)
        customer = before.admin.post("account", {"name": "Acme"}).body["id"]
        made = before.admin.post("x_visit", {**FIRST, "host": customer})
        assert made.status == 201, made
        address = f"x_visit/{made.body['id']}"
        assert before.admin.patch(address, {"size": 4, "secret": "t", "version": 1}).status == 200
        rename(folder)
        publish(workspace.database, propose(workspace.database, folder), Actor.system("test"), clock=clock)
        admin, viewer = before.caller("admin"), before.caller("viewer")
        yield (World(**{**vars(before), "admin": admin, "viewer": viewer}), made.body["id"], customer)


def rename(folder: Path) -> None:
    (folder / "entities" / "x_visit.yaml").unlink()
    (folder / "entities" / "x_meeting.yaml").write_text(AFTER)


def names(answer: Answer) -> set[str]:
    assert answer.status < 300, answer
    return set(answer.headers.get("Deprecated-Names", "").split(", ")) - {""}


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("size == 4", {"x_meeting.size=people"}),
        ("people == 4", set()),
        ('host.name == "Acme"', {"x_meeting.host=customer"}),
        ("price > 5", {"x_meeting.price=cost"}),
        ('form == "short"', {"x_meeting.form:short=brief"}),
        ('kind in ["short", "long"]', {"x_meeting.kind=form", "x_meeting.form:short=brief"}),
        ('"red" in marks', {"x_meeting.marks:red=crimson"}),
        ('stage != "begun" and stage == "over"', {"x_meeting.stage:begun=started", "x_meeting.stage:over=done"}),
    ],
)
def test_filters_understand_names_and_keys_of_the_past(renamed: Any, where: str, told: set[str]) -> None:
    world, identity, _customer = renamed
    answer = world.admin.get("x_meeting", where=where)
    assert [record["id"] for record in answer.body["records"]] == [identity]
    assert names(answer) == told
    assert answer.headers.get("Deprecation") == ("true" if told else None)
    assert world.admin.get("x_meeting/count", where=where).body == {"count": 1}


def test_an_answer_carries_the_names_that_were_asked_for(renamed: Any) -> None:
    world, identity, customer = renamed
    answer = world.admin.get("x_meeting", select="size,host.name,people,price", sort="-size")
    record = answer.body["records"][0]
    assert (record["size"], record["people"], record["host.name"]) == (4, 4, "Acme")
    assert record["price"] == {"amount": "10.00", "currency": "CNY"}
    assert names(answer) == {"x_meeting.size=people", "x_meeting.host=customer", "x_meeting.price=cost"}
    whole = world.admin.get(f"x_meeting/{identity}").body
    assert (whole["people"], whole["stage"], whole["form"], whole["marks"]) == (4, "done", "brief", ["crimson"])
    assert "size" not in whole
    included = world.admin.get(f"x_meeting/{identity}", include="host")
    assert included.body["included"]["host"]["id"] == customer
    assert names(included) == {"x_meeting.host=customer"}


def test_groups_and_measures_understand_names_of_the_past(renamed: Any) -> None:
    world, *_ = renamed
    answer = world.admin.get("x_meeting/aggregate", group="kind", measure="sum(size),max(size + 1)", sort="kind")
    assert answer.body["groups"] == [{"kind": "brief", "sum(size)": 4, "max(size + 1)": 5}]
    assert names(answer) == {"x_meeting.kind=form", "x_meeting.size=people"}


def test_writes_understand_names_and_keys_of_the_past(renamed: Any) -> None:
    world, _identity, customer = renamed
    made = world.admin.post(
        "x_meeting", {"name": "Second", "size": 7, "host": customer, "kind": "short", "marks": ["red", "blue"]}
    )
    assert (made.body["people"], made.body["form"], made.body["marks"]) == (7, "brief", ["crimson", "blue"])
    assert names(made) == {
        "x_meeting.size=people", "x_meeting.host=customer", "x_meeting.kind=form", "x_meeting.form:short=brief",
        "x_meeting.marks:red=crimson",
    }  # fmt: skip
    address = f"x_meeting/{made.body['id']}"
    changed = world.admin.patch(address, {"size": 8, "version": 1})
    assert (changed.body["people"], names(changed)) == (8, {"x_meeting.size=people"})
    stale = world.admin.patch(address, {"size": 9, "version": 1})
    assert (stale.status, stale.body["sent"]) == (412, {"people": 9})
    moved = world.admin.post(f"{address}/actions/stage", {"stage": "over", "version": 2})
    assert (moved.body["stage"], names(moved)) == ("done", {"x_meeting.stage:over=done"})
    assert world.admin.delete(address).status == 200


def test_a_value_is_given_once(renamed: Any) -> None:
    world, *_ = renamed
    answer = world.admin.post("x_meeting", {"size": 7, "people": 8})
    assert (answer.status, [error["code"] for error in answer.body["errors"]]) == (422, ["given_twice"])


def test_upserts_and_batches_understand_names_of_the_past(renamed: Any) -> None:
    world, *_ = renamed
    made = world.admin.call("PUT", "x_meeting/by/size/12", {"name": "Third"})
    assert (made.body["outcome"], made.body["record"]["people"]) == ("created", 12)
    assert names(made) == {"x_meeting.size=people"}
    again = world.admin.call("PUT", "x_meeting/by/size/12", {"size": 12, "name": "Third"})
    assert again.body["outcome"] == "unchanged"
    step = {"do": "upsert", "entity": "x_visit", "field": "size", "value": "12", "values": {"kind": "long"}}
    batch = world.admin.post("batch", {"operations": [step]})
    assert batch.body["outcomes"][0]["body"]["outcome"] == "changed"
    assert names(batch) == {"x_meeting.size=people", "x_meeting.kind=form"}
    assert world.admin.delete(f"x_meeting/{made.body['record']['id']}").status == 200


def test_relationships_named_after_what_was_renamed_are_found(renamed: Any) -> None:
    world, identity, customer = renamed
    for old in ("x_visit", "x_visit_by_host", "x_meeting"):
        answer = world.admin.get(f"account/{customer}/{old}", where="size == 4", select="size")
        assert [(record["id"], record["size"]) for record in answer.body["records"]] == [(identity, 4)], old
    counted = world.admin.get("account", where="count(x_visit, size == 4) == 1")
    assert [record["id"] for record in counted.body["records"]] == [customer]
    assert names(counted) == {"account.x_visit=x_meeting", "x_meeting.size=people"}


def test_the_history_of_a_renamed_field_goes_on_under_its_name(renamed: Any) -> None:
    world, identity, _customer = renamed
    changes = world.admin.get(f"x_meeting/{identity}/history").body["changes"][0]["changes"]
    assert changes == {"people": {"old": 3, "new": 4}, "hidden": {"old": "s", "new": "t"}}
    seen = world.viewer.get(f"x_meeting/{identity}/history").body["changes"][0]["changes"]
    assert seen == {"people": {"old": 3, "new": 4}}


def test_a_name_of_the_past_opens_nothing(renamed: Any) -> None:
    world, identity, _customer = renamed
    for name in ("secret", "hidden", "nonsense"):
        for query in ({"where": f'{name} == "s"'}, {"select": name}, {"sort": name}):
            refused = world.viewer.get("x_meeting", **query)
            assert refused.status == 400, (name, query)
            assert "hidden" not in str({**refused.body, "detail": "", "errors": ""}) or name == "hidden"
        assert world.viewer.get("x_meeting/aggregate", group=name).status == 400
    hints = world.viewer.get("x_meeting", select="secret").body
    assert "hidden" not in str(hints)
    assert world.viewer.get(f"x_meeting/{identity}", select="size").body["size"] == 4


def test_pages_kept_under_names_of_the_past_still_open(renamed: Any) -> None:
    world, *_ = renamed
    app = create_app(world.workspace, [web.part])
    client = app.test_client()
    give_password(world.workspace, "admin@example.com")
    sign_in(client, "admin@example.com")
    moved = client.get("/x_visit?where=size+%3D%3D+4&sort=-size")
    assert (moved.status_code, moved.headers["Location"]) == (303, "/x_meeting?where=size+%3D%3D+4&sort=-size")
    page = client.get(moved.headers["Location"])
    assert page.status_code == 200
    assert "First" in page.text
    assert 'aria-sort="descending"' in page.text
