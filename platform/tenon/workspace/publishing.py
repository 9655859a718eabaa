"""In charge of making metadata real: from the files of a folder to a published version of a workspace."""

from pathlib import Path

from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import Clock, SystemClock
from tenon.database import Connection, Database, UnitOfWork
from tenon.jobs import outbox
from tenon.model import Model
from tenon.schema import Ledger, LongWork, apply, build_tables, install, prepare
from tenon.schema.versions import describe_version, record_sources
from tenon.workspace import passwords
from tenon.workspace.assembly import Assembled, assemble
from tenon.workspace.contracts import contract_digest
from tenon.workspace.proposals import Proposal, propose, propose_changes, propose_version
from tenon.workspace.seeding import Seeder
from tenon.workspace.upgrading import upgrade
from tenon.workspace.upgrading_plan import due_steps

__all__ = [
    "Proposal",
    "create_administrator",
    "load_demo",
    "propose",
    "propose_changes",
    "propose_version",
    "publish",
    "publish_within",
]


def publish(
    database: Database,
    proposal: Proposal,
    actor: Actor,
    *,
    reason: str = "",
    clock: Clock | None = None,
    long_work: LongWork = LongWork(),  # noqa: B008 - a frozen value
    ring: Path | None = None,
) -> int:
    """Apply the plan, publish the version and create its reference data in one transaction; returns its number.

    `ring` is the file of the keys (`keys.ring_of`); without it, data with secrets cannot be loaded.
    What takes long is done before, in steps that go on where they stopped when this is called again.
    """
    now = (clock or SystemClock()).now()
    prepare(proposal.plan, database, now, threshold=long_work.threshold, tell=long_work.tell)
    with database.writing() as connection:
        unit = UnitOfWork(actor=actor, connection=connection, now=now)
        number = publish_within(unit, database, proposal, reason=reason, ring=ring)
        outbox.write(unit)
    return number


def publish_within(
    unit: UnitOfWork, database: Database, proposal: Proposal, *, reason: str = "", ring: Path | None = None
) -> int:
    """As `publish`, in the transaction of the unit: whoever calls has prepared the plan, and writes the outbox."""
    install(unit.connection)
    number = _number(proposal, unit, reason)
    doors = _doors(unit.connection, number, proposal.model, database, ring)
    system = _system_unit(unit, "reference data and upgrade steps of the published version")
    Seeder(system, doors.reader, doors.writer).reference_data()
    upgrade(system, due_steps(proposal.plan), doors.reader, doors.writer)
    if number != proposal.plan.base[0]:
        doors.processes.published(system, number)
    return number


def _number(proposal: Proposal, unit: UnitOfWork, reason: str) -> int:
    """Of the version in force afterwards, which remembers what it is made of."""
    base = proposal.plan.base
    if proposal.same_model and proposal.plan.is_empty:
        number = record_sources(unit, base, proposal.sources, reason)
    else:
        number = apply(proposal.plan, unit, proposal.sources, reason=reason)
    if number != base[0]:
        modules = {name: module.version for name, module in proposal.model.modules.items()}
        contract = contract_digest(proposal.model)
        describe_version(unit, number, modules=modules, contract=contract, origin=proposal.origin)
    return number


def load_demo(unit: UnitOfWork, assembled: Assembled) -> int:
    """Create the modules' demonstration records that are missing; returns how many."""
    return Seeder(unit, assembled.reader, assembled.writer).demonstration_data()


def create_administrator(unit: UnitOfWork, assembled: Assembled, email: str, name: str, password: str) -> str:
    """A person with the role `administrator`; returns his id. Raises InvalidInput, also for a weak password."""
    access = Access.of(assembled.model, unit.actor)
    person = assembled.writer.create(unit, access, "user", {"email": email, "name": name, "active": True})
    assembled.writer.create(unit, access, "role_assignment", {"person": person.id, "role": "administrator"})
    passwords.set_password(unit.connection, person.id, password, unit.now)
    return person.id


def _doors(connection: Connection, number: int, model: Model, database: Database, ring: Path | None) -> Assembled:
    """The doors of the version being published, while its transaction is still open."""
    return assemble(number, model, build_tables(model, Ledger.load(connection)), database, ring)


def _system_unit(unit: UnitOfWork, reason: str) -> UnitOfWork:
    """The same transaction, with the product itself as the actor; events of both go to one outbox."""
    return UnitOfWork(
        actor=Actor.system(reason, timezone=unit.actor.timezone),
        connection=unit.connection,
        now=unit.now,
        cause=unit.cause,
        events=unit.events,
    )
