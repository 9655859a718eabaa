"""In charge of what follows a submission: whom it is told, the answer that is sent, the automations it sets off."""

from typing import Any

from tenon.database import UnitOfWork
from tenon.exchange.messages.letters import Letter
from tenon.exchange.messages.rendering import rendered
from tenon.exchange.webforms.ledger import ENTITY, Submission
from tenon.fields import Display
from tenon.model.outreach import WebForm
from tenon.process.ground import Ground
from tenon.process.notifying import Notice
from tenon.records import RecordFacts
from tenon.texts import say

TRIGGER = "form_submitted"
OWNER = "owner"


class Following:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def accepted(self, unit: UnitOfWork, form: WebForm, sent: Submission, record_id: str, outcome: str) -> None:
        scene = self._ground.evaluation.scene(unit, form.entity, record_id)
        if scene.record is not None:
            self._tell(unit, form, sent, scene.record)
            self._answer(unit, form, sent, scene)
        self._fire(unit, form, sent, record_id, outcome)

    def refused(self, unit: UnitOfWork, form: WebForm, submission_id: str) -> None:
        """Those who wait for the form's records look after what it could not make one of."""
        title = say("“{form}”: a submission was refused", "“{form}”：一份提交被拒绝", form=form.label)
        notice = Notice(title=title, entity=ENTITY, record_id=submission_id)
        self._notifying.tell(unit, self._holders(unit, form), notice, cause=f"webform:{submission_id}:refused")

    def _tell(self, unit: UnitOfWork, form: WebForm, sent: Submission, record: RecordFacts) -> None:
        entity = self._ground.model.entities[form.entity]
        owner = (record.known or {}).get(OWNER)
        people = [*([owner] if isinstance(owner, str) else []), *self._holders(unit, form)]
        named = (record.known or {}).get(entity.title)
        title = say("“{form}”: {name}", "“{form}”：{name}", form=form.label, name=str(named or "") or entity.label)
        notice = Notice(title=title, entity=form.entity, record_id=record.id)
        self._notifying.tell(unit, people, notice, cause=f"webform:{sent.id}")

    def _holders(self, unit: UnitOfWork, form: WebForm) -> list[str]:
        directory = self._ground.people.of(unit)
        return [person for role in form.result.notify for person in directory.holders(role, None, None)]

    def _answer(self, unit: UnitOfWork, form: WebForm, sent: Submission, scene: Any) -> None:
        """In the language in which the form was filled in; once for each submission."""
        template = self._ground.model.templates.get(form.result.template or "")
        address = _along(scene.record, form.result.to or ())
        if template is None or not isinstance(address, str) or not address:
            return
        language = sent.language or self._ground.display.language
        display = Display(language=language, timezone=self._ground.display.timezone)
        words = rendered(template, scene, display)
        letter = Letter(
            channel=template.channel,  # type: ignore[arg-type]
            to=(address,),
            subject=words.subject,
            text=words.text,
            html=words.html,
            entity=form.entity,
            record_id=scene.record.id,
            template=template.name,
            thread=template.thread,
            topic=template.topic,
            key=f"webform:{sent.id}",
        )
        self._ground.service("messages").queue(unit, letter)

    def _fire(self, unit: UnitOfWork, form: WebForm, sent: Submission, record_id: str, outcome: str) -> None:
        automations = self._ground.service("automations")
        data = {
            "page": sent.page,
            "source": sent.source,
            "at": sent.at.isoformat(),
            "submission": sent.id,
            "outcome": outcome,
            "language": sent.language,
        }
        for automation in self._ground.model.automations.values():
            use = automation.on.get(TRIGGER)
            if use is not None and use.slots.webform == form.name:
                automations.fire(unit, automation.name, TRIGGER, data, key=sent.id, record_id=record_id)

    @property
    def _notifying(self) -> Any:
        return self._ground.service("notifying")


def _along(record: RecordFacts, path: tuple[str, ...]) -> Any:
    here: Any = record
    for name in path:
        here = here.get(name) if hasattr(here, "get") else None
    return here
