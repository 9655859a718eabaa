"""Other systems are told old and new value of fields of every type, whichever door the change came through."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from samples.talk_world import open_talk
from services.listener import Listener
from tenon.application import application
from tenon.clock import FixedClock
from tenon.workspace import tokens

SAM, SUE = "<sam>", "<sue>"
VALUES: Mapping[str, tuple[str, Any, Any]] = {
    "words": ("{type: text}", "one", "two"),
    "story": ("{type: long_text}", "one\ntwo", "three"),
    "rich": ("{type: rich_text}", "<p>one</p>", "<p>two</p>"),
    "count": ("{type: integer}", 1, 2),
    "exact": ("{type: decimal, scale: 2}", "1.50", "2.50"),
    "price": ("{type: money}", {"amount": "1.00", "currency": "CNY"}, {"amount": "2.00", "currency": "USD"}),
    "share": ("{type: percent}", "10", "20"),
    "yes": ("{type: boolean}", True, False),
    "day": ("{type: date}", "2026-01-01", "2026-01-02"),
    "moment": ("{type: datetime}", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
    "clock": ("{type: time}", "09:00", "10:30"),
    "choice": ("{type: choice, options: {a: {label: A}, b: {label: B}}}", "a", "b"),
    "choices": ("{type: multi_choice, options: {a: {label: A}, b: {label: B}}}", ["a"], ["a", "b"]),
    "tags": ("{type: tags}", ["x"], ["y"]),
    "mail": ("{type: email}", "a@b.example", "c@d.example"),
    "phone": ("{type: phone}", "+861065550000", "+861065550001"),
    "link": ("{type: url}", "https://a.example", "https://b.example"),
    "person": ("{type: user}", SAM, SUE),
    "people": ("{type: multi_lookup, to: user}", [SAM], [SAM, SUE]),
    "area": ("{type: geo_point}", {"lat": "1", "lon": "2"}, {"lat": "3", "lon": "4"}),
    "stars": ("{type: rating}", 1, 2),
    "paint": ("{type: color}", "#ff0000", "#00ff00"),
    "data": ("{type: json}", {"a": 1}, {"a": [2]}),
}
ENTITY = "label: Everything\nfields:\n  name: {type: text, required: true}\n" + "".join(
    f"  {name}: {kind}\n" for name, (kind, _old, _new) in VALUES.items()
)
ROLE = "label: Everything\ngrants: {x_all: {read: all, create: true, update: all, delete: all}}\n"


def test_every_type_tells_what_was_and_what_is(
    tmp_path: Path, database_url: str, clock: FixedClock, listener: Listener
) -> None:
    files = {"entities/x_all.yaml": ENTITY, "roles/x_all.yaml": ROLE}
    talk = open_talk(tmp_path / "talk", database_url, clock, files, PRIVATE_ADDRESSES="yes")
    talk.create("role_assignment", person=talk.ids["sam"], role="x_all")
    talk.create("webhook", "boss", name="All", url=f"{listener.url}/all", entities=["x_all"])

    def real(value: Any) -> Any:
        if isinstance(value, list):
            return [real(each) for each in value]
        return talk.ids[value.strip("<>")] if value in (SAM, SUE) else value

    before = {name: real(old) for name, (_kind, old, _new) in VALUES.items()}
    after = {name: real(new) for name, (_kind, _old, new) in VALUES.items()}
    now = clock.now()
    with talk.workspace.database.writing() as connection:
        scopes = {"*": frozenset({"read", "create", "update"})}
        _id, secret = tokens.create_token(connection, talk.ids["sam"], "t", scopes, now, now + timedelta(days=1))
    client, headers = application(talk.workspace).test_client(), {"Authorization": f"Bearer {secret}"}
    made = client.post("/api/v1/x_all", json={"name": "One", **before}, headers=headers)
    assert made.status_code == 201, made.text
    record = made.json["id"]
    changed = client.patch(f"/api/v1/x_all/{record}", json=after, headers={**headers, "If-Match": "*"})
    assert changed.status_code == 200, changed.text
    talk.change("x_all", record, "sam", **before)
    talk.workspace.background.run_due()
    told = [json.loads(each.body)["data"]["changed"] for each in listener.heard]
    assert [set(VALUES) - set(changes) for changes in told] == [set(), set(), set()]
    for name in VALUES:
        first, second, third = (changes[name] for changes in told)
        assert first["old"] is None, name
        assert first["new"] == second["old"] == third["new"], name
        assert second["new"] == third["old"] != second["old"], name
    talk.workspace.close()
