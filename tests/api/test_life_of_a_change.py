"""A change of the configuration over HTTP: planned, applied as it was seen, listed, taken back, by whom it is for."""

import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from samples import api_calls
from samples.api_calls import Answer, Caller
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.database import Database
from tenon.settings import Settings
from tenon.workspace import Workspace
from tenon.workspace.promoting import pack
from tenon.workspace.publishing import propose, propose_changes, publish

FIELD = "entities.department.fields.x_code"
ADDED: dict[str, Any] = {FIELD: {"type": "text", "label": {"en": "Code", "zh-CN": "代码"}}}
FILE = "fields:\n  x_code: {type: text}\n"
CONFIGURATION = {"configuration": frozenset(("read", "update"))}


class Office:
    """A small published workspace and who calls it."""

    def __init__(self, folder: Path, url: str, clock: FixedClock) -> None:
        folder.mkdir()
        (folder / "workspace.yaml").write_text("name: office\nlabel: Office\n")
        with_database = Database.open(url)
        publish(with_database, propose(with_database, folder), Actor.system("test"), reason="first", clock=clock)
        with_database.close()
        self.folder = folder
        self.workspace = Workspace.open(folder, Settings.of(folder, {"TENON_DATABASE_URL": url}), clock)
        self.app = api_calls.application(self.workspace)
        self.ada = api_calls.person(self.workspace, "ada", "administrator")
        self.admin = self.caller(CONFIGURATION)

    def caller(self, scopes: Any = None) -> Caller:
        return Caller(self.app, api_calls.token(self.workspace, self.ada, scopes))

    def plan(self, **body: Any) -> dict[str, Any]:
        made = self.admin.post("changes/plan", body)
        assert made.status == 200, made
        found: dict[str, Any] = made.body
        return found

    def apply(self, changes: dict[str, Any], reason: str = "asked for", **more: Any) -> Answer:
        seal = self.plan(changes=changes)["seal"]
        return self.admin.post("changes/apply", {"changes": changes, "seal": seal, "reason": reason, **more})

    def send(self, address: str, package: bytes, **request: Any) -> Answer:
        client = self.app.test_client()
        headers = {"Authorization": f"Bearer {self.admin.secret}"}
        fields = {"package": (BytesIO(package), "a.tenon"), "request": json.dumps(request)}
        response = client.post(f"/api/v1/{address}", data=fields, headers=headers)
        answer = Answer(response.status_code, response.json, response.headers)
        self.admin.check("POST", f"/api/v1/{address}", answer, response.mimetype)
        return answer


@pytest.fixture
def office(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Office]:
    made = Office(tmp_path / "office", database_url, clock)
    yield made
    made.workspace.close()


def test_a_plan_is_applied_as_it_was_seen_listed_and_taken_back(office: Office) -> None:
    plan = office.plan(changes=ADDED)
    assert [(step["kind"], step["subject"], step["risk"]) for step in plan["operations"]] == [
        ("add_field", FIELD, "safe")
    ]
    assert office.workspace.reload().version == 1
    made = office.apply(ADDED)
    assert (made.status, made.body) == (201, {"version": 2, "published": True})
    assert "x_code" in office.workspace.model.entities["department"].fields
    found = office.admin.get("versions/2").body
    assert (found["author"], found["reason"], found["former"]) == ("Ada", "asked for", 1)
    assert found["summary"] == {"added": 1, "changed": 0, "removed": 0, "renamed": 0, "things": ["entities.department"]}
    told = office.admin.get("versions/diff", **{"from": 1}).body
    assert [(item["kind"], item["path"]) for item in told["differences"]] == [("added", FIELD)]
    back = office.plan(to=1)
    consent = [step["subject"] for step in back["operations"] if step["risk"] == "removes"]
    body = {"to": 1, "seal": back["seal"], "reason": "a mistake"}
    assert office.admin.post("changes/rollback", body).body["errors"][0]["code"] == "needs_consent"
    assert office.admin.post("changes/rollback", {**body, "consent": consent}).body["version"] == 3
    assert "x_code" not in office.workspace.model.entities["department"].fields
    listed = office.admin.get("versions", limit=2).body
    assert [item["number"] for item in listed["versions"]] == [3, 2]
    assert [item["number"] for item in office.admin.get("versions", before=listed["next"]).body["versions"]] == [1]
    digests = [item["digest"] for item in office.admin.get("versions").body["versions"]]
    assert digests[0] == digests[2] != digests[1]


