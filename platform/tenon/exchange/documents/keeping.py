"""In charge of documents that are kept: the bytes, the record of the file, its edition, the field that points to it."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import Forbidden, InvalidInput
from tenon.exchange.documents.making import Made
from tenon.exchange.house import House
from tenon.model.outreach import Template
from tenon.process.ground import Ground
from tenon.query import Query
from tenon.texts import say

ENTITY = "file"


@dataclass(frozen=True, kw_only=True)
class Kept:
    id: str
    name: str
    edition: int


class Keeping:
    def __init__(self, ground: Ground, house: House) -> None:
        self._ground = ground
        self._house = house

    def of_key(self, unit: UnitOfWork, key: str) -> Kept | None:
        """What this making has kept already."""
        found = self._files(unit, f'making == "{_quoted(key)}"', ("-id",))
        return None if not found else Kept(id=found[0]["id"], name=found[0]["name"], edition=found[0]["edition"] or 1)

    def next_edition(self, unit: UnitOfWork, template: Template, record_id: str) -> int:
        where = f'record_id == "{record_id}" and template == "{template.name}"'
        found = self._files(unit, where, ("-edition",))
        return (found[0]["edition"] or 0) + 1 if found else 1

    def keep(
        self,
        unit: UnitOfWork,
        access: Access,
        template: Template,
        record_id: str,
        made: Made,
        *,
        field: str | None = None,
        key: str = "",
    ) -> Kept:
        """Whoever may change the record may add a file to it. Raises Forbidden, InvalidInput; then nothing is left."""
        entity = str(template.entity)
        if not access.actor.is_system and not self._ground.reader.may(unit, access, entity, record_id).allows("update"):
            raise Forbidden(
                say(
                    "You may not change this record, so nothing can be kept with it.",
                    "您不能修改此记录，因此无法将文件存入其中。",
                ),
                hint=say("Download the document instead.", "请改为直接下载文档。"),
            )
        edition = self.next_edition(unit, template, record_id)
        name = named(made, edition)
        self._check(entity, field, made)
        stored = self._house.files.put(io.BytesIO(made.content))
        try:
            values: dict[str, Any] = {
                "name": name,
                "size": stored.size,
                "mime_type": made.media_type,
                "storage_key": stored.key,
                "record_entity": entity,
                "record_id": record_id,
                "template": template.name,
                "edition": edition,
                "making": key[:200] or None,
            }
            file = self._ground.writer.create(unit, self._product(), ENTITY, values)
            if field is not None:
                writer = self._product() if self._ground.model.entities[entity].fields[field].read_only else access
                self._ground.writer.change(unit, writer, entity, record_id, {field: file.id}, version=None)
        except BaseException:
            self._house.files.remove(stored.key)
            raise
        return Kept(id=file.id, name=name, edition=edition)

    def _check(self, entity: str, field: str | None, made: Made) -> None:
        if field is None:
            return
        found = self._ground.model.entities[entity].fields[field]
        accepted = found.type.options.get("accept") or ()
        if accepted and not any(fnmatch(made.media_type, pattern) for pattern in accepted):
            raise InvalidInput(
                say(
                    "“{field}” takes no {format} files.",
                    "“{field}”不接受 {format} 文件。",
                    field=found.label,
                    format=made.format.upper(),
                )
            )

    def _files(self, unit: UnitOfWork, where: str, sort: tuple[str, ...]) -> list[Mapping[str, Any]]:
        query = Query(entity=ENTITY, select=("id", "name", "edition"), where=where, sort=sort, limit=1)
        return list(self._ground.reader.list(unit, self._product(), query).records)

    def _product(self) -> Access:
        """The bookkeeping of files is the product's own; whether there may be one was asked before."""
        return self._ground.access(self._ground.system("keeping a document"))


def named(made: Made, edition: int) -> str:
    """Two editions never have one name."""
    return made.file_name if edition == 1 else f"{made.name} ({edition}).{made.format}"


def _quoted(text: str) -> str:
    return text[:200].replace("\\", "\\\\").replace('"', '\\"')
