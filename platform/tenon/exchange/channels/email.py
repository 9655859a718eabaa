"""In charge of e-mail: one message as MIME with a plain and an HTML part, handed to the mail server by SMTP.

What the server refuses for good is given up; what it refuses for now is tried again. When the connection ends after the
whole message was handed over, nobody knows whether it was taken: then a person decides.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, getaddresses
from urllib.parse import unquote, urlsplit

from tenon.exchange.channels.base import CHANNELS, Channel, Receipt, Sending, lines
from tenon.exchange.unsubscribing import unsubscribe_address
from tenon.fields.base import TypeSettings
from tenon.fields.datetime import DatetimeField
from tenon.jobs import GiveUp, Unsure
from tenon.texts import say

TIMEOUT = 30
_INSTANT = DatetimeField({}, TypeSettings())


class Email(Channel):
    def check(self, sending: Sending) -> None:
        if not sending.house.settings.smtp_url:
            raise GiveUp(say("No mail server is set: TENON_SMTP_URL.", "未设置邮件服务器：TENON_SMTP_URL。"))
        if not sending.house.settings.mail_from and not sending.record["sender"]:
            raise GiveUp(say("No sender is set: TENON_MAIL_FROM.", "未设置发件人：TENON_MAIL_FROM。"))

    def send(self, sending: Sending) -> Receipt:
        mail = composed(sending)
        wanted = getaddresses([*sending.recipients, *lines(sending.record["cc"]), *lines(sending.record["bcc"])])
        recipients = list(dict.fromkeys(address for _name, address in wanted if address))
        sender = getaddresses([str(mail["From"])])[0][1]
        with _connected(sending.house.settings.smtp_url) as server:
            _command(server.mail(sender), "MAIL FROM")
            refused = {address: reply for address in recipients if (reply := server.rcpt(address))[0] >= 400}
            if len(refused) == len(recipients):
                _refused(*next(iter(refused.values())), "RCPT TO")
            code, words = _handed_over(server, mail)
            if code >= 400:
                _refused(code, words, "DATA")
        note = "".join(f"; {address}: {no} {_text(reply)}" for address, (no, reply) in refused.items())
        return Receipt(f"{code} {_text(words)}{note}")


CHANNELS.register("email")(Email())


def composed(sending: Sending) -> EmailMessage:
    """The mail as it goes out. Names and subjects hold no line breaks, so no header can be smuggled in."""
    record, settings = sending.record, sending.house.settings
    mail = EmailMessage(policy=SMTP)
    sender = record["sender"] or settings.mail_from
    mail["From"] = _addresses([sender])
    mail["To"] = _addresses(sending.recipients)
    for header, name in (("Cc", "cc"), ("Reply-To", "reply_to")):
        if record[name]:
            mail[header] = _addresses(lines(record[name]))
    mail["Subject"] = " ".join((record["subject"] or "").split())
    mail["Date"] = format_datetime(_INSTANT.parse(record["created_at"]) or record["created_at"])
    mail["Message-ID"] = f"<{record['message_id']}>"
    if record["in_reply_to"]:
        mail["In-Reply-To"] = f"<{record['in_reply_to']}>"
        mail["References"] = " ".join(f"<{each}>" for each in (record["references"] or "").split())
    mail["Auto-Submitted"] = "auto-generated"
    if record["topic"]:
        _let_unsubscribe(mail, sending)
    mail.set_content(record["body"] or "")
    if record["html"]:
        mail.add_alternative(record["html"], subtype="html")
    for name, kind, key in sending.files:
        main, _slash, sub = kind.partition("/")
        content = sending.house.files.path(key).read_bytes()
        mail.add_attachment(content, maintype=main, subtype=sub or "octet-stream", filename=name)
    return mail


def _let_unsubscribe(mail: EmailMessage, sending: Sending) -> None:
    """One click in the reader's mail program (RFC 8058), where this installation has a public address."""
    address = unsubscribe_address(sending.house, sending.recipients[0], sending.record["topic"])
    if address:
        mail["List-Unsubscribe"] = f"<{address}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _addresses(written: list[str]) -> str:
    clean = [" ".join(each.split()) for each in written]
    return ", ".join(formataddr((name, address)) for name, address in getaddresses(clean) if address)


@contextmanager
def _connected(url: str) -> Iterator[smtplib.SMTP]:
    """Signed in, and under TLS where the server offers it."""
    address = urlsplit(url)
    host, context = address.hostname or "localhost", ssl.create_default_context()
    server: smtplib.SMTP
    if address.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, address.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, address.port or 25, timeout=TIMEOUT)
    try:
        server.ehlo_or_helo_if_needed()
        if address.scheme != "smtps" and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        if address.username:
            server.login(unquote(address.username), unquote(address.password or ""))
        yield server
    finally:
        server.close()


def _handed_over(server: smtplib.SMTP, mail: EmailMessage) -> tuple[int, bytes]:
    code, words = server.docmd("data")
    if code != 354:
        _refused(code, words, "DATA")
    try:
        server.send(_dotted(mail.as_bytes(policy=SMTP)))
        return server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise Unsure(
            say(
                "The connection to the mail server ended while the mail was handed over. Look whether it arrived.",
                "交付邮件时与邮件服务器的连接中断，请确认邮件是否已送达。",
            )
        ) from error


def _dotted(content: bytes) -> bytes:
    """As it goes over the line: dots at the beginning of lines doubled, a dot alone at the end (RFC 5321, 4.5.2)."""
    whole = content if content.endswith(b"\r\n") else content + b"\r\n"
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in whole.split(b"\r\n")) + b".\r\n"


def _command(reply: tuple[int, bytes], name: str) -> None:
    if reply[0] >= 400:
        _refused(*reply, name)


def _refused(code: int, words: bytes, command: str) -> None:
    """Raises GiveUp for what the server refuses for good (5xx), else an error that is tried again."""
    told = f"{command}: {code} {_text(words)}"
    if code >= 500:
        raise GiveUp(say("The mail server refused it: {told}", "邮件服务器拒绝：{told}", told=told))
    raise smtplib.SMTPResponseException(code, told)


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
