"""In charge of the action “email”: written to the ledger with the step, sent after the commit."""

from collections.abc import Sequence
from html import escape
from typing import Any

from tenon.exchange.messages.letters import Letter
from tenon.exchange.messages.recipients import Recipient, recipients
from tenon.exchange.messages.rendering import Rendered, rendered
from tenon.fields.base import Display
from tenon.model.outreach import Template
from tenon.process.performing import Doing, Done, Performer, performer
from tenon.process.performing.base import Answer


@performer("email")
class SendEmail(Performer):
    def perform(self, doing: Doing) -> Answer:
        """One mail for all who read the same language; nobody gets it twice."""
        to = recipients(doing, "to", "email")
        messages = doing.ground.service("messages")
        template = doing.ground.model.templates.get(doing.step.slots.template or "")
        made = []
        for place, (language, people) in enumerate(_by_language(doing, template, to).items()):
            words = _words(doing, template, language)
            letter = self._letter(doing, template, words, people, first=place == 0)
            made.append(messages.queue(doing.unit, letter))
        return Done(touched=len(made), outcome={"messages": made, "to": [each.address for each in to]})

    def _letter(
        self, doing: Doing, template: Template | None, words: Rendered, people: Sequence[Recipient], *, first: bool
    ) -> Letter:
        def addresses(name: str) -> tuple[str, ...]:
            return tuple(each.address for each in recipients(doing, name, "email")) if first else ()

        kept = doing.record if doing.option("keep", True) else None
        answers = addresses("reply_to")
        return Letter(
            channel="email",
            to=tuple(each.address for each in people),
            cc=addresses("cc"),
            bcc=addresses("bcc"),
            sender=_address(doing, None if template is None else template.sender),
            reply_to=answers[0] if answers else _address(doing, None if template is None else template.reply_to),
            subject=words.subject,
            text=words.text,
            html=words.html,
            person=people[0].person if len(people) == 1 else None,
            entity=kept.entity if kept is not None else None,
            record_id=kept.id if kept is not None else None,
            template=template.name if template is not None else "",
            thread=template.thread if template is not None else "new",
            topic=template.topic if template is not None else "",
            files=tuple(_files(doing, template)),
            key=f"{doing.key}:{people[0].address}",
        )


def _by_language(doing: Doing, template: Template | None, people: Sequence[Recipient]) -> dict[str, list[Recipient]]:
    """In the order in which they are named. A template may say the language; else it is the reader's own."""
    said = doing.scene.value(template.language) if template is not None and template.language is not None else None
    found: dict[str, list[Recipient]] = {}
    for each in people:
        found.setdefault(said or each.language or doing.display.language, []).append(each)
    return found


def _words(doing: Doing, template: Template | None, language: str) -> Rendered:
    display = Display(language=language, timezone=doing.display.timezone)
    if template is not None:
        return rendered(template, doing.scene, display)
    subject, body = doing.words("subject", display) or "", doing.words("body", display) or ""
    return Rendered(subject=" ".join(subject.split()), text=body, html=f"<p>{escape(body)}</p>".replace("\n", "<br>"))


def _address(doing: Doing, expression: Any) -> str:
    """Of an expression that gives a person or an address."""
    value = None if expression is None else doing.scene.value(expression)
    if value is None or (isinstance(value, str) and "@" in value):
        return value or ""
    found = value.get("email") if hasattr(value, "get") else None
    return str(found or "")


def _files(doing: Doing, template: Template | None) -> list[str]:
    """Ids of the files in the named fields of the record, and of those the template attaches."""
    named = doing.option("attach") or ()
    ways = [str(way).split(".") for way in ([named] if isinstance(named, str) else named)]
    if template is not None:
        wanted = [each for each in template.attachments.values() if doing.scene.holds(each.when)]
        ways += [list(each.field) for each in wanted if each.field is not None]
    found = []
    for way in ways:
        here: Any = doing.record
        for name in way:
            here = here.get(name) if hasattr(here, "get") else None
        identity = here.get("id") if hasattr(here, "get") else getattr(here, "id", here)
        if isinstance(identity, str):
            found.append(identity)
    return list(dict.fromkeys(found))
