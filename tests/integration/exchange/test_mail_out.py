"""E-mail that leaves the house: said once, in the reader's language, with what became of it; by a real SMTP server."""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from samples.pool_world import Pond
from samples.talk_world import comment, on, open_talk
from services.smtp import MailServer
from tenon.application import application
from tenon.clock import FixedClock
from tenon.errors import Forbidden
from tenon.exchange.messages import Letter
from tenon.schema import SYSTEM_TABLES

FILES: Mapping[str, str] = {
    "templates/x_signed.yaml": """
label: {en: Signed, zh-CN: 已签约}
channel: email
entity: x_client
format: markdown
thread: record
topic: news
subject: {en: "Signed: {{ name }}", zh-CN: "已签约：{{ name }}"}
body:
  en: "Dear **all**,\\n\\n{{ name }} has {% if size > 3 %}a big{% else %}a small{% end %} size: {{ size }}."
  zh-CN: "**大家好**，\\n\\n{{ name }}，规模 {{ size }}。"
""",
    "automations/x_on_signed.yaml": """
label: {en: On signing, zh-CN: 签约时}
on: {updated: {entity: x_client, fields: [signed]}}
when: signed
run_as: system
do:
  grow: {set: {size: size + 1}}
  mark: {set: {key_account: "true"}}
  mail: {email: {to: [owner, manager(owner), '"Boss@pond.example"'], template: x_signed}}
  tell: {notify: {to: [owner], title: "Signed: {{ name }}"}}
  also: {notify: {to: [owner], title: "Well done"}}
""",
    "automations/x_too.yaml": """
label: {en: Too, zh-CN: 另一个}
on: {updated: {entity: x_client, fields: [signed]}}
when: signed
do: {tell: {notify: {to: [owner], title: "Well done"}}, note: {comment: {text: "Signed {{ name }}", mention: [owner]}}}
""",
}
SETTINGS = {"MAIL_FROM": "Pond 公司 <crm@pond.example>", "PUBLIC_URL": "https://crm.pond.example"}


@pytest.fixture
def world(tmp_path: Path, clock: FixedClock, mail_server: MailServer) -> Iterator[Callable[[str], Pond]]:
    opened: list[Pond] = []

    def build(url: str) -> Pond:
        talk = open_talk(tmp_path / "talk", url, clock, FILES, SMTP_URL=mail_server.url, **SETTINGS)
        for name in ("sam", "sol", "chloe", "boss"):  # so that only what a test is about is mailed
            talk.change("user", talk.ids[name], notify_by_mail="never")
        opened.append(talk)
        return talk

    yield build
    for talk in opened:
        talk.workspace.close()


@pytest.fixture
def talk(world: Callable[[str], Pond], sqlite_url: str) -> Pond:
    return world(sqlite_url)


def run(talk: Pond) -> None:
    talk.workspace.background.run_due()


def queue(talk: Pond, **letter: Any) -> str | None:
    messages = talk.workspace.current.processes.ground.service("messages")
    given: dict[str, Any] = {
        "channel": "email",
        "subject": "Hello",
        "text": "Words",
        "key": "k1",
        "to": ("a@b.example",),
    }
    with talk.unit() as unit:
        found: str | None = messages.queue(unit, Letter(**{**given, **letter}))
    return found


def ledger(talk: Pond) -> list[tuple[str, str]]:
    return [(each["status"], each["recipients"]) for each in talk.find("message", sort=("created_at", "id"))]


