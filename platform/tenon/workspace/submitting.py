"""In charge of the way of a submission through its two transactions: kept first, then made a record of.

Whatever happens after the first, nothing sent is lost; whatever is sent twice is dealt with once.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

from tenon.actors import Actor
from tenon.database import UnitOfWork
from tenon.errors import Conflict, StaleVersion
from tenon.exchange.webforms import Sent, Settled, WebForms
from tenon.model.outreach import WebForm
from tenon.workspace.workspace import Workspace

LOG = logging.getLogger("tenon.webforms")
WAITING = "waiting"


def submit(
    workspace: Workspace,
    forms: WebForms,
    form: WebForm,
    sent: Sent,
    *,
    bring: Callable[[UnitOfWork], Mapping[str, str]] | None = None,
    settle_in: Callable[[UnitOfWork, str, Mapping[str, str]], None] | None = None,
) -> Settled:
    """`bring` makes the files that came along and gives their ids by question; `settle_in` ties them to what is kept.

    Raises TooManyRequests.
    """
    actor = Actor.system(f"web form {form.name}", timezone=workspace.model.workspace.timezone)
    try:
        with workspace.unit(actor) as unit:
            forms.admit(unit, form, sent.visitor)
            files = dict(bring(unit)) if bring is not None else {}
            kept = forms.keep(unit, form, replace(sent, answers={**sent.answers, **files}))
            if settle_in is not None and files:
                settle_in(unit, kept.id, files)
    except (Conflict, StaleVersion):
        return Settled(status=WAITING)  # the same submission, sent twice at once: the other one is dealing with it
    if not kept.open:
        return Settled(status=WAITING)
    try:
        with workspace.unit(actor) as unit:
            return forms.settle(unit, kept.id)
    except StaleVersion:
        return Settled(status=WAITING)  # the job was quicker
    except Exception:  # whatever is wrong with us, what he sent is kept, and the job tries again
        LOG.exception("submission %s could not be dealt with at once", kept.id)
        return Settled(status=WAITING)
