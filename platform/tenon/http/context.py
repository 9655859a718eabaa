"""In charge of what one HTTP request knows: who asks, in which language, on which version of the model.

Made once before the view runs; views read it with `asking()` and take their unit of work from it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast

from flask import g

from tenon.access import Access
from tenon.actors import Actor
from tenon.database import UnitOfWork
from tenon.errors import Unauthenticated
from tenon.model import Model
from tenon.query import Reader
from tenon.records import Writer
from tenon.texts import say
from tenon.workspace import Assembled, Workspace

Door = Literal["session", "token", "none"]


@dataclass(kw_only=True)
class Asking:
    """`person` is None for somebody who has not signed in; `trace` names the request in answers and logs."""

    workspace: Workspace
    assembled: Assembled
    trace: str
    language: str
    door: Door = "none"
    person: Actor | None = None
    session_id: str | None = None
    must_change_password: bool = False

    @property
    def actor(self) -> Actor:
        """Raises Unauthenticated."""
        if self.person is None:
            raise Unauthenticated(say("Sign in first.", "请先登录。"))
        return self.person

    @cached_property
    def access(self) -> Access:
        return Access.of(self.assembled.model, self.actor)

    @property
    def model(self) -> Model:
        return self.assembled.model

    @property
    def reader(self) -> Reader:
        return self.assembled.reader

    @property
    def writer(self) -> Writer:
        return self.assembled.writer

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        with self.workspace.reading(self.actor) as unit:
            yield unit

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        """One transaction, committed when the block ends well."""
        with self.workspace.unit(self.actor) as unit:
            yield unit


def asking() -> Asking:
    """What the present request knows."""
    return cast(Asking, g.asking)