def test_one_change_with_three_effects_is_one_mail_for_each_language(
    world: Callable[[str], Pond], database_url: str, mail_server: MailServer
) -> None:
    talk = world(database_url)
    talk.change("user", talk.ids["chloe"], language="zh-CN")
    talk.change("x_client", talk.ids["Acme"], name="Acme <b>&</b> *Co*", size=4)
    run(talk)
    talk.change("x_client", talk.ids["Acme"], "sam", signed=True)
    run(talk)
    assert sorted(to for to, _mail in mail_server.taken) == [
        ["chloe@pond.example"],
        ["sam@pond.example", "Boss@pond.example"],
    ]
    english, chinese = sorted(mail_server.mails, key=lambda mail: str(mail["Subject"]), reverse=False)
    assert (english["Subject"], chinese["Subject"]) == ("Signed: Acme <b>&</b> *Co*", "已签约：Acme <b>&</b> *Co*")
    html = english.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "<strong>all</strong>" in html
    assert "Acme &lt;b&gt;&amp;&lt;/b&gt; *Co* has a big size: 5." in html
    plain = english.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Acme <b>&</b> *Co* has a big size: 5." in plain
    assert english["From"] == "Pond 公司 <crm@pond.example>"
    assert [status for status, _to in ledger(talk)] == ["sent", "sent"]
    assert talk.read("message", talk.find("message")[0]["id"])["record_id"] == talk.ids["Acme"]
    (notice,) = talk.find("notification", "person == user", "sam")
    told = {notice["title"], *(notice["body"] or "").splitlines()}
    assert told == {"Signed: Acme <b>&</b> *Co*", "Well done"}
    (said,) = talk.find("comment")
    assert (said["text"], said["created_by"]["title"]) == ("Signed Acme <b>&</b> *Co*", "Sam")
    talk.change("x_client", talk.ids["Acme"], "sam", signed=False)
    talk.change("x_client", talk.ids["Acme"], "sam", signed=True)
    run(talk)
    again = next(mail for mail in mail_server.mails[2:] if mail["Subject"] == english["Subject"])
    assert again["In-Reply-To"] in {mail["Message-ID"] for mail in mail_server.mails[:2]}
    assert again["Message-ID"] not in {mail["Message-ID"] for mail in mail_server.mails[:2]}


def test_a_letter_of_the_same_key_goes_once(talk: Pond, mail_server: MailServer) -> None:
    assert queue(talk) is not None
    assert queue(talk) is None
    run(talk)
    run(talk)
    assert len(mail_server.taken) == 1


def test_what_the_server_refuses_for_now_is_tried_again_and_for_good_is_given_up(
    talk: Pond, mail_server: MailServer, clock: FixedClock
) -> None:
    mail_server.answers = ["451 4.3.0 later", "451 4.3.0 later"]
    queue(talk)
    run(talk)
    assert ledger(talk) == [("queued", "a@b.example")]
    for _attempt in range(2):
        clock.advance(minutes=6)
        run(talk)
    assert ledger(talk) == [("sent", "a@b.example")]
    mail_server.answers = ["554 5.7.1 no thanks"]
    queue(talk, key="k2", to=("c@d.example",))
    run(talk)
    clock.advance(days=2)
    run(talk)
    failed = talk.find("message", 'status == "failed"')
    assert [(each["recipients"], "554 5.7.1 no thanks" in each["error"]) for each in failed] == [("c@d.example", True)]
    with pytest.raises(Forbidden):
        talk.change("message", failed[0]["id"], "sam", status="queued")
    talk.change("message", failed[0]["id"], "boss", status="queued")
    run(talk)
    assert [status for status, _to in ledger(talk)] == ["sent", "sent"]


def test_one_unknown_reader_does_not_keep_the_others_from_it(talk: Pond, mail_server: MailServer) -> None:
    mail_server.unknown = {"gone@b.example"}
    queue(talk, to=("gone@b.example", "a@b.example"))
    queue(talk, to=("gone@b.example",), key="k2")
    run(talk)
    assert [to for to, _mail in mail_server.taken] == [["a@b.example"]]
    assert sorted(status for status, _to in ledger(talk)) == ["failed", "sent"]
    assert "550" in talk.find("message", 'status == "sent"')[0]["receipt"]


def test_what_may_have_arrived_waits_for_a_person(talk: Pond, mail_server: MailServer, clock: FixedClock) -> None:
    mail_server.answers = ["drop"]
    queue(talk)
    run(talk)
    clock.advance(days=2)
    run(talk)
    assert len(mail_server.taken) == 1
    assert ledger(talk) == [("failed", "a@b.example")]