def test_a_plan_is_refused_once_the_workspace_moved_on(office: Office) -> None:
    seal = office.plan(changes=ADDED)["seal"]
    database, folder = office.workspace.database, office.folder
    publish(database, propose_changes(database, folder, {"entities.department.icon": "star"}), Actor.system("other"))
    refused = office.admin.post("changes/apply", {"changes": ADDED, "seal": seal, "reason": "late"})
    assert (refused.status, refused.body["errors"][0]["path"]) == (409, "seal")
    assert office.admin.get("versions").body["versions"][0]["number"] == 2


def test_records_entered_while_a_plan_is_looked_at_do_not_spoil_it(office: Office) -> None:
    office.apply(ADDED)
    changes = {f"{FIELD}.unique": True}
    seal = office.plan(changes=changes)["seal"]
    actor = Actor.system("test")
    with office.workspace.unit(actor) as unit:
        office.workspace.writer.create(unit, office.workspace.access(actor), "department", {"name": "Sales"})
    made = office.admin.post("changes/apply", {"changes": changes, "seal": seal, "reason": "one each"})
    assert made.status == 201


def test_the_same_call_again_publishes_nothing_twice_and_gets_the_first_answer(office: Office) -> None:
    seal = office.plan(changes=ADDED)["seal"]
    body = {"changes": ADDED, "seal": seal, "reason": "once"}
    answers = [office.admin.post("changes/apply", body, headers={"Idempotency-Key": "deploy-7"}) for _ in range(2)]
    assert [answer.body for answer in answers] == [{"version": 2, "published": True}] * 2
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    other = office.admin.post("changes/apply", {**body, "reason": "other"}, headers={"Idempotency-Key": "deploy-7"})
    assert other.status == 409
    assert office.plan(changes=ADDED)["operations"] == []
    assert office.apply(ADDED).body == {"version": 2, "published": False}


def test_a_decision_is_asked_for_and_carried_out(office: Office) -> None:
    office.apply(ADDED)
    actor = Actor.system("test")
    with office.workspace.unit(actor) as unit:
        values = {"name": "Sales", "x_code": "seven"}
        office.workspace.writer.create(unit, office.workspace.access(actor), "department", values)
    changes = {FIELD: {"type": "integer"}}
    (step,) = [step for step in office.plan(changes=changes)["operations"] if step["risk"] == "needs_decision"]
    undecided = office.apply(changes)
    assert (undecided.status, undecided.body["errors"][0]["path"]) == (409, step["subject"])
    assert office.apply(changes, accept={step["subject"]: "nonsense"}).status == 422
    assert office.apply(changes, accept={step["subject"]: step["answers"][0]}).status == 201


def test_what_was_saved_is_what_is_stored_and_in_force_and_equal_labels_are_no_trouble(office: Office) -> None:
    twin = {"type": "text", "label": {"en": "Code", "zh-CN": "代码"}, "help": {"en": "As printed."}}
    changes = {FIELD: twin, "entities.department.fields.x_twin": twin, "entities.department.label.en": "User"}
    assert office.apply(changes).status == 201
    model = office.caller().get("model").body["entities"]["department"]
    assert [model["fields"][name]["label"]["en"] for name in ("x_code", "x_twin")] == ["Code", "Code"]
    assert model["label"]["en"] == "User"
    assert office.plan(changes=changes)["operations"] == []
    stored = office.admin.get("versions/diff", **{"from": 1}).body["differences"]
    assert {item["path"]: item["after"] for item in stored} == changes


def test_a_patch_that_does_not_compile_names_every_place_in_the_callers_language(office: Office) -> None:
    changes = {**ADDED, f"{FIELD}.type": "txet", "entities.department.title": "nothing"}
    refused = office.admin.post("changes/plan", {"changes": changes}, headers={"Accept-Language": "en"})
    assert refused.status == 422
    assert {item["path"] for item in refused.body["errors"]} >= {"entities.department.title"}
    assert office.admin.post("changes/plan", {"changes": {"entitys.a.b": 1}}).body["type"] == "/errors/unknown_name"
    for body in ({}, {"to": 1, "changes": ADDED}, {"changes": []}, {"undo": "x"}, {"colour": 1}):
        assert office.admin.post("changes/plan", body).status == 400, body
    deep: Any = {}
    for _ in range(100):
        deep = {"a": deep}
    assert office.admin.post("changes/plan", {"changes": {FIELD: deep}}).status == 400
    assert office.admin.post("changes/plan", {"to": 99}).status == 404


