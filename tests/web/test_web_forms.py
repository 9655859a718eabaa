"""What visitors meet: a form made of metadata, judged on the server, kept before it is accepted, sent exactly once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from samples.automation_world import Works, open_works
from samples.form_world import FILES
from samples.workspaces import give_password, post, sign_in
from tenon.application import application
from tenon.clock import FixedClock

GOOD = {"name": "Lin Wei", "email": "lin@example.com", "company": "ACME Ltd.", "topic": "demo", "-consent": "1"}


@dataclass
class Visitor:
    """A browser that has the form open: hidden inputs come from the page, as they do in life."""

    client: FlaskClient
    works: Works
    path: str = "/f/contact-us"
    hidden: dict[str, str] = field(default_factory=dict)

    def open(self, path: str = "/f/contact-us", **options: Any) -> str:
        answer = self.client.get(path, **options)
        assert answer.status_code == 200
        self.path = path.partition("?")[0]
        return self.read(answer.text)

    def read(self, text: str) -> str:
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text)
        self.hidden = {name: unescape(value) for name, value in found}
        return text

    def send(self, values: Mapping[str, Any], *, seconds: int = 30, **headers: str) -> TestResponse:
        self.works.clock.advance(seconds=seconds)
        data = {**self.hidden, **values}
        answer = self.client.post(self.path, data=data, headers=headers)
        if answer.status_code == 422:
            self.read(answer.text)
        return answer


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    folder = tmp_path_factory.mktemp("forms")
    clock = FixedClock(datetime(2026, 3, 13, 1, 0, tzinfo=UTC))
    opened = open_works(folder, f"sqlite:///{folder / 'works.sqlite'}", clock, FILES)
    give_password(opened.workspace, "ada@example.com")
    yield opened
    opened.workspace.close()


@pytest.fixture
def visitor(works: Works) -> Visitor:
    """An hour after the one before, so that nobody counts for another."""
    works.clock.advance(hours=2)
    return Visitor(application(works.workspace).test_client(), works)


def asked(works: Works, email: str) -> list[dict[str, Any]]:
    return works.find("x_ask", f'email == "{email}"')


def sent(works: Works, where: str = "true") -> list[dict[str, Any]]:
    return works.find("form_submission", where, sort="-created_at")


def test_what_a_visitor_sends_becomes_a_record_with_an_owner(works: Works, visitor: Visitor) -> None:
    text = visitor.open("/f/contact-us?utm_campaign=spring&utm_source=news")
    assert "<strong>answer</strong>" in text
    assert "Internal" not in text
    assert "Set-Cookie" not in str(visitor.client.get("/f/contact-us").headers)
    answer = visitor.send(GOOD, Referer="https://www.example.com/prices")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/f/contact-us/thanks?language=en")
    assert "Thank you, we call you." in visitor.client.get(answer.headers["Location"]).text
    (record,) = asked(works, "lin@example.com")
    assert (record["name"], record["source"], record["rank"], record["campaign"]) == ("Lin Wei", "web", 0, "spring")
    assert record["owner"]["id"] in (works.ids["sam"], works.ids["sue"])
    assert record["agreed"] is not None
    kept = sent(works)[0]
    assert (kept["status"], kept["outcome"], kept["record_id"]) == ("accepted", "created", record["id"])
    assert kept["answers"]["your_name"] == "Lin Wei"
    assert kept["consent"] == "You may write to me."
    works.go()
    assert works.read("x_ask", record["id"])["secret"] == "created news"
    assert works.runs(record["id"], "x_greet")[0]["status"] == "done"
    told = works.find("notification", f'record_id == "{record["id"]}"')
    assert {each["person"]["id"] for each in told} == {works.ids["ada"], record["owner"]["id"]}


def test_sending_twice_makes_one_record(works: Works, visitor: Visitor) -> None:
    visitor.open()
    values = {**GOOD, "email": "twice@example.com"}
    assert [visitor.send(values).status_code for _time in range(3)] == [303, 303, 303]
    assert len(asked(works, "twice@example.com")) == 1
    assert [each["answers"].get("email") for each in sent(works)].count("twice@example.com") == 1


def test_what_is_wrong_is_told_at_its_question_and_nothing_typed_is_lost(works: Works, visitor: Visitor) -> None:
    visitor.open()
    answer = visitor.send({"name": "Lin", "email": "nonsense", "topic": "price", "wish": "kept words"})
    assert answer.status_code == 422
    for words in ("not a valid e-mail", "“Budget” must be filled in.", "Please agree", "kept words", "nonsense"):
        assert words in unescape(answer.text)
    good = {**GOOD, "email": "corrected@example.com", "topic": "price", "budget": "500", "budget.currency": "CNY"}
    assert visitor.send(good).status_code == 303
    assert asked(works, "corrected@example.com")[0]["rank"] == 1


def test_what_was_not_to_be_asked_is_left_out(works: Works, visitor: Visitor) -> None:
    visitor.open()
    values = {**GOOD, "email": "hidden@example.com", "topic": "", "budget": "9", "wish": "unseen", "secret": "x"}
    assert visitor.send({**values, "rank": "7", "owner": works.ids["ada"]}).status_code == 303
    (record,) = asked(works, "hidden@example.com")
    assert (record["budget"], record["wish"], record["secret"], record["rank"]) == (None, None, None, 0)
    assert record["owner"]["id"] != works.ids["ada"]
    visitor.open()
    refused = visitor.send({**GOOD, "email": "inside@example.com", "topic": "inside"})
    assert "cannot be this" in refused.text


def test_a_rule_that_refuses_is_told_and_the_correction_is_the_same_submission(works: Works, visitor: Visitor) -> None:
    visitor.open()
    values = {**GOOD, "email": "cat@example.com", "wish": "a cat"}
    answer = visitor.send(values)
    assert (answer.status_code, "No cats here." in answer.text) == (422, True)
    assert sent(works)[0]["status"] == "refused"
    assert "No cats here." in sent(works)[0]["reason"]
    assert visitor.send({**values, "wish": "a dog"}).status_code == 303
    assert asked(works, "cat@example.com")[0]["wish"] == "a dog"
    assert [each["status"] for each in sent(works) if each["answers"].get("email") == "cat@example.com"] == ["accepted"]


def test_what_a_visitor_cannot_correct_is_kept_and_can_be_accepted_later(works: Works, visitor: Visitor) -> None:
    visitor.open("/f/noted?rank=20")
    question = re.search(r"What is (\d) \+ (\d)\?", visitor.client.get("/f/noted").text)
    assert question is not None
    text = visitor.open("/f/noted?rank=20")
    first, second = re.findall(r"What is (\d) \+ (\d)\?", text)[0]
    wrong = visitor.send({"name": "Rank", "company": "High", "-solution": "99"})
    assert "Answer the small question." in wrong.text
    first, second = re.findall(r"What is (\d) \+ (\d)\?", wrong.text)[0]
    values = {"name": "Rank", "company": "High", "-solution": str(int(first) + int(second))}
    answer = visitor.send(values)
    assert answer.status_code == 303
    thanks = visitor.client.get(answer.headers["Location"])
    assert "url=https://www.example.com/thanks" in thanks.text
    kept = sent(works)[0]
    assert (kept["status"], "Rank is too high." in kept["reason"]) == ("refused", True)
    assert works.find("x_ask", 'company == "High"') == []
    works.change("form_submission", kept["id"], "ada", answers={**kept["answers"], "rank": "3"}, status="waiting")
    works.go()
    assert works.read("form_submission", kept["id"])["status"] == "accepted"
    assert works.find("x_ask", 'company == "High"')[0]["rank"] == 3


def test_a_known_visitor_is_recognised_and_nobody_is_told(works: Works, visitor: Visitor) -> None:
    known = works.create("x_ask", "ada", name="Known", email="known@example.com", company="Known Ltd")
    visitor.open()
    answer = visitor.send({**GOOD, "email": "KNOWN@example.com", "company": "Other"})
    assert answer.status_code == 303
    (record,) = asked(works, "known@example.com")
    assert (record["id"], record["name"], record["topic"]) == (known, "Known", "demo")
    assert sent(works)[0]["outcome"] == "updated"
    text = visitor.open("/f/noted")
    first, second = re.findall(r"What is (\d) \+ (\d)\?", text)[0]
    visitor.send({"name": "Again", "company": "ＫＮＯＷＮ, ltd.", "-solution": str(int(first) + int(second))})
    (comment,) = works.find("comment", f'record_id == "{known}"')
    assert "Name: Again" in comment["text"]
    assert works.find("x_ask", 'name == "Again"') == []


def test_machines_are_kept_out(works: Works, visitor: Visitor) -> None:
    visitor.open()
    assert "That was very quick." in visitor.send(GOOD, seconds=1).text
    assert visitor.send({**GOOD, "email": "trap@example.com", "your-website": "x"}).status_code == 303
    visitor.open()
    links = "https://a.example https://b.example www.c.example"
    assert visitor.send({**GOOD, "email": "links@example.com", "wish": links}).status_code == 303
    assert [each["status"] for each in sent(works)[:2]] == ["spam", "spam"]
    assert (asked(works, "trap@example.com"), asked(works, "links@example.com")) == ([], [])
    works.change("form_submission", sent(works, 'contains(reason, "3 links")')[0]["id"], "ada", status="waiting")
    works.go()
    assert len(asked(works, "links@example.com")) == 1
    visitor.open()
    late = visitor.send({**GOOD, "email": "late@example.com"}, seconds=100_000)
    assert "open for too long" in late.text
    assert visitor.send({**GOOD, "email": "late@example.com"}).status_code == 303
    visitor.hidden["-pass"] = visitor.hidden["-pass"].rpartition(".")[0] + ".forged"
    assert visitor.send({**GOOD, "email": "forged@example.com"}).status_code == 422
    assert asked(works, "forged@example.com") == []


def test_one_address_sends_only_so_often(works: Works, visitor: Visitor) -> None:
    codes = []
    for number in range(13):
        visitor.open()
        codes.append(visitor.send({**GOOD, "email": f"often{number}@example.com"}, seconds=5).status_code)
    assert codes == [303] * 12 + [429]
    works.clock.advance(minutes=61)
    visitor.open()
    assert visitor.send({**GOOD, "email": "often12@example.com"}).status_code == 303


def test_a_file_belongs_to_the_record_in_the_end(works: Works, visitor: Visitor) -> None:
    visitor.open()
    values = {**GOOD, "email": "file@example.com"}
    picture = visitor.send({**values, "plan.upload": (BytesIO(b"\x89PNG\r\n\x1a\n0000"), "x.png", "image/png")})
    assert "This kind of file is not taken here." in picture.text
    assert visitor.send({**values, "plan.upload": (BytesIO(b"plan"), "plan.txt", "text/plain")}).status_code == 303
    (record,) = asked(works, "file@example.com")
    (file,) = works.find("file", 'name == "plan.txt"')
    assert (record["plan"]["id"], file["record_entity"], file["record_id"]) == (file["id"], "x_ask", record["id"])


def test_only_declared_sites_show_it_and_send_it(works: Works, visitor: Visitor) -> None:
    page = visitor.client.get("/f/contact-us")
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://www.example.com https://*.example.org" in policy
    assert "X-Frame-Options" not in page.headers
    strict = visitor.client.get("/f/noted").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self';" in strict
    assert visitor.client.get("/sign-in").headers["X-Frame-Options"] == "DENY"
    visitor.open()
    for origin, status in (("https://evil.example", 403), ("null", 403), ("https://a.b.example.org", 303)):
        assert visitor.send({**GOOD, "email": "origin@example.com"}, Origin=origin).status_code == status
    assert b"tenonForm" in visitor.client.get("/f/embed.js").data


def test_a_form_that_takes_no_answers_says_so(works: Works, visitor: Visitor) -> None:
    answer = visitor.client.get("/f/paused", headers={"Accept-Language": "zh-CN"})
    assert (answer.status_code, "此表单暂停收集。" in answer.text) == (410, True)
    assert visitor.client.get("/f/nothing").status_code == 404
    assert visitor.client.post("/f/paused", data={"name": "x"}).status_code == 410


def test_a_submission_is_accepted_from_its_page(works: Works, visitor: Visitor) -> None:
    visitor.open()
    visitor.send({**GOOD, "email": "late-lunch@example.com", "your-website": "x"})
    (kept,) = [each for each in sent(works) if each["answers"].get("email") == "late-lunch@example.com"]
    client = application(works.workspace).test_client()
    assert post(client, f"/form_submission/{kept['id']}/-/accept").status_code in (303, 401)
    sign_in(client, "ada@example.com")
    assert "Accept it" in client.get(f"/form_submission/{kept['id']}").text
    assert post(client, f"/form_submission/{kept['id']}/-/accept").status_code == 303
    (record,) = asked(works, "late-lunch@example.com")
    page = client.get(f"/form_submission/{kept['id']}").text
    assert "It was accepted." in page
    assert f"/x_ask/{record['id']}" in page


def test_a_form_has_a_colour_of_its_own(visitor: Visitor) -> None:
    text = visitor.open()
    assert 'data-webform="contact"' in text
    sheet = re.search(r'href="(/-/colors-[^"]+)"', text)
    assert sheet is not None
    assert 'html[data-webform="contact"]{--accent:#' in visitor.client.get(sheet.group(1)).text


def test_languages_go_by_the_browser_and_by_a_switch(visitor: Visitor) -> None:
    chinese = visitor.open(headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert ("您的姓名" in chinese, 'lang="zh-CN"' in chinese) == (True, True)
    assert "Your name" in visitor.open("/f/contact-us?language=en", headers={"Accept-Language": "zh-CN"})


def test_administrators_see_the_address_and_what_to_paste(works: Works, visitor: Visitor) -> None:
    assert visitor.client.get("/-/webforms").status_code in (302, 303)
    client = application(works.workspace).test_client()
    sign_in(client, "ada@example.com")
    assert "Contact us" in client.get("/-/webforms").text
    text = unescape(client.get("/-/webforms/contact").text)
    assert '<iframe data-tenon-form src="http://localhost/f/contact-us?embed=1"' in text
