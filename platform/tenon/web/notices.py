"""In charge of a short message for the next page: what was done, and the way to undo it."""

from dataclasses import dataclass

from flask import session

KEY = "notice"
LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class Notice:
    """`undo` is an address to post to, "" when it cannot be undone. `kind` is success or danger."""

    text: str
    undo: str = ""
    kind: str = "success"


def leave_notice(text: str, *, undo: str = "", kind: str = "success") -> None:
    session[KEY] = [text[:LONGEST], undo, kind]


def take_notice() -> Notice | None:
    """The message left by the request before; it is shown once."""
    match session.pop(KEY, None):
        case [str(text), str(undo), str(kind)]:
            return Notice(text=text, undo=undo, kind=kind)
    return None
