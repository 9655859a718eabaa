"""In charge of the one table from error to HTTP status, and of errors as problem documents (RFC 9457)."""

from typing import Any

from tenon import errors
from tenon.errors import TenonError

STATUSES: dict[type[TenonError], int] = {
    errors.BadRequest: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.StaleVersion: 412,
    errors.TooLarge: 413,
    errors.InvalidInput: 422,
    errors.MissingVersion: 428,
    errors.TooManyRequests: 429,
    errors.MetadataError: 503,
    errors.Unavailable: 503,
}


def status_of(error: TenonError) -> int:
    return status_for(type(error))


def status_for(kind: type[TenonError]) -> int:
    """The status of the nearest class in the table; 500 for a class nobody has placed."""
    for known in kind.__mro__:
        if known in STATUSES:
            return STATUSES[known]
    return 500


def problem_document(error: TenonError, language: str, trace: str) -> dict[str, Any]:
    """The error as RFC 9457 members; `type` is the stable code's page below `/errors/`."""
    document: dict[str, Any] = {
        "type": f"/errors/{error.code}",
        "title": error.code.replace("_", " ").capitalize(),
        "status": status_of(error),
        "detail": error.message.in_(language),
        "trace": trace,
    }
    if error.hint is not None:
        document["hint"] = error.hint.in_(language)
    if error.details:
        document["errors"] = [
            {
                "path": detail.path,
                "code": detail.code,
                "message": detail.message.in_(language),
                **({"hint": detail.hint.in_(language)} if detail.hint is not None else {}),
            }
            for detail in error.details
        ]
    for name, value in error.extra.items():
        document.setdefault(name, value)
    return document
