"""In charge of the action “notify”."""

from tenon.exchange.messages.rendering import rendered
from tenon.fields.base import Display
from tenon.process.notifying import Notice
from tenon.process.performing import Doing, Done, Performer, performer
from tenon.process.performing.base import Answer
from tenon.texts import LANGUAGES, Text


@performer("notify")
class NotifyPeople(Performer):
    def perform(self, doing: Doing) -> Answer:
        """One notice per person for all that one event set off, by however many automations."""
        zone = doing.display.timezone
        template = doing.ground.model.templates.get(doing.step.slots.template or "")
        titles, bodies = {}, {}
        for language in LANGUAGES:
            display = Display(language=language, timezone=zone)
            if template is None:
                titles[language], bodies[language] = doing.words("title", display), doing.words("body", display)
                continue
            words = rendered(template, doing.scene, display)
            titles[language] = words.subject or words.text.partition("\n")[0]
            bodies[language] = words.text if words.subject else words.text.partition("\n")[2]
        notice = Notice(
            title=_text(titles),
            body=_text(bodies) if any(bodies.values()) else None,
            kind="automation",
            entity=doing.record.entity if doing.record is not None else None,
            record_id=doing.record.id if doing.record is not None else None,
            sender=doing.actor_id,
        )
        told = doing.ground.service("notifying").tell(
            doing.unit, doing.people("to"), notice, cause=doing.cause or doing.run
        )
        return Done(touched=len(told), outcome={"told": len(told)})


def _text(words: dict[str, str | None]) -> Text:
    return Text({language: text or "" for language, text in words.items()})
