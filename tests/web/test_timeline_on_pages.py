"""The timeline of a record, noting a contact on its page, and what is due today."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from samples import workspaces
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.database import count_statements
from tenon.query import Query
from tenon.workspace import Workspace

SYSTEM = Actor.system("test", timezone="Asia/Shanghai")


def make(workspace: Workspace, entity: str, **values: Any) -> str:
    access = workspace.access(SYSTEM)
    with workspace.unit(SYSTEM) as unit:
        return str(workspace.writer.create(unit, access, entity, values).id)


def records(workspace: Workspace, entity: str, where: str) -> list[dict[str, Any]]:
    access = workspace.access(SYSTEM)
    with workspace.reading(SYSTEM) as unit:
        return list(workspace.reader.list(unit, access, Query(entity=entity, where=where, limit=200)).records)


def person(workspace: Workspace, email: str) -> str:
    return str(records(workspace, "user", f'email == "{email}"')[0]["id"])


@pytest.fixture
def deal(workspace: Workspace) -> tuple[str, str, str]:
    """An account, its opportunity and the main contact of that; all are the administrator's."""
    owner = person(workspace, workspaces.ADMINISTRATOR)
    acme = make(workspace, "account", name="Acme", owner=owner)
    wang = make(workspace, "contact", name="Wang Wei", owner=owner)
    values = {"name": "Deal", "account": acme, "primary_contact": wang, "owner": owner}
    return acme, make(workspace, "opportunity", **values), wang


def later(workspace: Workspace) -> None:
    assert isinstance(workspace.clock, FixedClock)
    workspace.clock.advance(minutes=1)


def titles(page: str) -> list[str]:
    """What happened, in the order of the page."""
    return re.findall(r'<a class="strong" href="[^"]+">([^<]+)</a>', page)


def about(entity: str, record: str) -> dict[str, str]:
    return {"record_entity": entity, "record_id": record}


def test_it_tells_everything_about_a_record_newest_first(
    signed_in: FlaskClient, workspace: Workspace, deal: tuple[str, str, str]
) -> None:
    acme, opportunity, wang = deal
    owner = person(workspace, workspaces.ADMINISTRATOR)
    make(
        workspace, "activity", subject="Old visit", type="visit", starts="2026-03-01T02:00:00Z",
        opportunity=opportunity, contacts=[wang], notes="He showed the plant", next_step="Send offer",
        next_step_date="2026-03-05", owner=owner,
    )  # fmt: skip
    make(
        workspace,
        "activity",
        subject="Ahead",
        type="meeting",
        starts="2026-03-20T02:00:00Z",
        opportunity=opportunity,
        owner=owner,
    )
    ledger = {"direction": "in", "channel": "email", "status": "received"}
    letter = {**about("opportunity", opportunity), "subject": "Your offer", "sender": "wang@example.com"}
    make(workspace, "message", **ledger, **letter)
    make(
        workspace, "message", **{**ledger, "direction": "out"}, **{**letter, "subject": "To a colleague"}, person=owner
    )
    later(workspace)
    make(workspace, "comment", **about("opportunity", opportunity), text="Hurry up")
    later(workspace)
    make(workspace, "task", title="Ring him", about=f"opportunity:{opportunity}", owner=owner)
    make(workspace, "task", title="Was done", about=f"opportunity:{opportunity}", owner=owner, done=True)
    with workspace.unit(SYSTEM) as unit:
        access = workspace.access(SYSTEM)
        workspace.writer.move_stage(unit, access, "opportunity", opportunity, "engaging", version=None)
    page = signed_in.get(f"/opportunity/{opportunity}/-/timeline").text
    todo, happened = page.split('<ol class="told-events">')
    assert "Ring him" in todo
    assert "/-/timeline/" in todo  # he may tick it off
    assert titles(happened) == ["Ahead", "Was done", "Your offer", "Old visit"]
    assert happened.index("Was done") < happened.index("Hurry up") < happened.index("Your offer")
    for told in (
        "E-mail received",
        "wang@example.com",
        "Hurry up",
        "Engaging",
        "Planned",
        "Visit",
        "He showed the plant",
    ):
        assert told in happened
    assert "To a colleague" not in page  # notices to colleagues are no contacts
    step = happened.split("Next: Send offer")[1]
    assert "Overdue" in step.split("</p>")[0]
    for where, record in (("account", acme), ("contact", wang)):
        assert "Old visit" in signed_in.get(f"/{where}/{record}/-/timeline").text


