"""In charge of the action “chat”: into the group of a connector, or to people where they are told everything else."""

from tenon.exchange.messages.letters import Letter
from tenon.exchange.messages.rendering import rendered
from tenon.fields.base import Display
from tenon.process.notifying import Notice
from tenon.process.performing import Doing, Done, Performer, performer
from tenon.process.performing.base import Answer
from tenon.texts import LANGUAGES, Text


@performer("chat")
class SendChat(Performer):
    def perform(self, doing: Doing) -> Answer:
        """A group's robot cannot write to single people: they get a notice, and an e-mail if they wish."""
        connector = doing.step.slots.connector
        record = doing.record
        entity, record_id = (record.entity, record.id) if record is not None else (None, None)
        if connector is None:
            words = Text({language: _words(doing, language) for language in LANGUAGES})
            notice = Notice(title=words, kind="automation", entity=entity, record_id=record_id, sender=doing.actor_id)
            told = doing.ground.service("notifying").tell(doing.unit, doing.people("to"), notice, cause=doing.key)
            return Done(touched=len(told), outcome={"told": len(told)})
        letter = Letter(
            channel="chat",
            connector=connector,
            text=_words(doing, doing.display.language),
            entity=entity,
            record_id=record_id,
            template=doing.step.slots.template or "",
            key=doing.key,
        )
        return Done(touched=1, outcome={"messages": [doing.ground.service("messages").queue(doing.unit, letter)]})


def _words(doing: Doing, language: str) -> str:
    display = Display(language=language, timezone=doing.display.timezone)
    template = doing.ground.model.templates.get(doing.step.slots.template or "")
    if template is None:
        return doing.words("text", display) or ""
    return rendered(template, doing.scene, display).text
