"""In charge of the steps of a plan: values that say what they do, how dangerous it is, and do it.

A step works in three turns: first everything is made, then values are moved, then tables are made to point at each
other and indexes are built over what is there.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, Self

import sqlalchemy as sa
from alembic.operations import Operations

from tenon.database import Connection, DialectName
from tenon.model import Model
from tenon.schema.ledger import Ledger
from tenon.texts import CHINESE, ENGLISH, Text

Risk = Literal["safe", "slow", "needs_decision", "removes"]


class Prepared(Protocol):
    """Which columns were filled, and indexes built, before the transaction."""

    def since(self, table: str, column: str) -> datetime | None:
        """From when on changes may be missing in this column; None when it is not filled, and all is to be done."""


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What a step works with. `ledger` is the one to come; `prepared` holds what long work has filled already."""

    operations: Operations
    connection: Connection
    prepared: Prepared
    dialect: DialectName
    model: Model
    ledger: Ledger

    @property
    def separate_references(self) -> bool:
        """PostgreSQL wants the other table to be there first; SQLite takes a reference only while making the column."""
        return self.dialect == "postgresql"


@dataclass(frozen=True, kw_only=True)
class Operation(ABC):
    """`entity` and `label` name it to programs and people; `rows` is how many records or values it touches."""

    kind: ClassVar[str]
    entity: str
    label: Text
    rows: int = 0

    @property
    @abstractmethod
    def text(self) -> Text:
        """One sentence: what will happen."""

    @property
    def risk(self) -> Risk:
        return "safe"

    @property
    def subject(self) -> str:
        """The dotted path in the tree of metadata of what it is about."""
        return f"entities.{self.entity}"

    def answers(self) -> tuple[str, ...]:
        """What somebody may decide about it; empty when the files must change or there is nothing to decide."""
        return ()

    def answered(self, answer: str) -> Self:
        """The step as decided; `answer` is one of `answers`."""
        return self

    def make(self, workshop: Workshop) -> None:  # noqa: B027 - many steps change the ledger alone
        """First turn."""

    def fill(self, workshop: Workshop) -> None:  # noqa: B027
        """Second turn, when every table and column is there. Raises Conflict for values that turned up meanwhile."""

    def connect(self, workshop: Workshop) -> None:  # noqa: B027
        """Third turn, when every value is where it belongs."""

    def to_json(self) -> dict[str, Any]:
        words = {language: self.text.in_(language) for language in (ENGLISH, CHINESE)}
        return {
            "kind": self.kind,
            "subject": self.subject,
            "entity": self.entity,
            "rows": self.rows,
            "risk": self.risk,
            "answers": list(self.answers()),
            "text": words,
        }


BATCH = 5000
"""Records of one short transaction."""


class Filled(NamedTuple):
    """One batch: the id of its last record, how many there were, and whether none is left behind them."""

    cursor: str
    done: int
    last: bool


class Filling(ABC):
    """Of a step that fills columns nobody sees before the version is published: it can be done beforehand, in batches.

    What changes meanwhile is filled again when the version is published.
    """

    @property
    @abstractmethod
    def columns(self) -> tuple[str, tuple[str, ...]]:
        """The table, and its columns to be filled; no columns when it cannot be done beforehand."""

    @property
    @abstractmethod
    def signature(self) -> str:
        """Equal for work that gives equal values in equal columns."""

    @abstractmethod
    def begin(self, workshop: Workshop) -> None:
        """Make the columns."""

    @abstractmethod
    def fill_batch(self, connection: Connection, after: str, size: int) -> Filled:
        """The next `size` records behind the id `after`."""


def table_of(workshop: Workshop, entity: str) -> str:
    """The physical table of an entity of the model to come."""
    entry = workshop.ledger.table(entity)
    if entry is None:
        raise KeyError(f"the ledger has no table for {entity}")
    return entry.table


def hold_changes(workshop: Workshop, table: str) -> None:
    """Nobody changes a record between the last look and the new version. SQLite has one writer anyway."""
    if workshop.dialect == "postgresql":
        workshop.connection.execute(sa.text(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"))


def refer(workshop: Workshop, table: str, columns: list[sa.Column[Any]]) -> None:
    """All references of a table in one statement: PostgreSQL takes the same locks for one and for ten."""
    pointing = [column for column in columns if column.foreign_keys]
    named = sa.Table(table, sa.MetaData(), *(sa.Column(column.name) for column in pointing))
    bind = workshop.operations.get_bind()
    texts = []
    for column in pointing:
        for reference in column.foreign_keys:
            target, _dot, identity = reference.target_fullname.partition(".")
            other = sa.Table(target, named.metadata, sa.Column(identity), extend_existing=True)
            made = sa.ForeignKeyConstraint([column.name], [other.c[identity]], name=str(reference.name))
            named.append_constraint(made)
            texts.append(str(sa.schema.AddConstraint(made).compile(dialect=bind.dialect)).partition(" ADD ")[2])
    if texts:
        quoted = bind.dialect.identifier_preparer.format_table(named)
        workshop.operations.execute(f"ALTER TABLE {quoted} {', '.join(f'ADD {text}' for text in texts)}")
