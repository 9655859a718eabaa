"""In charge of the action “notify”."""

from tenon.exchange.messages.notices import NoticeWords, noticed, of_languages
from tenon.fields.base import Display
from tenon.process.notifying import Notice
from tenon.process.performing import Doing, Done, Performer, performer
from tenon.process.performing.base import Answer
from tenon.texts import LANGUAGES


@performer("notify")
class NotifyPeople(Performer):
    def perform(self, doing: Doing) -> Answer:
        """One notice per person for all that one event set off, by however many automations."""
        words = _words(doing)
        notice = Notice(
            title=words.title,
            body=words.body,
            kind="automation",
            entity=doing.record.entity if doing.record is not None else None,
            record_id=doing.record.id if doing.record is not None else None,
            sender=doing.actor_id,
        )
        told = doing.ground.service("notifying").tell(
            doing.unit, doing.people("to"), notice, cause=doing.cause or doing.run
        )
        return Done(touched=len(told), outcome={"told": len(told)})


def _words(doing: Doing) -> NoticeWords:
    zone = doing.display.timezone
    template = doing.ground.model.templates.get(doing.step.slots.template or "")
    if template is not None:
        return noticed(template, doing.scene, zone)
    displays = {language: Display(language=language, timezone=zone) for language in LANGUAGES}
    return of_languages(
        {language: doing.words("title", display) for language, display in displays.items()},
        {language: doing.words("body", display) for language, display in displays.items()},
    )
