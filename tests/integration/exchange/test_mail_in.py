"""E-mail that comes in: none lost, none twice, none crashes; put with the record it is about. By a real IMAP server."""

import select
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from samples.odd_mails import ODD_MAILS
from samples.pool_world import Pond
from samples.talk_world import open_talk, told
from services.imap import PASSWORD, USER, MailFolder
from services.smtp import MailServer
from tenon.clock import FixedClock
from tenon.exchange.mailboxes.reading import read_mail
from tenon.exchange.messages import Letter
from tenon.process.pages import every_record
from tenon.query import Query
from tenon.workspace import Workspace

ENTITIES = {
    "entities/x_person.yaml": """
label: {en: Person, zh-CN: 联系人}
owned: true
fields:
  name: {type: text, required: true, max: 80, label: {en: Name, zh-CN: 名称}}
  mail: {type: email, label: {en: E-mail, zh-CN: 邮箱}}
""",
}


@pytest.fixture
def world(tmp_path: Path, clock: FixedClock) -> Iterator[Callable[..., Pond]]:
    opened: list[Pond] = []

    def build(url: str, **settings: str) -> Pond:
        talk = open_talk(tmp_path / "talk", url, clock, ENTITIES, **settings)
        for name in ("sam", "boss"):
            talk.change("user", talk.ids[name], notify_by_mail="never")
        talk.ids["Li"] = talk.create("x_person", name="Li", mail="Li@acme.example", owner=talk.ids["sam"])
        opened.append(talk)
        return talk

    yield build
    for talk in opened:
        talk.workspace.close()


def mailbox(talk: Pond, folder: MailFolder, **values: Any) -> str:
    given = {"name": "Box", "server": folder.server, "username": USER, "password": PASSWORD, "folder": folder.name}
    found = talk.create("mailbox", "boss", **{**given, **values})
    talk.workspace.background.run_due()  # the planner notes its first instants
    return found


def read(talk: Pond, clock: FixedClock) -> None:
    clock.advance(minutes=5)
    talk.workspace.background.run_due()


