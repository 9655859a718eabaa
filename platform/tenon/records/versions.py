"""In charge of two people changing one record: different fields are merged, the same field is refused."""

from collections.abc import Callable

from tenon.errors import Detail, StaleVersion
from tenon.query import Reader
from tenon.records.drafts import Draft, Work
from tenon.records.plans import Values
from tenon.records.recording import BOOKKEEPING
from tenon.records.statements import CHANGED_SINCE
from tenon.texts import say


def check_version(reader: Reader, version: int | None) -> Callable[[Work, Draft], None]:
    """The step: `version` is what the caller saw; None when he wants the last word whatever happened."""

    def step(work: Work, draft: Draft) -> None:
        if version is None or draft.old is None or draft.old["version"] == version:
            return
        since = _changed_since(work, draft, version)
        differing = [name for name in draft.sent if draft.sent[name] != draft.old[name]]
        if since is None or not since.isdisjoint(differing):
            raise stale(reader, work, draft.old, sorted(set(differing) & (since or set(differing))))

    return step


def refuse_stale(reader: Reader, work: Work, version: int | None, *, deleted: bool = False) -> None:
    """Of what cannot be merged: raises StaleVersion unless the caller saw the record as it is."""
    stored = work.drafts[0].old
    if version is not None and stored is not None and stored["version"] != version:
        raise stale(reader, work, stored, [], deleted=deleted)


def stale(reader: Reader, work: Work, stored: Values, fields: list[str], *, deleted: bool = False) -> StaleVersion:
    """The refusal, with the record as the actor may read it now and the names of the fields in dispute."""
    entity = work.plan.entity
    readable = set(work.access.readable_fields(entity.name))
    disputed = [name for name in fields if name in readable]
    message = say("Somebody else changed this record meanwhile.", "其他人已修改这条记录。")
    details = []
    for name in disputed:
        text = say("“{label}” was changed meanwhile.", "“{label}”已被他人修改。", label=entity.fields[name].label)
        details.append(Detail(path=name, code=StaleVersion.code, message=text))
    current = reader.one(work.unit, work.access, entity.name, stored["id"], deleted=deleted)
    hint = say("Look at the new values, then save again.", "请查看新值后再次保存。")
    extra = {"current": current, "version": stored["version"], "fields": disputed}
    return StaleVersion(message, hint=hint, details=details, extra=extra)


def _changed_since(work: Work, draft: Draft, version: int) -> set[str] | None:
    """Names of the fields others changed after `version`; None when it is not known."""
    current = draft.stored["version"]
    if not work.plan.entity.history or not isinstance(version, int) or not 0 < version <= current:
        return None
    connection = work.unit.connection
    rows = connection.run(
        CHANGED_SINCE[connection.dialect], {"the_entity": work.plan.name, "the_id": draft.id, "since": version}
    )
    if len(rows) != current - version:
        return None  # a version without history: engine's own writes, or history was off
    return {name for row in rows for name in (row[0] or {}) if name not in BOOKKEEPING}