def test_no_header_is_smuggled_in_and_files_are_attached(talk: Pond, mail_server: MailServer) -> None:
    stored = talk.workspace.files.put(io.BytesIO(b"%PDF-1.4 x"))
    file = talk.create("file", name="报价.pdf", mime_type="application/pdf", storage_key=stored.key, **on(talk, "Acme"))
    queue(talk, subject="Hi\r\nBcc: evil@x.example", files=(file,), text=".\r\n..dots\r\nend")
    run(talk)
    ((to, mail),) = mail_server.taken
    assert to == ["a@b.example"]
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hi Bcc: evil@x.example"
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("报价.pdf", b"%PDF-1.4 x")
    assert mail.get_body(("plain",)).get_content().splitlines() == [".", "..dots", "end"]  # type: ignore[union-attr]


def test_the_unsubscribed_and_the_bounced_get_nothing_and_the_ledger_says_why(
    talk: Pond, mail_server: MailServer
) -> None:
    talk.create("mail_block", address="gone@b.example", reason="bounced")
    queue(talk, to=("Gone@b.example", "a@b.example"), topic="news")
    run(talk)
    ((to, mail),) = mail_server.taken
    assert to == ["a@b.example"]
    link = re.fullmatch(r"<https://crm\.pond\.example(/unsubscribe/[^>]+)>", str(mail["List-Unsubscribe"]))
    assert link is not None
    client = application(talk.workspace).test_client()
    assert "a@b.example" in client.get(link[1]).text  # looking changes nothing
    queue(talk, key="k2", topic="news")
    answer = client.post(link[1], data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert client.get(link[1] + "x").status_code == 404
    queue(talk, key="k3", topic="news")
    queue(talk, key="k4", topic="")
    run(talk)
    assert [status for status, _to in ledger(talk)] == ["sent", "sent", "skipped", "sent"]
    skipped = talk.find("message", 'status == "skipped"')[0]
    assert skipped["error"] == "a@b.example: unsubscribed"


def test_notices_are_gathered_into_one_mail_without_what_was_read_meanwhile(
    talk: Pond, mail_server: MailServer, clock: FixedClock
) -> None:
    talk.change("user", talk.ids["boss"], notify_by_mail="hourly", language="zh-CN")
    for text in ("First", "Second", "Third"):
        comment(talk, "sam", "Acme", text, "boss")
    run(talk)
    first = talk.find("notification", 'person == user and body == "First"', "boss")[0]
    talk.change("notification", first["id"], "boss", read_at="2026-03-14T09:10:00Z")
    assert mail_server.taken == []
    clock.advance(minutes=61)
    run(talk)
    run(talk)
    ((to, mail),) = mail_server.taken
    assert (to, mail["Subject"]) == (["boss@pond.example"], "2 条通知")
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "First" not in text
    assert "Second" in text
    assert f"https://crm.pond.example/x_client/{talk.ids['Acme']}" in text
    assert {each["mail"] for each in talk.find("notification", "person == user", "boss")} == {"sent", None}


def test_without_a_mail_server_letters_fail_with_the_reason_and_notices_do_not(
    tmp_path: Path, sqlite_url: str, clock: FixedClock
) -> None:
    talk = open_talk(tmp_path / "talk", sqlite_url, clock)
    queue(talk)
    comment(talk, "sam", "Acme", "Hello", "boss")
    clock.advance(hours=1)
    run(talk)
    clock.advance(hours=1)
    run(talk)
    assert "TENON_SMTP_URL" in talk.find("message")[0]["error"]
    jobs = SYSTEM_TABLES["job"]
    with talk.workspace.database.reading() as connection:
        dead = connection.execute(sa.select(jobs.c.name).where(jobs.c.status == "dead"))
    assert [name for (name,) in dead] == ["messages.send"]
    talk.workspace.close()
