"""In charge of the action “sms”: written to the ledger with the step, sent after the commit."""

from tenon.exchange.messages.letters import Letter
from tenon.exchange.messages.recipients import recipients
from tenon.exchange.messages.rendering import rendered
from tenon.fields.base import Display
from tenon.process.performing import Doing, Done, Performer, performer
from tenon.process.performing.base import Answer
from tenon.process.performing.words import written


@performer("sms")
class SendSms(Performer):
    def perform(self, doing: Doing) -> Answer:
        """One message to each, in his language."""
        template = doing.ground.model.templates.get(doing.step.slots.template or "")
        messages = doing.ground.service("messages")
        made = []
        for each in recipients(doing, "to", "phone"):
            display = Display(language=each.language or doing.display.language, timezone=doing.display.timezone)
            text = doing.words("text", display) if template is None else rendered(template, doing.scene, display).text
            provider = template.provider if template is not None else None
            values = {} if provider is None else provider.values
            letter = Letter(
                channel="sms",
                to=(each.address,),
                text=text or "",
                person=each.person,
                entity=doing.record.entity if doing.record is not None else None,
                record_id=doing.record.id if doing.record is not None else None,
                template=template.name if template is not None else "",
                provider={}
                if provider is None
                else {
                    "template": provider.template,
                    "sign": provider.sign.in_(display.language) if provider.sign is not None else "",
                    "values": {name: written(value, doing.scene, display) for name, value in values.items()},
                },
                key=f"{doing.key}:{each.address}",
            )
            made.append(messages.queue(doing.unit, letter))
        return Done(touched=len(made), outcome={"messages": made})
