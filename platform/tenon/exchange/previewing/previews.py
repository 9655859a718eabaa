"""In charge of the service `previews`: what a template becomes, as its reader would get it. Nothing is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import BadRequest, Forbidden, UnknownName
from tenon.exchange.documents.composing import composed
from tenon.exchange.documents.making import Format, Made, made
from tenon.exchange.documents.webpage import webpage_of
from tenon.exchange.house import House
from tenon.exchange.messages.ledger import Letter
from tenon.exchange.messages.lengths import SmsLength, sms_length
from tenon.exchange.messages.rendering import mail_page, rendered
from tenon.exchange.previewing.samples import SampleSight
from tenon.fields.base import Display
from tenon.ids import new_id
from tenon.model.outreach import Given, Template
from tenon.process.ground import Ground
from tenon.process.parts import Part
from tenon.process.seeing import Sight, View
from tenon.texts import LANGUAGES, Text, say


@dataclass(frozen=True, kw_only=True)
class Preview:
    """`page` is the whole page a mail program or a browser shows; "" where there is only text."""

    template: Template
    language: str
    subject: str = ""
    preheader: str = ""
    text: str = ""
    html: str = ""
    page: str = ""
    sms: SmsLength | None = None
    notes: Sequence[Text] = ()


class Previews(Part):
    def __init__(self, ground: Ground, house: House) -> None:
        self._ground = ground
        self._house = house

    def look(
        self,
        unit: UnitOfWork,
        access: Access,
        name: str,
        record_id: str | None = None,
        language: str | None = None,
        *,
        dark: bool = False,
    ) -> Preview:
        """With the record as the actor may read it, else with one made up. Raises Forbidden, UnknownName, NotFound."""
        template = self.template(access, name)
        shown = self._language(access, language)
        view = self._view(unit, access, template, record_id, shown)
        display = Display(language=shown, timezone=access.actor.timezone)
        given = {each.name: self._given(view, each, shown) for each in template.given.values()}
        if template.channel == "document":
            document = composed(template, view, display, given)
            page = webpage_of(document)
            return Preview(template=template, language=shown, html=document.html, page=page, notes=document.notes)
        words = rendered(template, view, display, given)
        sms = sms_length(words.text) if template.channel == "sms" else None
        return Preview(
            template=template,
            language=shown,
            subject=words.subject,
            preheader=words.preheader,
            text=words.text,
            html=words.html,
            page=mail_page(words, dark=dark) if words.html else "",
            sms=sms,
            notes=view.sight.notes(),
        )

    def file(
        self,
        unit: UnitOfWork,
        access: Access,
        name: str,
        record_id: str | None,
        language: str | None,
        output: Format,
    ) -> Made:
        """Of a document template, to be looked at."""
        template = self.template(access, name)
        shown = self._language(access, language)
        view = self._view(unit, access, template, record_id, shown)
        display = Display(language=shown, timezone=access.actor.timezone)
        given = {each.name: self._given(view, each, shown) for each in template.given.values()}
        return made(composed(template, view, display, given), output, unit.now)

    def send_to_me(
        self, unit: UnitOfWork, access: Access, name: str, record_id: str | None, language: str | None
    ) -> str | None:
        """An e-mail to the actor alone; the id of the message. Raises BadRequest for what is no e-mail."""
        preview = self.look(unit, access, name, record_id, language)
        system = self._ground.access(self._ground.system("a template sent to its author"))
        person = self._ground.reader.one(unit, system, "user", str(access.actor.id), ("id", "email"))
        if preview.template.channel != "email" or not person["email"]:
            raise BadRequest(
                say(
                    "Only e-mails can be sent to yourself, and you need an address.",
                    "只能将邮件模板发送给自己，且需要您有邮箱。",
                )
            )
        letter = Letter(
            channel="email",
            to=(str(person["email"]),),
            subject=say("[Trial] {subject}", "【测试】{subject}", subject=preview.subject).in_(preview.language),
            text=preview.text,
            html=preview.html,
            person=access.actor.id,
            template=name,
            key=f"preview:{new_id()}",
        )
        queued: str | None = self._ground.service("messages").queue(unit, letter)
        return queued

    def template(self, access: Access, name: str) -> Template:
        if not access.administers:
            raise Forbidden(say("Only administrators may look at templates.", "只有管理员可以查看模板。"))
        found = self._ground.model.templates.get(name)
        if found is None:
            raise UnknownName.among(name, self._ground.model.templates, where="template")
        return found

    def _language(self, access: Access, language: str | None) -> str:
        wanted = language or access.actor.language
        return wanted if wanted in LANGUAGES else self._ground.model.workspace.language

    def _view(self, unit: UnitOfWork, access: Access, template: Template, record_id: str | None, language: str) -> View:
        if template.entity is not None and record_id is not None:
            self._ground.reader.one(unit, access, template.entity, record_id, ("id",))
            return Sight(self._ground, unit, access).view(template.entity, record_id)
        sight = SampleSight(self._ground, unit, access)
        sight.language = language
        return sight.sample(template.entity)

    def _given(self, view: View, given: Given, language: str) -> Any:
        """Made up, so that everybody sees where it will stand."""
        if given.type == "record" and given.to is not None:
            sight = SampleSight(view.sight.ground, view.sight.unit, view.sight.access)
            sight.language = language
            return sight.record(given.to, new_id())
        made_up: dict[str, Any] = {
            "text": given.label.in_(language),
            "number": Decimal(12),
            "boolean": True,
            "date": date(2026, 3, 14),
            "datetime": view.sight.unit.now,
        }
        return made_up.get(given.type)