def mail(number: int, subject: str = "Hello", sender: str = "li@acme.example", **headers: str) -> bytes:
    lines = {"From": sender, "To": "crm@pond.example", "Subject": subject, "Message-ID": f"<m{number}@acme.example>"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    return ("".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\nWords\r\n").encode()


def outcomes(talk: Pond) -> list[tuple[str, str | None]]:
    return [(each["outcome"], each["reason"]) for each in talk.find("mail_entry", sort=("uid",))]


def every(talk: Pond, entity: str, *select: str) -> list[dict[str, Any]]:
    """All of them, page after page."""
    access = talk.access()
    query = Query(entity=entity, select=select, sort=("created_at", "id"))
    with talk.workspace.reading(access.actor) as unit:
        return list(every_record(talk.workspace.reader, unit, access, query))


def test_odd_mails_are_read_as_well_as_they_can_be() -> None:
    for name, (raw, subject, text) in ODD_MAILS.items():
        found = read_mail(raw)
        assert subject in found.subject, name
        assert text in found.text, name
        assert "\x00" not in found.subject + found.text + found.sender, name
    (file,) = read_mail(ODD_MAILS["HTML alone, and a file with a Chinese name"][0]).attached
    assert (file.name, file.content) == ("报价.pdf", b"%PDF")


def test_every_odd_mail_is_stored_and_a_second_reading_adds_nothing(
    world: Callable[..., Pond], database_url: str, clock: FixedClock, mail_folder: MailFolder
) -> None:
    talk = world(database_url)
    mail_folder.put(*(raw for raw, _subject, _text in ODD_MAILS.values()))
    box = mailbox(talk, mail_folder)
    read(talk, clock)
    assert [outcome for outcome, _reason in outcomes(talk)] == ["stored"] * len(ODD_MAILS)
    assert len(talk.find("message")) == len(ODD_MAILS)
    talk.change("mailbox", box, last_uid=None)  # as after a loss of the note
    read(talk, clock)
    talk.change("mailbox", box, validity="1")  # as after the server numbered the folder anew
    read(talk, clock)
    assert len(talk.find("message")) == len(ODD_MAILS)
    entry = talk.find("mail_entry", sort=("uid",))[0]
    stored = talk.read("file", entry["raw"]["id"], "storage_key")
    assert talk.workspace.files.path(stored["storage_key"]).read_bytes() == next(iter(ODD_MAILS.values()))[0]


def test_many_mails_are_read_portion_by_portion_and_duplicates_once(
    world: Callable[..., Pond], sqlite_url: str, clock: FixedClock, mail_folder: MailFolder
) -> None:
    talk = world(sqlite_url)
    mail_folder.put(*(mail(number, sender="x@y.example") for number in range(120)), mail(7))
    mailbox(talk, mail_folder)
    read(talk, clock)
    found = outcomes(talk)
    assert found == [("stored", None)] * 120 + [("skipped", "duplicate")]
    assert len(talk.find("message")) == 120


def test_a_mail_is_put_with_the_record_it_answers_or_with_who_wrote_it(
    world: Callable[..., Pond],
    sqlite_url: str,
    clock: FixedClock,
    mail_folder: MailFolder,
    mail_server: MailServer,
) -> None:
    talk = world(sqlite_url, SMTP_URL=mail_server.url, MAIL_FROM="crm@pond.example")
    messages = talk.workspace.current.processes.ground.service("messages")
    with talk.unit() as unit:
        letter = Letter(
            channel="email", to=("li@acme.example",), subject="Offer", text="…", entity="x_client",
            record_id=talk.ids["Acme"], key="k",
        )  # fmt: skip
        messages.queue(unit, letter)
    talk.workspace.background.run_due()
    sent = str(mail_server.mails[0]["Message-ID"])
    mail_folder.put(
        mail(1, "Re: Offer", References=f"<other@x.example> {sent}"),
        mail(2, "A question"),
        mail(3, "From nobody", sender="who@knows.example"),
    )
    mailbox(talk, mail_folder)
    read(talk, clock)
    found = {each["subject"]: each for each in talk.find("message", 'direction == "in"')}
    assert found["Re: Offer"]["record_id"] == talk.ids["Acme"]
    assert found["Re: Offer"]["thread"] == talk.find("message", 'direction == "out"')[0]["thread"]
    assert (found["A question"]["record_entity"], found["A question"]["record_id"]) == ("x_person", talk.ids["Li"])
    assert found["From nobody"]["record_id"] is None
    assert ("other", "E-mail from li@acme.example") in told(talk, "sam")
    assert {each["subject"] for each in talk.find("message", 'direction == "in"', "sam")} == {"Re: Offer"}
    assert len(talk.find("message", 'direction == "in"', "boss")) == 3


def test_a_bounce_marks_the_mail_and_spares_the_address(
    world: Callable[..., Pond],
    sqlite_url: str,
    clock: FixedClock,
    mail_folder: MailFolder,
    mail_server: MailServer,
) -> None:
    talk = world(sqlite_url, SMTP_URL=mail_server.url, MAIL_FROM="crm@pond.example")
    messages = talk.workspace.current.processes.ground.service("messages")
    with talk.unit() as unit:
        messages.queue(unit, Letter(channel="email", to=("gone@acme.example",), subject="Hi", text="…", key="k"))
    talk.workspace.background.run_due()
    sent = str(mail_server.mails[0]["Message-ID"])
    report = (
        b"From: MAILER-DAEMON@mail.test\r\nSubject: Undelivered\r\nMessage-ID: <b1@mail.test>\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="z"\r\n\r\n'
        b"--z\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--z\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mail.test\r\n\r\nFinal-Recipient: rfc822; gone@acme.example\r\nAction: failed\r\n"
        b"Status: 5.1.1\r\n\r\n--z\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: " + sent.encode()
        + b"\r\nSubject: Hi\r\n\r\n...\r\n--z--\r\n"
    )  # fmt: skip
    mail_folder.put(report)
    mailbox(talk, mail_folder)
    read(talk, clock)
    assert outcomes(talk) == [("stored", "bounce 5.1.1 gone@acme.example")]
    assert talk.find("message", 'direction == "out"')[0]["status"] == "bounced"
    with talk.unit() as unit:
        messages.queue(unit, Letter(channel="email", to=("gone@acme.example",), subject="Hi", text="…", key="k2"))
    assert [each["status"] for each in talk.find("message", 'key == "k2"')] == ["skipped"]


def test_trouble_is_told_and_nothing_is_lost_when_the_server_breaks_off(
    world: Callable[..., Pond], sqlite_url: str, clock: FixedClock, mail_folder: MailFolder
) -> None:
    talk = world(sqlite_url)
    mail_folder.put(*(mail(number) for number in range(30)))
    with _Breaking(mail_folder.port, after=6_000) as breaking:
        box = mailbox(talk, mail_folder, server=f"imap://127.0.0.1:{breaking.port}")
        for _step in range(40):
            read(talk, clock)
            if len(talk.find("mail_entry")) == 30:
                break
        assert breaking.broken > 0
    assert len(talk.find("message")) == 30
    talk.change("mailbox", box, server=mail_folder.server, password="wrong")
    for _hour in range(3):
        clock.advance(minutes=61)
        talk.workspace.background.run_due()
    assert "does not let us in" in talk.read("mailbox", box, "last_error")["last_error"]
    assert ("trouble", "The mailbox “Box” is not being read") in told(talk, "boss")
    assert len([each for each in told(talk, "boss") if each[0] == "trouble"]) == 1


def test_a_thousand_mails_through_drops_and_restarts_are_each_stored_once(
    world: Callable[..., Pond], sqlite_url: str, clock: FixedClock, mail_folder: MailFolder
) -> None:
    """P116: what was seen is stored; reading all of it again adds nothing."""
    talk = world(sqlite_url)
    mail_folder.put(*(mail(number, sender="x@y.example") for number in range(1000)))
    with _Breaking(mail_folder.port, after=12_000) as breaking:
        box = mailbox(talk, mail_folder, server=f"imap://127.0.0.1:{breaking.port}")
        for step in range(200):
            read(talk, clock)
            seen = every(talk, "mail_entry", "uid", "outcome")
            if len(seen) == 1000:
                break
            if step % 3 == 1:
                settings = talk.workspace.settings
                talk.workspace.close()
                talk.workspace = Workspace.open(talk.workspace.folder, settings, clock)
        assert breaking.broken > 10
    stored = every(talk, "message", "message_id")
    assert {(each["uid"], each["outcome"]) for each in seen} == {(number, "stored") for number in range(101, 1101)}
    assert {each["message_id"] for each in stored} == {f"m{number}@acme.example" for number in range(1000)}
    talk.change("mailbox", box, server=mail_folder.server, last_uid=None)
    read(talk, clock)
    assert every(talk, "mail_entry", "uid", "outcome") == seen
    assert every(talk, "message", "message_id") == stored
    told_of = talk.read("mailbox", box, "last_error", "last_success")
    assert told_of["last_error"] is None
    assert told_of["last_success"] is not None


class _Breaking:
    """Between the program and the server: each connection ends after so many bytes from the server."""

    def __init__(self, to: int, *, after: int) -> None:
        self._to, self._after, self.broken = to, after, 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> "_Breaking":
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        while not self._ending.is_set():
            if not select.select([self._listening], [], [], 0.05)[0]:
                continue
            near, _address = self._listening.accept()
            with near, socket.create_connection(("127.0.0.1", self._to)) as far:
                for each in (near, far):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._pass(near, far)

    def _pass(self, near: socket.socket, far: socket.socket) -> None:
        left = self._after
        while not self._ending.is_set():
            for source in select.select([near, far], [], [], 0.05)[0]:
                data = source.recv(1024)
                if not data:
                    return
                (near if source is far else far).sendall(data)
                left -= len(data) if source is far else 0
                if left <= 0:
                    self.broken += 1
                    return
