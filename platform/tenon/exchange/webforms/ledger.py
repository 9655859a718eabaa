"""In charge of the submissions as records: what was sent, word for word, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import NotFound
from tenon.model.outreach import WebForm
from tenon.process.ground import Ground
from tenon.query import Query
from tenon.texts import Text

ENTITY = "form_submission"
WAITING, ACCEPTED, REFUSED, SPAM = "waiting", "accepted", "refused", "spam"
HOUR = timedelta(hours=1)
MOST_WORDS = 4000


@dataclass(frozen=True, kw_only=True)
class Submission:
    """`answers` are JSON by question; `consent` is the sentence that was agreed to."""

    id: str
    version: int
    form: str
    status: str
    answers: Mapping[str, Any]
    consent: str | None
    page: str
    source: str
    language: str
    at: datetime
    record_id: str | None


class Submissions:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    @property
    def kept(self) -> bool:
        return ENTITY in self._ground.model.entities

    def sent_lately(self, unit: UnitOfWork, form: WebForm, visitor: str, most: int) -> int:
        """How many this address sent by this form in the last hour; counted up to `most`."""
        since = (unit.now - HOUR).isoformat()
        where = f'visitor == "{visitor}" and form == "{form.name}" and created_at > "{since}"'
        return self._ground.reader.count(unit, self._access(unit), Query(entity=ENTITY, where=where), most).value

    def of_key(self, unit: UnitOfWork, key: str) -> Submission | None:
        where = 'key == "{}"'.format(key.replace("\\", "\\\\").replace('"', '\\"'))
        query = Query(entity=ENTITY, where=where, select=("id",), limit=1)
        found = self._ground.reader.list(unit, self._access(unit), query).records
        return self.find(unit, found[0]["id"]) if found else None

    def find(self, unit: UnitOfWork, submission_id: str) -> Submission | None:
        try:
            record = self._ground.reader.one(unit, self._access(unit), ENTITY, submission_id)
        except NotFound:
            return None
        answers = record["answers"]
        return Submission(
            id=record["id"],
            version=record["version"],
            form=record["form"],
            status=record["status"],
            answers=answers if isinstance(answers, Mapping) else {},
            consent=record["consent"],
            page=record["page"] or "",
            source=record["source"] or "",
            language=record["language"] or "",
            at=datetime.fromisoformat(record["created_at"]),
            record_id=record["record_id"],
        )

    def write(self, unit: UnitOfWork, values: Mapping[str, Any]) -> str:
        """Raises Conflict when the key is taken."""
        return self._ground.writer.create(unit, self._access(unit), ENTITY, values).id

    def note(self, unit: UnitOfWork, submission_id: str, values: Mapping[str, Any], version: int | None = None) -> None:
        """Raises StaleVersion when somebody else was quicker."""
        self._ground.writer.change(unit, self._access(unit), ENTITY, submission_id, values, version=version)

    def words(self, text: Text) -> str:
        """As it is kept for administrators."""
        return text.in_(self._ground.model.workspace.language)[:MOST_WORDS]

    def _access(self, unit: UnitOfWork) -> Access:
        return unit.remembered((self, "access"), lambda: self._ground.access(self._ground.system("web forms")))
