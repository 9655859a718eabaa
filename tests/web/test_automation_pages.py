"""Automations on the pages of records: buttons, the reasons why not, what would happen, the log of a run."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from samples.automation_world import Works, open_works
from samples.workspaces import csrf_token, give_password, post, sign_in
from tenon.application import application
from tenon.clock import FixedClock
from tenon.jobs import Job

FILES = {
    "automations/grading.yaml": """
label: {en: Grading, zh-CN: 评级}
on: {created: x_deal}
when: amount > 100
do: {grade: {set: {grade: '"gold"'}}}
""",
    "automations/nightly.yaml": """
label: {en: Nightly, zh-CN: 每晚}
on: {schedule: "0 22 * * *"}
do: {make: {create: {entity: x_line, set: {name: '"night"'}}}}
""",
    "automations/broken.yaml": """
label: {en: Broken, zh-CN: 故障}
on: {schedule: "0 22 * * *"}
do: {make: {create: {entity: x_line, set: {name: '"x"', code: '"too long"'}}, on_error: stop}}
on_failure: pause
""",
    "automations/praise.yaml": """
label: {en: Praise, zh-CN: 表扬}
on: {manual: {entity: x_deal, ask: {reason: text}, confirm: {en: "Really?", zh-CN: "确定吗？"}}}
do: {note: {set: {note: trigger.reason}}}
""",
}


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    folder = tmp_path_factory.mktemp("pages")
    clock = FixedClock(datetime(2026, 3, 13, 1, 0, tzinfo=UTC))
    opened = open_works(folder, f"sqlite:///{folder / 'works.sqlite'}", clock, FILES)
    for name in ("ada", "sam"):
        give_password(opened.workspace, f"{name}@example.com")
    yield opened
    opened.workspace.close()


def client_of(works: Works, who: str) -> FlaskClient:
    client = application(works.workspace).test_client()
    sign_in(client, f"{who}@example.com")
    return client


def test_an_administrator_reads_why_it_did_not_run_and_what_would_happen(works: Works) -> None:
    deal = works.create("x_deal", "ada", name="Small", amount=5)
    works.go()
    client = client_of(works, "ada")
    assert f"/x_deal/{deal}/-/automations" in client.get(f"/x_deal/{deal}").text
    text = client.get(f"/x_deal/{deal}/-/automations").text
    assert "Would not run" in text
    assert "amount &gt; 100" in text
    foreseen = post(client, f"/x_deal/{deal}/-/automations/grading/foreseen").text
    assert "gold" in foreseen
    assert works.read("x_deal", deal)["grade"] is None


def test_an_administrator_pauses_and_resumes(works: Works) -> None:
    deal = works.create("x_deal", "ada", name="Resting", amount=500)
    works.go()
    client = client_of(works, "ada")
    address = f"/x_deal/{deal}/-/automations"
    assert post(client, f"{address}/grading/rest").status_code == 303
    assert "It is paused for all records." in client.get(address).text
    assert "The automation is paused: Ada" in client.get(address).text
    post(client, f"{address}/grading/rest")
    assert "It runs again." in client.get(address).text
    assert post(client_of(works, "sam"), f"{address}/grading/rest").status_code == 403


def test_the_page_of_a_run_shows_its_steps(works: Works) -> None:
    deal = works.create("x_deal", "ada", name="Big", amount=500)
    works.go()
    (run,) = works.runs(deal, "grading")
    text = client_of(works, "ada").get(f"/automation_run/{run['id']}").text
    assert "Steps" in text
    assert "grade" in text
    assert "gold" in text


def test_a_button_asks_and_starts(works: Works) -> None:
    deal = works.create("x_deal", "sam", name="Praised", amount=1)
    client = client_of(works, "sam")
    page = client.get(f"/x_deal/{deal}").text
    assert "Praise" in page
    assert "/-/automations" not in page
    assert client.get(f"/x_deal/{deal}/-/automations").status_code == 403
    asked = client.get(f"/x_deal/{deal}/-/start/praise").text
    assert "Really?" in asked
    answer = post(client, f"/x_deal/{deal}/-/start/praise", ask_reason="well done")
    assert answer.status_code == 303
    works.go()
    assert works.read("x_deal", deal)["note"] == "well done"
    assert "was started" in client.get(f"/x_deal/{deal}").text


def test_nobody_starts_what_he_may_not_change(works: Works) -> None:
    deal = works.create("x_deal", "ada", name="Other", amount=1)
    client = client_of(works, "sam")
    assert client.get(f"/x_deal/{deal}/-/start/praise").status_code == 404
    assert post(client, f"/x_deal/{deal}/-/start/praise").status_code == 404


def test_the_api_starts_the_same_buttons(works: Works) -> None:
    deal = works.create("x_deal", "sam", name="Called", amount=1)
    client = client_of(works, "sam")
    record = f"/api/v1/x_deal/{deal}"
    offered = client.get(f"{record}/actions").get_json()["buttons"]
    assert offered == [{"automation": "praise", "label": "Praise", "asks": [{"name": "reason", "kind": "text"}]}]
    headers = {"X-CSRFToken": csrf_token(client, "/-/settings")}
    body = {"automation": "praise", "inputs": {"reason": "by call"}}
    answer = client.post(f"{record}/actions/start", json=body, headers=headers)
    assert answer.status_code == 202
    works.go()
    assert works.read("x_deal", deal)["note"] == "by call"
    assert works.read("automation_run", answer.get_json()["run"])["status"] == "done"
    wrong = client.post(f"{record}/actions/start", json={"automation": "grading"}, headers=headers)
    assert wrong.status_code == 400


def test_all_automations_are_on_one_page_with_what_they_did_and_when_they_come_next(works: Works) -> None:
    works.go()
    works.create("x_deal", "ada", name="Tiny", amount=1)
    works.wait(days=1)
    client = client_of(works, "ada")
    rows = rows_of(client)
    assert "Would not" not in rows["Nightly"]
    assert "Done in 13 hours 0.1 0 0" in rows["Nightly"]
    assert "Paused" in rows["Broken"]
    assert "the program" in rows["Broken"]
    assert "Failed" in rows["Broken"]
    assert "When it happens" in rows["Grading"]
    assert next(iter(rows)) == "Broken"
    log = client.get("/automation_run?where=automation+%3D%3D+%22automation%3Anightly%22").text
    assert "Nightly" in log
    assert "Broken" not in log
    assert client_of(works, "sam").get("/automations").status_code == 403


def test_one_without_a_record_is_paused_with_a_reason_and_says_why_it_did_not_run(works: Works) -> None:
    client = client_of(works, "ada")
    assert post(client, "/automations/nightly/pause").status_code == 400
    assert post(client, "/automations/nightly/pause", reason="Holiday season").status_code == 303
    works.wait(days=1)
    client = client_of(works, "ada")
    text = client.get("/automations/nightly").text
    assert "Holiday season" in text
    assert "by Ada" in text
    assert "Would not run" in text
    assert text.count("The automation is paused: Holiday season") == 2  # now, and last night
    assert "Holiday season" in rows_of(client)["Nightly"]
    post(client, "/automations/nightly/resume")
    assert "Holiday season" not in rows_of(client)["Nightly"]
    post(client, "/automations/nightly/resume")
    assert "is not paused" in client.get("/automations").text
    assert post(client_of(works, "sam"), "/automations/nightly/resume").status_code == 403
    assert client.get("/automations/nowhere").status_code == 404


def test_work_that_rests_is_told_to_administrators_on_every_page(works: Works) -> None:
    """P64: one job that always fails; the others are done in time, and administrators see it."""
    works.clock.advance(minutes=1)
    bad = works.create("x_deal", "ada", name="Bad")
    with works.unit() as unit:
        unit.emit(Job(name="nobody.knows", payload={"record": bad}))
    for number in range(20):
        works.create("x_deal", "ada", name=f"Good {number}", amount=500)
    works.go()
    good = 'automation == "automation:grading" and status == "done" and started_at > now() - hours(1)'
    assert len(works.find("automation_run", good)) == 20
    for _attempt in range(6):
        works.wait(hours=4)
    works.workspace.background.look()
    assert "1 at rest after failing" in client_of(works, "ada").get("/x_deal").text
    assert "at rest after failing" not in client_of(works, "sam").get("/").text


def rows_of(client: FlaskClient) -> dict[str, str]:
    """Label of an automation → its row, as text."""
    table = client.get("/automations").text.partition("<tbody>")[2].partition("</tbody>")[0]
    found = {}
    for row in table.split("<tr>")[1:]:
        label = row.partition('class="name"')[2].partition(">")[2].partition("<")[0]
        found[label] = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row))
    return found
