"""Somebody who is asked to approve can decide from the mail that tells of it."""

import re
from pathlib import Path

from samples.talk_world import open_talk
from services.smtp import MailServer
from tenon.application import application
from tenon.clock import FixedClock

SITE = "https://crm.pond.example"
APPROVAL = """
label: {en: Signing, zh-CN: 签约}
entity: x_client
steps:
  boss: {label: {en: Boss, zh-CN: 老板}, who: role("administrator")}
"""


def test_a_mail_about_an_approval_has_its_links_and_one_decides(
    tmp_path: Path, sqlite_url: str, clock: FixedClock, mail_server: MailServer
) -> None:
    files = {"approvals/x_signing.yaml": APPROVAL}
    settings = {"SMTP_URL": mail_server.url, "MAIL_FROM": "crm@pond.example", "PUBLIC_URL": SITE}
    talk = open_talk(tmp_path / "talk", sqlite_url, clock, files, **settings)
    approvals = talk.workspace.current.processes.approvals
    access = talk.access("sam")
    with talk.unit("sam") as unit:
        approvals.submit(unit, access, "x_client", talk.ids["Acme"], "x_signing")
    talk.workspace.background.run_due()
    clock.advance(hours=2)
    talk.workspace.background.run_due()
    mail = next(mail for to, mail in mail_server.taken if to == ["boss@pond.example"])
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    approve = re.search(rf"Approve: {SITE}(\S+)", text)
    assert approve is not None
    assert f"Reject: {SITE}/inbox/link/" in text
    anonymous = application(talk.workspace).test_client()
    page = anonymous.get(approve[1]).text
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    anonymous.post(approve[1], data={"csrf_token": token})
    (request,) = talk.find("approval_request", None, "boss")
    assert request["status"] == "approved"
    talk.workspace.close()
