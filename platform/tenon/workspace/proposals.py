"""In charge of proposals: what a folder, the builder, an older version or a package would make of a workspace.

Each becomes sources, then a model, then a plan sealed to what is published; nothing is changed here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from tenon.compiler import BUILDER, Compilation, Sources, check, compile_standing, read_layers
from tenon.compiler.collecting import while_making
from tenon.compiler.company import Changes, pulled, taken, with_changes
from tenon.compiler.settling import settle
from tenon.compiler.upgrades import UpgradeReport, upgrade_report
from tenon.database import Connection, Database
from tenon.errors import Conflict, MetadataError
from tenon.model import Model
from tenon.schema import Ledger, Plan, PublishedVersion, plan, published
from tenon.schema.versions import version
from tenon.texts import say
from tenon.workspace.upgrading_plan import with_records


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What publishing would change; sealed to the version it was made on.

    `report` says what it means for the company's own changes. `origin` is the digest of another workspace's version
    it was promoted from. `same_model` marks one that says the same in other files, and is published all the same.
    """

    sources: Sources
    model: Model
    plan: Plan
    report: UpgradeReport = field(default_factory=UpgradeReport)
    origin: str = ""
    same_model: bool = False


def propose(database: Database, folder: Path, *, take: Iterable[str] = ()) -> Proposal:
    """The files of the folder with the builder's published changes above them, compared with what is published.

    `take` names dotted paths at which the value of the layers below shall hold; whoever publishes the proposal
    writes the client's files with `write_files`. Raises MetadataError with every problem.
    """
    files, paths = read_layers(folder), tuple(take)
    with database.reading() as connection:
        present = published(connection)
        found = proposal_of(connection, present, taken(with_builder(files, present), paths))
    return replace(found, same_model=bool(paths))


def model_of(database: Database, folder: Path) -> Model:
    """What `propose` would make of the files, without a plan. Raises MetadataError with every problem."""
    _sources, compilation = compiled(database, folder)
    if compilation.model is None:
        raise MetadataError(compilation.problems)
    return compilation.model


def compiled(database: Database | None, folder: Path) -> tuple[Sources, Compilation]:
    """The files as `propose` would read them, and what they compile to; None: as if nothing was published yet."""
    present = None
    if database is not None:
        with database.reading() as connection:
            present = published(connection)
    before = present.sources if present is not None else None
    return settle(before, with_builder(read_layers(folder), present))


def propose_changes(
    database: Database, folder: Path, patch: Changes, *, undo: Iterable[str] = (), take: Iterable[str] = ()
) -> Proposal:
    """What is published with these changes of the builder: dotted path → value, None to remove the thing.

    `undo` names paths at which the builder shall say nothing any more, `take` those at which neither it nor the files
    shall: then the files change too. Files of the folder that were not applied do not come along; they count only
    while nothing is published.
    """
    paths = tuple(take)
    with database.reading() as connection:
        present = published(connection)
        base = present.sources if present is not None else read_layers(folder)
        found = proposal_of(connection, present, taken(with_changes(base, patch, undo=undo), paths))
    return replace(found, same_model=bool(paths))


def propose_version(database: Database, number: int) -> Proposal:
    """The configuration of an older version as a new one. Raises NotFound when there is none of that number."""
    with database.reading() as connection:
        return proposal_of(connection, published(connection), version(connection, number).sources, settled=True)


def propose_pull(database: Database) -> Proposal:
    """What is published, with the builder's changes written into the client's files and none left in the builder.

    Raises Conflict when a file cannot say the same, which takes things standing in an order no single file has.
    """
    with database.reading() as connection:
        present = version(connection)
        found = proposal_of(connection, present, pulled(present.sources), settled=True)
    if not found.plan.is_empty:
        raise Conflict(
            say(
                "The builder's changes cannot be written into the files without changing what they mean.",
                "无法在不改变含义的情况下把构建器中的更改写入文件。",
            ),
            hint=say(
                "“tenon plan” and “tenon explain” show which; write that part into one file by hand.",
                "“tenon plan”和“tenon explain”可显示是哪一处；请手工写入同一个文件。",
            ),
        )
    return replace(found, same_model=True)


@while_making()
def proposal_of(
    connection: Connection,
    present: PublishedVersion | None,
    sources: Sources,
    *,
    settled: bool = False,
    origin: str = "",
) -> Proposal:
    """`settled` sources are taken as they are: they were published before, or elsewhere."""
    before = present.sources if present is not None else None
    fitting, compilation = (sources, check(sources)) if settled else settle(before, sources)
    model = compilation.model
    if model is None:
        raise MetadataError(compilation.problems)
    former = _former(before) if before is not None else None
    report = UpgradeReport()
    if before is not None and before.files != fitting.files:
        report = upgrade_report(before, fitting, problems=compilation.problems, model=model, former=former)
    steps = with_records(plan(former, model, Ledger.load(connection), connection), former, connection)
    return Proposal(sources=fitting, model=model, plan=steps, report=report, origin=origin)


def _former(before: Sources) -> Model | None:
    """What runs now; None when what was published cannot be read any more, and the ledger alone says what is there."""
    try:
        return compile_standing(before).model
    except MetadataError:
        return None


def with_builder(files: Sources, present: PublishedVersion | None) -> Sources:
    """The files with the builder layer of what is published."""
    if present is None:
        return files
    built = present.sources
    return replace(files.with_layer(BUILDER, built.layer(BUILDER)), authors=built.authors)
