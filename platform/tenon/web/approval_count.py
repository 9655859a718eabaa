"""In charge of whether there is an inbox of approvals, and how many of them wait for whoever asks."""

from tenon.errors import NotFound
from tenon.http import Asking
from tenon.process.approvals import Approvals
from tenon.texts import say


def service_of(known: Asking) -> Approvals:
    """Raises NotFound in a workspace without approvals."""
    if "approval_request" not in known.model.entities:
        raise NotFound(say("There is nothing at this address.", "此地址没有内容。"))
    found: Approvals = known.assembled.processes.approvals
    return found


def has_inbox(known: Asking) -> bool:
    return (
        known.person is not None
        and not known.must_change_password
        and bool(known.model.approvals)
        and "approval_request" in known.model.entities
    )


def waiting(known: Asking) -> int:
    """How many tasks wait for the person who asks; one statement."""
    with known.reading() as unit:
        return service_of(known).seeing.count_open(unit, known.access)
