"""In charge of the action “email”: written to the ledger with the step, sent after the commit."""

from collections.abc import Sequence
from html import escape
from typing import Any, Literal

from tenon.exchange.messages.letters import Letter
from tenon.exchange.messages.recipients import Recipient, receivers, recipients
from tenon.exchange.messages.rendering import Rendered, rendered
from tenon.fields.base import Display
from tenon.model.outreach import Attachment, Template
from tenon.process.performing import Doing, Done, Performer, performer
from tenon.process.performing.base import Answer
from tenon.query import Query

MOST_FILES = 20
"""Taken along when all files of a record are."""


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

        def copies(name: Literal["cc", "bcc"]) -> tuple[str, ...]:
            said = None if template is None or not first else getattr(template, name)
            return tuple(each.address for each in receivers(doing, [doing.scene.value(said)], "email")) if said else ()

        kept = doing.record if doing.option("keep", True) else None
        answers = addresses("reply_to")
        return Letter(
            channel="email",
            to=tuple(each.address for each in people),
            cc=_together(addresses("cc"), copies("cc")),
            bcc=_together(addresses("bcc"), copies("bcc")),
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


def _together(*several: Sequence[str]) -> tuple[str, ...]:
    """Each address once, whatever its capitals."""
    return tuple({each.casefold(): each for part in several for each in part}.values())


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
    """Ids of files: in fields of the record, made by steps before, attached by the template."""
    named = doing.option("attach") or ()
    ways = [str(way).split(".") for way in ([named] if isinstance(named, str) else named)]
    found = [_file_at(doing, way) for way in ways]
    for each in _attachments(doing, template):
        if each.field is not None:
            found.append(_file_at(doing, each.field))
        elif each.template is not None:
            found.append(doing.ground.service("documents").attached(doing, each.template, f"{doing.key}:{each.name}"))
        else:
            found.extend(_all_files(doing))
    return [each for each in dict.fromkeys(found) if each is not None]


def _attachments(doing: Doing, template: Template | None) -> list[Attachment]:
    wanted = () if template is None else template.attachments.values()
    return [each for each in wanted if doing.scene.holds(each.when)]


def _file_at(doing: Doing, way: Sequence[str]) -> str | None:
    """At the end of a way from the record, or from the results of steps (`steps.quote`)."""
    roots = doing.scene.context.roots
    here: Any = roots.get(way[0]) if way[0] in roots and way[0] not in (doing.record or ()) else None
    rest = way[1:]
    if here is None:
        here, rest = doing.record, way
    for name in rest:
        here = here.get(name) if hasattr(here, "get") else None
    identity = here.get("id") if hasattr(here, "get") else getattr(here, "id", here)
    return identity if isinstance(identity, str) else None


def _all_files(doing: Doing) -> list[str]:
    """Of the record, in the order in which they came; nobody's run takes along what he may not see."""
    if doing.record is None:
        return []
    where = f'record_entity == "{doing.record.entity}" and record_id == "{doing.record.id}"'
    query = Query(entity="file", select=("id",), where=where, sort=("id",), limit=MOST_FILES)
    return [record["id"] for record in doing.ground.reader.list(doing.unit, doing.access, query).records]
