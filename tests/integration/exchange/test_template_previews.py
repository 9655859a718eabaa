"""Templates looked at before anybody gets them: by administrators, with a record or with values made up."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from samples.automation_world import Works
from samples.document_world import deal, open_desk
from tenon.clock import FixedClock
from tenon.errors import BadRequest, Forbidden, NotFound, UnknownName
from tenon.exchange.messages.lengths import sms_length
from tenon.exchange.previewing import Preview, Previews


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    folder = tmp_path_factory.mktemp("previews")
    opened = open_desk(
        folder, f"sqlite:///{folder / 'desk.sqlite'}", FixedClock(datetime(2026, 3, 14, 9, 0, tzinfo=UTC))
    )
    yield opened
    opened.workspace.close()


def service(works: Works) -> Previews:
    found: Previews = works.workspace.current.processes.ground.service("previews")
    return found


def look(works: Works, name: str, record: str | None = None, language: str = "en", who: str = "ada") -> Preview:
    access = works.access(who)
    with works.workspace.reading(access.actor) as unit:
        return service(works).look(unit, access, name, record, language)


def test_a_mail_is_shown_as_its_reader_gets_it(works: Works) -> None:
    record = deal(works)
    found = look(works, "note", record, "zh-CN")
    assert (found.subject, found.preheader) == ("关于 Deal 喆堃", "致您")
    assert found.text == "**远达机电 Ltd**，请见地点。"
    assert "<strong>远达机电 Ltd</strong>" in found.html
    assert 'content="light"' in found.page
    assert look(works, "note", record).subject == "About Deal 喆堃"


def test_without_a_record_values_are_made_up_from_the_metadata(works: Works) -> None:
    mail = look(works, "note")
    assert (mail.subject, mail.text) == ("About Name", "Dear **Name**, see Place.")
    offer = look(works, "offer", language="zh-CN")
    assert offer.html.count("<tr>") == 4
    assert "<td>名称 2</td>" in offer.html
    assert "合计 ¥3,601.50" in offer.html
    assert offer.notes == ()


def test_a_text_message_says_how_many_parts_it_takes(works: Works) -> None:
    sms = look(works, "short", deal(works), "zh-CN").sms
    assert sms is not None
    assert (sms.encoding, sms.parts) == ("UCS-2", 1)


@pytest.mark.parametrize(
    ("text", "encoding", "parts"),
    [
        ("", "GSM-7", 0),
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("好" * 70, "UCS-2", 1),
        ("好" * 71, "UCS-2", 2),
        ("😀" * 36, "UCS-2", 2),
        ("a" * 306 + "好", "UCS-2", 5),
    ],
)
def test_parts_are_counted_as_they_are_paid_for(text: str, encoding: str, parts: int) -> None:
    found = sms_length(text)
    assert (found.encoding, found.parts, found.characters) == (encoding, parts, len(text))


def test_only_administrators_look_and_only_at_what_is_there(works: Works) -> None:
    record = deal(works)
    with pytest.raises(Forbidden):
        look(works, "note", record, who="sam")
    with pytest.raises(UnknownName):
        look(works, "nothing")
    with pytest.raises(NotFound):
        look(works, "note", "0190a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b")


def test_a_mail_can_be_sent_to_oneself_and_to_nobody_else(works: Works) -> None:
    access, record = works.access("ada"), deal(works)
    with works.unit("ada") as unit:
        made = service(works).send_to_me(unit, access, "note", record, "en")
    message = works.read("message", str(made))
    assert (message["recipients"], message["cc"], message["bcc"]) == ("ada@example.com", None, None)
    assert message["subject"] == "[Trial] About Deal 喆堃"
    with works.unit("ada") as unit, pytest.raises(BadRequest):
        service(works).send_to_me(unit, access, "short", record, "en")