def test_pages_of_it_neither_repeat_nor_leave_out(
    signed_in: FlaskClient, workspace: Workspace, deal: tuple[str, str, str]
) -> None:
    _acme, opportunity, _wang = deal
    owner = person(workspace, workspaces.ADMINISTRATOR)
    with workspace.unit(SYSTEM) as unit:  # all comments of one instant, half of the contacts too
        for number in range(20):
            values = {**about("opportunity", opportunity), "text": f"said-{number:02}."}
            workspace.writer.create(unit, workspace.access(SYSTEM), "comment", values)
            starts = "2026-03-10T02:00:00Z" if number % 2 else f"2026-03-{number // 2 + 1:02}T02:00:00Z"
            values = {"subject": f"call-{number:02}.", "starts": starts, "opportunity": opportunity, "owner": owner}
            workspace.writer.create(unit, workspace.access(SYSTEM), "activity", values)
    address, seen, counts = f"/opportunity/{opportunity}/-/timeline", [], []
    while address:
        with count_statements(workspace.database) as counter:
            page = signed_in.get(address).text
        counts.append(counter.count)
        seen.append(re.findall(r"(?:said|call)-\d\d\.", page))
        more = re.search(r'hx-get="([^"]+after=[^"]+)"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert [len(each) for each in seen] == [15, 15, 10]
    assert sorted(name for each in seen for name in each) == sorted(
        f"{kind}-{number:02}." for kind in ("said", "call") for number in range(20)
    )
    assert max(counts) <= 14
    assert signed_in.get(f"/opportunity/{opportunity}/-/timeline?after=nonsense").status_code == 200


def test_nobody_is_told_of_what_he_may_not_read(
    signed_in: FlaskClient, workspace: Workspace, deal: tuple[str, str, str]
) -> None:
    acme, opportunity, _wang = deal
    workspaces.add_person(workspace, "gil@example.com", ["employee", "salesperson"])
    gil = signed_in.application.test_client()
    workspaces.sign_in(gil, "gil@example.com")
    for address in (f"/opportunity/{opportunity}", f"/account/{acme}"):
        assert gil.get(f"{address}/-/timeline").status_code == 404
        assert gil.get(f"{address}/-/note").status_code == 404
        assert workspaces.post(gil, f"{address}/-/note", subject="Mine", type="call").status_code == 404
    assert records(workspace, "activity", 'subject == "Mine"') == []


def test_a_contact_is_noted_on_the_page(
    signed_in: FlaskClient, workspace: Workspace, deal: tuple[str, str, str]
) -> None:
    acme, opportunity, wang = deal
    page = signed_in.get(f"/opportunity/{opportunity}").text
    assert 'data-key="log"' in page
    form = signed_in.get(f"/opportunity/{opportunity}/-/note").text
    assert form.count('type="radio" name="type"') == 5
    assert "Wang Wei" in form  # the main contact of the opportunity
    at = f"/opportunity/{opportunity}/-/note"
    sent = {"type": "visit", "notes": "A good talk", "starts": "2026-03-14T10:00", "contacts": wang}
    refused = workspaces.post(signed_in, at, **sent, subject="", next_step="Call")
    assert refused.status_code == 422
    assert "A good talk" in refused.text
    assert 'value="visit" checked' in refused.text
    wrong = workspaces.post(signed_in, at, **sent, subject="Talk", next_step_date="never")
    assert (wrong.status_code, 'value="never"' in wrong.text) == (422, True)
    kept = workspaces.post(signed_in, at, **sent, subject="Talk", next_step="Call", next_step_date="2026-03-16")
    assert kept.status_code == 200
    assert f"/opportunity/{opportunity}/-/part" in kept.text
    (noted,) = records(workspace, "activity", 'subject == "Talk"')
    assert (noted["opportunity"]["id"], noted["account"]["id"], noted["type"]) == (opportunity, acme, "visit")
    assert [one["id"] for one in noted["contacts"]] == [wang]
    assert noted["owner"]["id"] == person(workspace, workspaces.ADMINISTRATOR)
    on_account = workspaces.post(signed_in, f"/account/{acme}/-/note", subject="Short", type="call")
    assert on_account.status_code == 200
    assert records(workspace, "activity", 'subject == "Short"')[0]["account"]["id"] == acme


def test_who_makes_no_contact_records_is_offered_none(signed_in: FlaskClient, workspace: Workspace) -> None:
    workspaces.add_person(workspace, "vi@example.com", ["viewer"])
    viewer = signed_in.application.test_client()
    workspaces.sign_in(viewer, "vi@example.com")
    account = records(workspace, "account", "id == id")[0]["id"]
    page = viewer.get(f"/account/{account}").text
    assert 'data-key="log"' not in page
    assert 'id="timeline-panel"' in page
    assert viewer.get(f"/account/{account}/-/note").status_code == 404


def test_home_says_what_is_due_today_and_a_task_is_ticked_off_on_the_record(
    signed_in: FlaskClient, workspace: Workspace, deal: tuple[str, str, str]
) -> None:
    acme, opportunity, _wang = deal
    owner = person(workspace, workspaces.ADMINISTRATOR)
    assert "Nothing is due today" in signed_in.get("/").text
    due = {"owner": owner, "due": "2026-03-13T15:59:00Z"}
    task = make(workspace, "task", title="Late task", about=f"opportunity:{opportunity}", **due)
    make(
        workspace, "task", title="Of another", owner=person(workspace, "li.na@example.com"), due="2026-03-13T15:59:00Z"
    )
    make(workspace, "task", title="Of tomorrow", owner=owner, due="2026-03-15T15:59:00Z")
    make(workspace, "activity", subject="Appointment", starts="2026-03-14T15:00:00Z", account=acme, owner=owner)
    other = make(workspace, "account", name="Other", owner=owner)
    values = {"next_step": "Own step", "next_step_date": "2026-03-14", "owner": owner, "account": other}
    make(workspace, "opportunity", name="Second deal", **values)
    access = workspace.access(SYSTEM)
    with workspace.unit(SYSTEM) as unit:  # said by its task already
        step = {"next_step": "Same", "next_step_date": "2026-03-14"}
        workspace.writer.change(unit, access, "opportunity", opportunity, step, version=None)
    home = signed_in.get("/").text
    for told in ("Late task", "Mar 13, 2026", "Overdue", "Own step", "Appointment"):
        assert told in home
    for other_title in ("Of another", "Of tomorrow", ">Same<"):
        assert other_title not in home
    done = workspaces.post(signed_in, f"/opportunity/{opportunity}/-/timeline/{task}/done").text
    assert "Task done" in done
    assert "Late task" not in signed_in.get("/").text
