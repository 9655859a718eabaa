"""In charge of one workspace as something that answers: opened at the first request, closed when nobody comes.

What cannot be opened answers with what to do about it, and is tried again by a later request.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.wsgi import ClosingIterator

from tenon.application import application
from tenon.clock import Clock, SystemClock
from tenon.database import Database
from tenon.errors import TenonError, Unavailable
from tenon.hosting.prefix import under
from tenon.hosting.repair import repair_answer
from tenon.jobs import next_due
from tenon.schema import installed, is_complete
from tenon.settings import Settings
from tenon.texts import say
from tenon.workspace import Workspace

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOG = logging.getLogger("tenon.hosting")
AGAIN = timedelta(seconds=2)
"""A workspace that could not be opened is not tried at every request."""
OVERDUE = timedelta(seconds=30)
"""Work that waits for so long has no other process to do it."""


class Site:
    """A WSGI application. `prefix` is "" or begins with "/"."""

    def __init__(
        self,
        folder: Path,
        *,
        prefix: str = "",
        settings: Settings | None = None,
        clock: Clock | None = None,
        make: "Callable[[Workspace], WSGIApplication]" = application,
    ) -> None:
        self.folder = folder
        self.prefix = prefix
        self._settings = settings
        self._clock = clock or SystemClock()
        self._make = make
        self._lock = threading.Lock()
        self._open: tuple[Workspace, WSGIApplication] | None = None
        self._refusal: tuple[TenonError, datetime] | None = None
        self._answering = 0
        self._used = self._clock.now()

    @property
    def workspace(self) -> Workspace | None:
        """None while nobody has asked for it, and in repair."""
        return self._open[0] if self._open is not None else None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        found = self._taken()
        if isinstance(found, TenonError):
            return repair_answer(found, self.folder, environ, start_response)
        try:
            answer = found(environ, start_response)
        except BaseException:
            self._done()
            raise
        return ClosingIterator(answer, self._done)

    def open(self) -> None:
        """At once instead of at the first request. Raises what stands in the way."""
        found = self._taken()
        if isinstance(found, TenonError):
            raise found
        self._done()

    def close(self) -> None:
        """Whoever is being answered is answered first: the next one opens it anew."""
        with self._lock:
            workspace = self.workspace
            self._open = None
        if workspace is not None:
            workspace.close()

    def close_if_unused(self, since: datetime) -> bool:
        """Leaves the memory when nobody is being answered and nobody came after `since`."""
        with self._lock:
            if self._open is None or self._answering or self._used > since:
                return False
            workspace, _application = self._open
            self._open = None
        workspace.close()
        return True

    def open_if_due(self) -> bool:
        """Work that nobody has begun for a while brings it back; whether that was so. Asks its database alone."""
        if self._open is not None:
            return False
        settings = self._settings or Settings.of(self.folder)
        if settings.redis_url or not settings.has_database:
            return False
        database = Database.of(settings)
        try:
            with database.reading() as connection:
                due = next_due(connection) if installed(connection) and is_complete(connection) else None
        finally:
            database.close()
        if due is None or due > self._clock.now() - OVERDUE:
            return False
        self.open()
        return True

    def _taken(self) -> "WSGIApplication | TenonError":
        """The application, counted as in use, or why there is none."""
        now = self._clock.now()
        with self._lock:
            self._used = now
            found = self._open or self._tried(now)
            if isinstance(found, TenonError):
                return found
            self._open = found
            self._answering += 1
            return found[1]

    def _tried(self, now: datetime) -> "tuple[Workspace, WSGIApplication] | TenonError":
        """A fault of ours is a refusal too: the other workspaces go on."""
        if self._refusal is not None and now < self._refusal[1] + AGAIN:
            return self._refusal[0]
        self._refusal = None
        refusal: TenonError
        try:
            return self._opened()
        except TenonError as error:
            LOG.warning("the workspace in %s cannot be opened: %s", self.folder, error)
            refusal = error
        except Exception:
            LOG.exception("the workspace in %s cannot be opened", self.folder)
            refusal = _unknown()
        self._refusal = (refusal, now)
        return refusal

    def _opened(self) -> "tuple[Workspace, WSGIApplication]":
        workspace = Workspace.open(self.folder, self._settings, self._clock)
        try:
            self._refuse_ambiguous(workspace)
            made = self._make(workspace)
            workspace.background.start()
            return workspace, under(self.prefix, made) if self.prefix else made
        except BaseException:
            workspace.close()
            raise

    def _refuse_ambiguous(self, workspace: Workspace) -> None:
        """Whether `/sales/new` is a page of the entity or of the workspace could not be told."""
        if self.prefix.removeprefix("/") in workspace.model.entities:
            raise Unavailable(
                say(
                    "The prefix “{prefix}” is the name of an entity.", "前缀“{prefix}”与实体同名。", prefix=self.prefix
                ),
                hint=say("Choose another prefix in installation.yaml.", "请在 installation.yaml 中换一个前缀。"),
            )

    def _done(self) -> None:
        with self._lock:
            self._answering -= 1


def _unknown() -> TenonError:
    return Unavailable(
        say("This workspace cannot be opened; the log says why.", "无法打开此工作区，原因见日志。"),
        hint=say("Run “tenon doctor”.", "请运行“tenon doctor”。"),
    )
