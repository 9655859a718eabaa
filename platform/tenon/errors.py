"""In charge of the errors a caller can meet: one tree, stable codes, sentences in both languages.

Nothing here knows HTTP; `tenon.http.statuses` maps each class to a status.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from tenon.problems import Problem
from tenon.suggestions import did_you_mean
from tenon.texts import Text, say


@dataclass(frozen=True, kw_only=True)
class Detail:
    """One part of a refusal. `path` names the input (`amount`, `where`, `lines.0.quantity`)."""

    path: str
    code: str
    message: Text
    hint: Text | None = None


class TenonError(Exception):
    """A refusal with a reason. `code` is stable and documented; `message` says what to do next."""

    code: ClassVar[str] = "error"

    def __init__(
        self,
        message: Text,
        *,
        hint: Text | None = None,
        details: Sequence[Detail] = (),
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(str(message))
        self.message = message
        self.hint = hint
        self.details = tuple(details)
        self.extra = dict(extra or {})


class BadRequest(TenonError):
    """The call itself cannot be read: malformed JSON, cursor, expression, parameter."""

    code = "bad_request"


class MissingVersion(BadRequest):
    """A change must say which version of the record it was made on."""

    code = "missing_version"


class UnknownName(BadRequest):
    """A name that does not exist for this caller; also what a caller sees of a field he may not read."""

    code = "unknown_name"

    @classmethod
    def among(cls, name: str, known: Iterable[str], *, where: str) -> "UnknownName":
        """`known` must hold only what the caller may see."""
        message = say("There is no “{name}” here.", "这里没有“{name}”。", name=name)
        hint = did_you_mean(name, known)
        return cls(message, hint=hint, details=[Detail(path=where, code=cls.code, message=message, hint=hint)])


class Unauthenticated(TenonError):
    """Nobody is signed in, or the token or session is not valid any more."""

    code = "unauthenticated"


class Forbidden(TenonError):
    """The actor is known and may not do this."""

    code = "forbidden"


class NotFound(TenonError):
    """No such record for this actor: missing, deleted, or not his to see; the three look the same."""

    code = "not_found"


class InvalidInput(TenonError):
    """Values were read and are not acceptable; `details` has one entry per field."""

    code = "invalid_input"


class Conflict(TenonError):
    """The state of things does not allow it now: duplicate, still referenced, guard not met."""

    code = "conflict"


class NeedsApproval(Conflict):
    """The stage is entered by an approval alone; `extra` has `approval` and `stage`."""

    code = "needs_approval"


class StaleVersion(TenonError):
    """Somebody changed the record meanwhile; `extra` has `current` (record) and `version`."""

    code = "stale_version"


class TooLarge(TenonError):
    """The input is over a stated limit."""

    code = "too_large"


class TooManyRequests(TenonError):
    """A rate limit or a lock-out; `extra["retry_after"]` is in seconds."""

    code = "too_many_requests"


class Unavailable(TenonError):
    """A service we depend on does not answer, or the workspace is in repair."""

    code = "unavailable"


class MetadataError(TenonError):
    """The workspace's metadata does not compile; `problems` has all findings."""

    code = "metadata_error"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            say(
                "The metadata has {count} problem(s). Run “tenon check” to see each with its place.",
                "元数据有 {count} 个问题。运行“tenon check”查看每一处。",
                count=len(self.problems),
            )
        )