def test_only_an_administrator_whose_token_says_so_gets_to_the_configuration(office: Office) -> None:
    everything = {"*": frozenset(("read", "create", "update", "delete", "export"))}
    reader = office.caller({"configuration": frozenset({"read"})})
    employee = api_calls.token(office.workspace, api_calls.person(office.workspace, "eve", "employee"), CONFIGURATION)
    body = {"changes": ADDED}
    assert reader.post("changes/plan", body).status == 200
    for caller in (reader, office.caller(everything), Caller(office.app, employee)):
        seal = {"seal": "x", "reason": "x"}
        for address, more in (("changes/apply", {**body, **seal}), ("changes/rollback", {"to": 1, **seal})):
            assert caller.post(address, more).status == 403
    for caller in (office.caller(everything), Caller(office.app, employee)):
        for address, query in (("versions", {}), ("versions/1", {}), ("versions/diff", {"from": 1})):
            assert caller.get(address, **query).status == 403
        assert caller.post("changes/plan", body).status == 403
        assert not [path for path in caller.contract["paths"] if "/changes/" in path or "/versions" in path]
    assert Caller(office.app).get("versions").status == 401


@pytest.fixture
def package(tmp_path: Path, clock: FixedClock) -> bytes:
    """Of a workspace like the office, with one more field in its files."""
    folder = tmp_path / "source"
    (folder / "entities").mkdir(parents=True)
    (folder / "workspace.yaml").write_text("name: office\nlabel: Office\n")
    source = Database.open(f"sqlite:///{tmp_path / 'source.sqlite'}")
    publish(source, propose(source, folder), Actor.system("test"), clock=clock)
    (folder / "entities" / "department.yaml").write_text(FILE)
    publish(source, propose(source, folder), Actor.system("test"), clock=clock)
    packed = pack(source).to_bytes()
    source.close()
    return packed


def test_a_package_is_planned_and_published_with_its_files_once(office: Office, package: bytes) -> None:
    plan = office.send("changes/plan", package)
    assert [step["subject"] for step in plan.body["operations"]] == [FIELD]
    decided = {"seal": plan.body["seal"], "reason": "release 1"}
    assert office.send("changes/apply", package, **decided).body == {"version": 2, "published": True}
    assert (office.folder / "entities" / "department.yaml").read_text() == FILE
    assert office.admin.get("versions/2").body["origin"]
    again = office.send("changes/plan", package).body
    assert again["operations"] == []
    assert office.send("changes/apply", package, seal=again["seal"], reason="again").body["published"] is False


def test_a_package_never_overwrites_files_edited_and_not_applied(office: Office, package: bytes) -> None:
    edited = "name: office\nlabel: Edited\n"
    (office.folder / "workspace.yaml").write_text(edited)
    seal = office.send("changes/plan", package).body["seal"]
    refused = office.send("changes/apply", package, seal=seal, reason="release 1")
    assert refused.status == 409
    assert "not applied" in refused.body["detail"]
    assert (office.folder / "workspace.yaml").read_text() == edited


def test_what_is_no_whole_harmless_package_is_refused(office: Office, package: bytes) -> None:
    for data in (b"", b"PK", package[:-30], package.replace(b"department.yaml", b"../artment.yaml")):
        assert office.send("changes/plan", data).status == 400
    assert office.send("changes/plan", with_path(package, "../../outside.yaml")).status == 400
    assert office.send("changes/plan", with_path(package, "/tmp/outside.yaml")).status == 400
    assert office.send("changes/plan", with_path(package, ".tenon/outside.yaml")).status == 400
    assert office.send("changes/plan", package, colour=1).status == 400


def with_path(package: bytes, path: str) -> bytes:
    """The same content under another path in the folder."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            new.writestr(name, text.replace('"entities/department.yaml"', json.dumps(path)))
    return out.getvalue()
