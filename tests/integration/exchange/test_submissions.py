"""What was sent is kept before anything else and made a record of exactly once, with the form's own rights."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from samples.automation_world import Works, open_works
from samples.form_world import FILES
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.database import Database
from tenon.errors import Conflict, Forbidden, InvalidInput, TooManyRequests, UnknownName
from tenon.exchange.webforms import Sent, WebForms
from tenon.exchange.webforms.protecting import Pass, is_solved
from tenon.exchange.webforms.rights import FormRights
from tenon.model.outreach import WebForm
from tenon.records import ImportOptions
from tenon.texts import say
from tenon.workspace.publishing import propose, publish
from tenon.workspace.submitting import submit

KEYS = (f"key-{number}" for number in count())


@pytest.fixture(scope="module")
def works(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    folder = tmp_path_factory.mktemp("forms")
    clock = FixedClock(datetime(2026, 3, 13, 1, 0, tzinfo=UTC))
    opened = open_works(folder, module_database_url, clock, FILES)
    yield opened
    opened.workspace.close()


def service(works: Works) -> WebForms:
    found: WebForms = works.workspace.current.processes.ground.service("webforms")
    return found


def form_of(works: Works, name: str = "contact") -> WebForm:
    return works.workspace.model.webforms[name]


def send(works: Works, answers: dict[str, Any], name: str = "contact", **more: Any) -> Any:
    works.clock.advance(hours=2)
    sent = Sent(answers=answers, key=more.pop("key", next(KEYS)), visitor="somebody", **more)
    return submit(works.workspace, service(works), form_of(works, name), sent)


def test_an_answer_is_sent_in_the_language_of_the_form(works: Works) -> None:
    settled = send(works, {"your_name": "Li", "email": "li@example.com", "company": "华信"}, language="zh-CN")
    (message,) = works.find("message", f'record_id == "{settled.record_id}"')
    assert (message["subject"], message["recipients"]) == ("谢谢，Li", "li@example.com")
    assert "我们会联系 华信。" in message["body"]


def test_what_was_kept_when_the_program_died_is_accepted_by_a_job(works: Works) -> None:
    answers = {"your_name": "Left behind", "email": "left@example.com"}
    with works.unit() as unit:
        service(works).keep(unit, form_of(works), Sent(answers=answers, key=next(KEYS)))
    works.go()
    assert works.find("x_ask", 'name == "Left behind"') == []
    works.wait(minutes=3)
    (record,) = works.find("x_ask", 'name == "Left behind"')
    works.wait(hours=1)
    assert works.find("x_ask", 'name == "Left behind"') == [record]


def test_the_same_key_is_one_submission_whoever_is_quicker(works: Works) -> None:
    answers = {"your_name": "Hasty", "email": "hasty@example.com"}
    statuses = [send(works, answers, key="hasty").status for _time in range(3)]
    works.wait(minutes=5)
    assert statuses == ["accepted", "waiting", "waiting"]
    assert len(works.find("x_ask", 'name == "Hasty"')) == 1
    assert len(works.find("form_submission", 'key == "hasty"')) == 1


@pytest.mark.parametrize("written", ["Müller Widgets GmbH", "ＭÜLLER  widgets", "müller-widgets, Ltd."])
def test_a_company_is_the_same_however_it_is_written(works: Works, written: str) -> None:
    known = works.find("x_ask", 'company == "Müller Widgets"')
    if not known:
        works.create("x_ask", "ada", name="First", company="Müller Widgets")
        known = works.find("x_ask", 'company == "Müller Widgets"')
    settled = send(works, {"name": "Another", "company": written}, "noted")
    assert settled.record_id == known[0]["id"]
    other = send(works, {"name": "Stranger", "company": f"{written} Two"}, "noted")
    assert other.record_id != known[0]["id"]


@pytest.mark.parametrize("written", ["East Park Ltd", "ｅａｓｔ park 有限公司", "East-Park"])
def test_a_rule_that_refuses_gives_the_same_answer_by_every_door(works: Works, written: str) -> None:
    """A page and the API write by `create` and `change`, an import by `create_many`, a visitor by his form."""
    access, writer = works.access(), works.workspace.writer
    if not works.find("x_firm", 'name == "East Park"'):
        works.create("x_firm", name="East Park", phone="13812345678")
    mark = next(KEYS)
    other = works.create("x_firm", name=f"Somebody {mark}")
    for attempt in ({"name": written}, {"name": f"By phone {mark}", "phone": "+86 138 1234 5678"}):
        with pytest.raises(Conflict), works.unit() as unit:
            writer.create(unit, access, "x_firm", attempt)
        with pytest.raises(Conflict), works.unit() as unit:
            writer.change(unit, access, "x_firm", other, attempt, version=None)
        with works.unit() as unit:
            rows = writer.create_many(unit, access, "x_firm", [attempt], as_import=ImportOptions())
        assert isinstance(rows[0].error, Conflict)
        settled = send(works, attempt, "firm")
        assert (settled.status, settled.problems) == ("refused", ())
    with works.unit() as unit:
        twice = [{"name": f"Twice {mark}"}, {"name": f"TWICE, {mark}"}]
        rows = writer.create_many(unit, access, "x_firm", twice)
    assert [row.error is None for row in rows] == [True, False]
    assert works.create("x_firm", name=written, former=True)
    works.change("x_firm", works.find("x_firm", 'name == "East Park"')[0]["id"], phone="13812345679")
    works.change("x_firm", works.find("x_firm", 'name == "East Park"')[0]["id"], phone="13812345678")


def test_a_refusal_is_kept_with_its_reason_and_told(works: Works) -> None:
    settled = send(works, {"your_name": "Rules", "email": "rules@example.com", "wish": "my cat"})
    assert [problem.path for problem in settled.problems] == ["wish"]
    (kept,) = works.find("form_submission", 'contains(name, "Rules")')
    assert (kept["status"], kept["record_id"], "No cats here." in kept["reason"]) == ("refused", None, True)
    settled = send(works, {"name": "High", "company": "High", "rank": "20"}, "noted")
    assert (settled.status, settled.problems) == ("refused", ())
    (kept,) = works.find("form_submission", 'contains(name, "High")')
    assert "Rank is too high." in kept["reason"]


def test_a_form_may_write_what_it_names_and_nothing_else(works: Works) -> None:
    model, actor = works.workspace.model, Actor.system("a form")
    rights = FormRights.of(model, form_of(works))
    access, writer = rights.create(actor), works.workspace.writer
    assert access.readable_fields("x_ask") == ()
    assert access.readable_entities() == ("file", "user")
    assert [access.readable_fields(name) for name in ("user", "file")] == [("id", "version")] * 2
    assert [access.can("x_ask", verb) for verb in ("read", "create", "update", "delete", "export")] == [
        False, True, False, False, False,
    ]  # fmt: skip
    owner = {"owner": works.ids["ada"]}
    with pytest.raises(InvalidInput) as refused, works.unit() as unit:
        writer.create(unit, access, "x_ask", {**owner, "name": "x", "secret": "y"})
    assert refused.value.details[0].path == "secret"
    with pytest.raises((Forbidden, UnknownName)), works.unit() as unit:
        writer.create(unit, access, "task", {"title": "x"})
    changing = rights.change(actor)
    record = works.create("x_ask", "ada", name="Mine")
    with pytest.raises(InvalidInput), works.unit() as unit:
        writer.change(unit, changing, "x_ask", record, {"secret": "y"}, version=None)
    assert changing.readable_fields("x_ask") == ("id", "version")


def test_submissions_of_one_address_are_counted_for_an_hour(works: Works) -> None:
    form, forms = form_of(works), service(works)
    works.clock.advance(hours=3)
    for number in range(form.protection.per_hour):
        with works.unit() as unit:
            forms.admit(unit, form, "busy")
            answers = {"your_name": "Busy", "email": f"busy{number}@example.com"}
            forms.keep(unit, form, Sent(answers=answers, key=next(KEYS), visitor="busy"))
    with pytest.raises(TooManyRequests), works.unit() as unit:
        forms.admit(unit, form, "busy")
    with works.unit() as unit:
        forms.admit(unit, form, "another")
    works.clock.advance(minutes=61)
    with works.unit() as unit:
        forms.admit(unit, form, "busy")


def test_work_is_work(works: Works) -> None:
    form, secret = form_of(works, "later"), works.workspace.secret
    granted = Pass(form="later", issued=works.clock.now(), key="0190a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b")
    found = next(number for number in count() if is_solved(secret, granted, form.protection, f"work:{number}"))
    other = Pass(form="later", issued=works.clock.now(), key="0190a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4c")
    assert not is_solved(secret, other, form.protection, f"work:{found}")
    assert not is_solved(secret, granted, form.protection, "work:x")
    assert not is_solved(secret, granted, form_of(works, "noted").protection, f"work:{found}")


def test_a_field_that_was_renamed_or_taken_out_breaks_no_form(tmp_path: Path) -> None:
    clock = FixedClock(datetime(2026, 3, 13, 1, 0, tzinfo=UTC))
    works = open_works(tmp_path, f"sqlite:///{tmp_path / 'works.sqlite'}", clock, FILES)
    with works.unit() as unit:
        answers = {"your_name": "Between", "email": "between@example.com", "company": "Old", "budget": {"amount": "5"}}
        service(works).keep(unit, form_of(works), Sent(answers=answers, key="between"))
    entity = FILES["entities/x_ask.yaml"].replace("  company: {type", "  firm: {was: [company], type")
    entity = entity.replace("match: [company~]", "match: [firm~]")
    lines = [line for line in entity.splitlines() if not line.startswith("  budget:")]
    (tmp_path / "entities/x_ask.yaml").write_text("\n".join(lines), encoding="utf-8")
    form = FILES["webforms/contact.yaml"].replace("company: {width: half}", "company: {field: firm}")
    (tmp_path / "webforms/contact.yaml").write_text(
        form.replace('  budget: {visible_when: topic == "price", required: true}\n', "")
    )
    noted = FILES["webforms/noted.yaml"].replace("fields: {company: {}", "fields: {company: {field: firm}")
    (tmp_path / "webforms/noted.yaml").write_text(noted)
    template = FILES["templates/x_thanks.yaml"].replace("{{ company }}", "{{ firm }}")
    (tmp_path / "templates/x_thanks.yaml").write_text(template)
    database = Database.open(f"sqlite:///{tmp_path / 'works.sqlite'}")
    publish(database, propose(database, tmp_path), Actor.system("test"), clock=clock)
    database.close()
    works.workspace.reload()
    works.wait(minutes=3)
    (record,) = works.find("x_ask", 'name == "Between"')
    assert record["firm"] == "Old"
    works.workspace.close()


def test_what_a_browser_says_of_itself_is_one_plain_line(works: Works) -> None:
    answers = {"your_name": "Odd", "email": "odd@example.com"}
    assert (
        send(works, answers, page="https://x.example/\r\n\x00a" + "b" * 900, source="\t\x07news").status == "accepted"
    )
    (kept,) = works.find("form_submission", 'source == "news"')
    assert kept["page"] == ("https://x.example/a" + "b" * 900)[:500]


def test_a_correction_that_looks_like_a_machine_s_is_not_accepted(works: Works) -> None:
    answers = {"your_name": "Turn", "email": "turn@example.com", "wish": "my cat"}
    assert send(works, answers, key="turning").status == "refused"
    send(works, {**answers, "wish": "no pets"}, key="turning", suspicion=say("links", "链接"))
    works.wait(hours=1)
    (kept,) = works.find("form_submission", 'key == "turning"')
    assert (kept["status"], kept["reason"], works.find("x_ask", 'name == "Turn"')) == ("spam", "links", [])
