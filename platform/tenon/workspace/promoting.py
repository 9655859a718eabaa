"""In charge of moving a configuration to another workspace: packed here, planned and published there.

Metadata has names only. Where it mentions a record by its id, the record of the same key is looked up in the target.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import Clock, SystemClock
from tenon.compiler import BUILDER, Sources, check
from tenon.compiler.company import with_patch, with_settings_of
from tenon.compiler.layering import said_by
from tenon.database import Connection, Database, UnitOfWork
from tenon.errors import Conflict, Detail, MetadataError
from tenon.exchange.references import find_by_words, naming_fields
from tenon.query import Query
from tenon.schema import Ledger, PublishedVersion, build_tables, published, versions
from tenon.schema.versions import version
from tenon.texts import say
from tenon.workspace.assembly import Assembled, assemble
from tenon.workspace.client_files import same_files
from tenon.workspace.packages import Package, Reference, without_secrets
from tenon.workspace.proposals import Proposal, proposal_of, propose

_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")


def pack(database: Database, number: int | None = None, *, clock: Clock | None = None) -> Package:
    """What is published, or an older version by its number. Raises NotFound when there is none."""
    with database.reading() as connection:
        found = version(connection, number)
        known = versions(connection)
        sources = without_secrets(found.sources)
        model = check(sources).model
        if model is None:
            raise MetadataError(check(sources).problems)
        references = _references(_Door(connection, database, found, clock), sources)
    entry = next(item for item in known if item.number == found.number)
    history = [item.origin or item.digest for item in reversed(known) if item.number <= found.number]
    return Package(
        sources=sources,
        digest=model.digest,
        number=found.number,
        reason=entry.reason,
        history=tuple(dict.fromkeys([*history, model.digest])),
        references=references,
    )


def propose_package(
    database: Database,
    package: Package,
    *,
    rebase: bool = False,
    here: Sources | None = None,
    clock: Clock | None = None,
) -> Proposal:
    """The package's configuration as a proposal for this workspace.

    Raises Conflict when the workspace went on by itself since it last met the package's history, unless `rebase`
    lays what was changed in its builder over the package; and when a record the metadata mentions is not there.
    `here` are the files of the target's folder, whose settings stay; those published when not given.
    """
    with database.reading() as connection:
        present = published(connection)
        if present is not None and not rebase:
            _refuse_if_moved(package, connection)
        sources = package.sources
        if package.references:
            sources = _with_ids(package, _Door(connection, database, present, clock) if present else None)
        target = here or (present.sources if present is not None else None)
        if target is not None:
            sources = with_settings_of(sources, target)
        if rebase and present is not None:
            sources = with_patch(sources, said_by(present.sources, BUILDER).plain())
        settled = not rebase
        return proposal_of(connection, present, sources, settled=settled, origin=package.digest)


def refuse_unapplied(database: Database, folder: Path, here: Sources) -> None:
    """Raises Conflict when files of the folder would be lost by writing over them: edited, and never published."""
    with database.reading() as connection:
        present = published(connection)
        if present is None:
            return
        known = (published(connection, item.number) for item in versions(connection))
        if any(item is not None and same_files(item.sources, here) for item in known):
            return
    if not propose(database, folder).plan.is_empty:
        raise Conflict(
            say(
                "The files in {folder} were edited and not applied.",
                "{folder} 中的文件已修改但尚未应用。",
                folder=str(folder),
            ),
            hint=say("Run “tenon apply” there, or take the edits back.", "请在那里运行“tenon apply”，或撤销修改。"),
        )


def _refuse_if_moved(package: Package, connection: Connection) -> None:
    newest = versions(connection)[0]
    if newest.digest not in package.history and newest.origin not in package.history:
        raise Conflict(
            say(
                "The target went on by itself: its version {number} (“{reason}”) is unknown to the package.",
                "目标工作区已自行更改：其版本 {number}（“{reason}”）在打包处不为人知。",
                number=newest.number,
                reason=newest.reason,
            ),
            hint=say(
                "Bring that change over first, or repeat with --rebase to keep what was changed in its builder.",
                "请先把该更改带回来源处，或加 --rebase 以保留目标在构建器中的更改。",
            ),
        )


class _Door:
    """The reading door of one version, for the product itself."""

    def __init__(
        self, connection: Connection, database: Database, present: PublishedVersion, clock: Clock | None
    ) -> None:
        model = check(present.sources).model
        if model is None:
            raise MetadataError(check(present.sources).problems)
        tables = build_tables(model, Ledger.load(connection))
        self.assembled: Assembled = assemble(present.number, model, tables, database)
        actor = Actor.system("records that metadata mentions")
        self.unit = UnitOfWork(actor=actor, connection=connection, now=(clock or SystemClock()).now())
        self.access = Access.of(model, actor)

    def keys(self, ids: Iterable[str]) -> dict[str, Reference]:
        """Id → how people call the record; the first entity that has it."""
        found: dict[str, Reference] = {}
        for name, entity in self.assembled.model.entities.items():
            keys = naming_fields(entity)
            for identity in [item for item in ids if item not in found] if keys else []:
                query = Query(entity=name, select=("id", *keys), where=f'id == "{identity}"', limit=1)
                for record in self.assembled.reader.list(self.unit, self.access, query).records:
                    key = next((key for key in keys if record.get(key)), None)
                    if key is not None:
                        found[identity] = Reference(entity=name, field=key, value=str(record[key]))
        return found

    def id_of(self, reference: Reference) -> str | None:
        if reference.entity not in self.assembled.model.entities:
            return None
        door = self.assembled.reader
        found = find_by_words(self.unit, self.access, door, reference.entity, [reference.value], by=reference.field)
        return found.ids.get(reference.value)


def _references(door: _Door, sources: Sources) -> dict[str, Reference]:
    mentioned = sorted({found for file in sources.files for found in _ID.findall(file.text)})
    return door.keys(mentioned) if mentioned else {}


def _with_ids(package: Package, door: _Door | None) -> Sources:
    """The package's sources with the target's ids; Conflict with every record that is not there."""
    ids: dict[str, str] = {}
    missing: list[Reference] = []
    for identity, reference in package.references.items():
        found = door.id_of(reference) if door is not None else None
        if found is None:
            missing.append(reference)
        else:
            ids[identity] = found
    if missing:
        raise _unknown_records(missing)
    return _replaced(package.sources, ids)


def _replaced(sources: Sources, ids: Mapping[str, str]) -> Sources:
    def text(before: str) -> str:
        return _ID.sub(lambda match: ids.get(match.group(), match.group()), before)

    return replace(sources, files=tuple(replace(file, text=text(file.text)) for file in sources.files))


def _unknown_records(missing: list[Reference]) -> Conflict:
    details = [
        Detail(
            path=item.entity,
            code="unknown_reference",
            message=say("{entity} “{value}”", "{entity}“{value}”", entity=item.entity, value=item.value),
        )
        for item in missing
    ]
    return Conflict(
        say(
            "The metadata mentions {count} record(s) that this workspace does not have.",
            "元数据提到了 {count} 条此工作区没有的记录。",
            count=len(missing),
        ),
        hint=say("Create them with the same names, then repeat.", "请先建立同名记录，然后重试。"),
        details=details,
    )
