"""In charge of the tables of the hand-written application: the same columns and indexes as the generated ones."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Index, Numeric, String, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from uuid_utils import uuid7

Identity = Uuid(as_uuid=False).with_variant(String(36), "sqlite")
Instant = DateTime(timezone=True)


def new_id() -> str:
    return str(uuid7())


def now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: Instant, Decimal: Numeric(18, 2)}  # noqa: RUF012 - SQLAlchemy's way to say it


class Person(Base):
    __tablename__ = "handwritten_person"

    id: Mapped[str] = mapped_column(Identity, primary_key=True)
    name: Mapped[str]


class Account(Base):
    __tablename__ = "handwritten_account"

    id: Mapped[str] = mapped_column(Identity, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    city: Mapped[str | None] = mapped_column(String(80))
    owner_id: Mapped[str] = mapped_column(ForeignKey(Person.id))


class Opportunity(Base):
    __tablename__ = "handwritten_opportunity"

    id: Mapped[str] = mapped_column(Identity, primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    created_by: Mapped[str | None] = mapped_column(Identity)
    changed_by: Mapped[str | None] = mapped_column(Identity)
    deleted_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(String(120))
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.id), index=True)
    owner_id: Mapped[str | None] = mapped_column(ForeignKey(Person.id), index=True)
    kind: Mapped[str | None] = mapped_column(String(40))
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    close_date: Mapped[date | None]
    probability: Mapped[Decimal | None]
    next_step: Mapped[str | None] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    stage: Mapped[str] = mapped_column(String(40), index=True)
    stage_since: Mapped[datetime] = mapped_column(default=now)

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    owner: Mapped[Person | None] = relationship(lazy="joined")

    __mapper_args__: dict[str, Any] = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's way to say it


Index("handwritten_opportunity_by_amount", Opportunity.amount.desc(), Opportunity.id.desc())
