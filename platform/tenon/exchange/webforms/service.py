"""In charge of the service “webforms”: submissions are kept first and made records of then, each exactly once.

What was kept waits for nobody: whoever keeps it tries at once, and a job tries again should the program have died in
between. A submission that was refused, or taken for spam, is accepted once more when somebody sets it to waiting.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tenon.database import UnitOfWork
from tenon.errors import Conflict, Detail, StaleVersion, TenonError, TooManyRequests, Unavailable
from tenon.exchange.house import House
from tenon.exchange.webforms.accepting import Accepting
from tenon.exchange.webforms.following import Following
from tenon.exchange.webforms.ledger import ACCEPTED, ENTITY, REFUSED, SPAM, WAITING, Submission, Submissions
from tenon.exchange.webforms.protecting import fingerprint
from tenon.exchange.webforms.standing import Standing, form_at, standing_of
from tenon.jobs import Duty, Event, Job, Subscriber
from tenon.model.outreach import WebForm
from tenon.process.ground import Ground
from tenon.process.parts import Part
from tenon.texts import Text, say

ACCEPT = "webforms.accept"
SOON = timedelta(minutes=2)
"""When a job looks after what was kept, in case nobody has."""
_NOT_TOLD = frozenset({"duplicate", "no_such_record", "unknown_name", "read_only"})
"""Codes of refusals a visitor is not told of: they speak of records, or of the form itself."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What came with a submission. `answers` are JSON by question; `visitor` is a fingerprint; `key` makes it one."""

    answers: Mapping[str, Any]
    key: str
    consent: str | None = None
    language: str = ""
    page: str = ""
    source: str = ""
    visitor: str = ""
    suspicion: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """`open`: it waits to be made a record of; otherwise that was done before, or never will be by itself."""

    id: str
    open: bool


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What came of it. `problems` are those the visitor can do something about; empty: he is thanked."""

    status: str
    record_id: str | None = None
    problems: Sequence[Detail] = field(default_factory=tuple)


class WebForms(Part):
    """One for each assembled version."""

    def __init__(self, ground: Ground, house: House) -> None:
        self._ground = ground
        self._house = house
        self._submissions = Submissions(ground)
        self._accepting = Accepting(ground, self._submissions)
        self._following = Following(ground)

    def duties(self) -> Mapping[str, Duty]:
        return {ACCEPT: Duty(perform=self._perform, gave_up=self._gave_up)}

    def subscribers(self) -> Sequence[Subscriber]:
        return (self._hear,) if self._submissions.kept else ()

    # What pages and API ask for

    def find(self, address: str) -> WebForm | None:
        """By the address of its page or by its name; None also where submissions cannot be kept."""
        return form_at(self._ground.model, address) if self._submissions.kept else None

    def standing(self, form: WebForm, now: datetime) -> Standing:
        """On the present day in the workspace's zone."""
        zone = ZoneInfo(self._ground.model.workspace.timezone)
        return standing_of(form, now.astimezone(zone).date())

    @property
    def ground(self) -> Ground:
        return self._ground

    @property
    def secret(self) -> bytes:
        return self._house.secret()

    def visitor(self, address: str) -> str:
        return fingerprint(self.secret, address)

    def admit(self, unit: UnitOfWork, form: WebForm, visitor: str) -> None:
        """Raises TooManyRequests when this address has sent enough for an hour."""
        most = form.protection.per_hour
        if self._submissions.sent_lately(unit, form, visitor, most) >= most:
            raise TooManyRequests(
                say("This form was sent too often from your network.", "您的网络提交此表单过于频繁。"),
                hint=say("Try again in an hour.", "请一小时后再试。"),
                extra={"retry_after": 3600},
            )

    def keep(self, unit: UnitOfWork, form: WebForm, sent: Sent) -> Kept:
        """Write it down. The same key again: the same submission, with what was corrected in one that was refused."""
        before = self._submissions.of_key(unit, sent.key)
        if before is not None:
            if before.status != REFUSED:
                return Kept(id=before.id, open=False)
            names = ("name", "answers", "consent", "status", "reason")
            corrected = {name: value for name, value in self._values(form, sent).items() if name in names}
            self._submissions.note(unit, before.id, corrected, before.version)
            return Kept(id=before.id, open=sent.suspicion is None)
        spam = sent.suspicion is not None
        kept = self._submissions.write(unit, self._values(form, sent))
        if not spam:
            unit.emit(Job(name=ACCEPT, payload={"id": kept}, key=f"{ACCEPT}:{kept}", due=unit.now + SOON))
        return Kept(id=kept, open=not spam)

    def settle(self, unit: UnitOfWork, submission_id: str) -> Settled:
        """Make a record of it, or note why not; nothing happens to one that does not wait."""
        sent = self._submissions.find(unit, submission_id)
        if sent is None or sent.status != WAITING:
            return Settled(status=ACCEPTED if sent is None else sent.status)
        form = self._ground.model.webforms.get(sent.form)
        if form is None:
            return self._refuse(unit, None, sent, Conflict(say("This web form is no more.", "此网页表单已不存在。")))
        emitted = len(unit.events)
        try:
            with unit.connection.savepoint():
                made = self._accepting.accept(unit, form, sent)
        except (StaleVersion, Unavailable):
            raise  # it goes on waiting: somebody else has it, or nobody can have it now
        except TenonError as refusal:
            del unit.events[emitted:]
            return self._refuse(unit, form, sent, refusal)
        self._following.accepted(unit, form, sent, made.record_id, made.outcome)
        return Settled(status=ACCEPTED, record_id=made.record_id)

    def _refuse(self, unit: UnitOfWork, form: WebForm | None, sent: Submission, refusal: TenonError) -> Settled:
        words = [refusal.message, *(one.message for one in refusal.details if one.message != refusal.message)]
        language = self._ground.model.workspace.language
        reason = " ".join(text.in_(language) for text in words)[:4000]
        self._submissions.note(unit, sent.id, {"status": REFUSED, "reason": reason})
        problems = () if form is None else _correctable(form, refusal.details)
        if form is not None and not problems:
            self._following.refused(unit, form, sent.id)
        return Settled(status=REFUSED, problems=problems)

    def _values(self, form: WebForm, sent: Sent) -> dict[str, Any]:
        title = next((value for value in sent.answers.values() if isinstance(value, str) and value.strip()), "")
        label = form.label.in_(self._ground.model.workspace.language)
        return {
            "name": f"{label}: {title}"[:200] if title else label[:200],
            "form": form.name,
            "status": WAITING if sent.suspicion is None else SPAM,
            "reason": None if sent.suspicion is None else self._submissions.words(sent.suspicion),
            "answers": dict(sent.answers),
            "consent": sent.consent,
            "page": _line(sent.page)[:500] or None,
            "source": _line(sent.source)[:200] or None,
            "language": sent.language or None,
            "visitor": sent.visitor or None,
            "key": sent.key[:80],
        }

    # What the jobs layer asks for

    def _perform(self, unit: UnitOfWork, job: Job) -> None:
        self.settle(unit, str(job.payload["id"]))

    def _gave_up(self, unit: UnitOfWork, job: Job, reason: str) -> None:
        """The job is dead: the submission says so, and waits for somebody to look."""
        sent = self._submissions.find(unit, str(job.payload["id"]))
        if sent is not None and sent.status == WAITING:
            self._submissions.note(unit, sent.id, {"status": REFUSED, "reason": reason[:4000]})

    def _hear(self, unit: UnitOfWork, event: Event) -> None:
        """Somebody wants it accepted after all."""
        if event.entity != ENTITY or event.kind != "record.changed" or event.actor_id is None:
            return
        before, after = event.data.get("changed", {}).get("status", (None, None))
        if after == WAITING and before in (REFUSED, SPAM):
            unit.emit(Job(name=ACCEPT, payload={"id": event.record_id}, key=f"{ACCEPT}:{event.id}"))


def _line(text: str) -> str:
    """What a visitor's browser says of itself is kept as one plain line."""
    return "".join(letter for letter in text if letter.isprintable())


def _correctable(form: WebForm, details: Collection[Detail]) -> tuple[Detail, ...]:
    """All of them, when every one is about something the visitor was asked; else none."""
    asked = {question.field for question in form.fields.values() if not question.hidden}
    if any(one.path not in asked or one.code in _NOT_TOLD for one in details):
        return ()
    return tuple(details)


__all__ = ["Kept", "Sent", "Settled", "WebForms"]
