"""In charge of files chosen in forms: their bytes are kept, a record of the file is made, the field points to it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch

from flask import request
from werkzeug.datastructures import FileStorage

from tenon.access import Access
from tenon.actors import Actor
from tenon.database import UnitOfWork
from tenon.errors import Detail, InvalidInput
from tenon.fields.image import ENOUGH, KINDS, trusted_kind
from tenon.http import Asking
from tenon.model import Field
from tenon.texts import Text, say
from tenon.web.submitted import uploads
from tenon.workspace.files import StoredFile

ENTITY = "file"
MEGABYTE = 1_000_000
LONGEST_NAME = 255


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file whose bytes are kept already."""

    name: str
    mime_type: str
    stored: StoredFile


@contextmanager
def kept_uploads(known: Asking, fields: Sequence[Field]) -> Iterator[dict[str, Upload]]:
    """By field; raises InvalidInput for a kind or size that a field does not take. What fails leaves no bytes."""
    chosen = uploads(request.files)
    with _undone_on_failure(known) as kept:
        for field in fields:
            if field.type.widget in ("file", "image") and field.name in chosen:
                kept[field.name] = _keep(known, field, chosen[field.name])
        yield kept


@contextmanager
def kept_files(known: Asking, control: str) -> Iterator[dict[str, Upload]]:
    """All files chosen in one control, by their place in it. What fails leaves no bytes."""
    with _undone_on_failure(known) as kept:
        for place, sent in enumerate(request.files.getlist(control)):
            if sent.filename:
                kind = trusted_kind(sent.mimetype, _beginning(sent))
                kept[str(place)] = Upload(
                    name=_name(sent), mime_type=kind, stored=known.workspace.files.put(sent.stream)
                )
        yield kept


@contextmanager
def _undone_on_failure(known: Asking) -> Iterator[dict[str, Upload]]:
    kept: dict[str, Upload] = {}
    try:
        yield kept
    except BaseException:
        for upload in kept.values():
            known.workspace.files.remove(upload.stored.key)
        raise


def attach(
    known: Asking, unit: UnitOfWork, entity: str, identity: str | None, kept: dict[str, Upload]
) -> dict[str, str]:
    """Field → id of the new file record; its bookkeeping is the product's own.

    It belongs to the record `identity`; None: to none yet (`hand_over`), for a file belongs to what is there.
    """
    found = {}
    for name, upload in kept.items():
        values = {
            "name": upload.name,
            "size": upload.stored.size,
            "mime_type": upload.mime_type,
            "storage_key": upload.stored.key,
            "record_entity": entity if identity is not None else None,
            "record_id": identity,
        }
        found[name] = known.writer.create(unit, _product(known), ENTITY, values).id
    return found


def hand_over(known: Asking, unit: UnitOfWork, entity: str, identity: str, files: dict[str, str]) -> None:
    """What was attached to nothing belongs to the record from now on."""
    home = {"record_entity": entity, "record_id": identity}
    for file in files.values():
        known.writer.change(unit, _product(known), ENTITY, file, home, version=None)


def _product(known: Asking) -> Access:
    return Access.of(known.model, Actor.system("files of a form"))


def _keep(known: Asking, field: Field, sent: FileStorage) -> Upload:
    kind = _kind(field, sent)
    accepted = field.type.options.get("accept") or ()
    if accepted and not any(fnmatch(kind, pattern) for pattern in accepted):
        raise _refused(field, "wrong_kind", say("This kind of file is not taken here.", "这里不接受此类文件。"))
    stored = known.workspace.files.put(sent.stream)
    most = int(field.type.options.get("max_size") or 0)
    if most and stored.size > most * MEGABYTE:
        known.workspace.files.remove(stored.key)
        raise _refused(field, "too_large", say("The file is larger than {most} MB.", "文件超过 {most} MB。", most=most))
    return Upload(name=_name(sent), mime_type=kind, stored=stored)


def _name(sent: FileStorage) -> str:
    """Without the folders that some browsers send along."""
    return (sent.filename or "").replace("\\", "/").rpartition("/")[2][-LONGEST_NAME:]


def _beginning(sent: FileStorage) -> bytes:
    """Enough to tell what it is; it can be read from its start again."""
    found = sent.stream.read(ENOUGH)
    sent.stream.seek(0)
    return found


def _kind(field: Field, sent: FileStorage) -> str:
    """What the browser says it is, unless its bytes say otherwise; a picture has to be one."""
    kind = trusted_kind(sent.mimetype, _beginning(sent))
    if field.type.widget == "image" and kind not in KINDS:
        message = say(
            "“{name}” is no picture. Choose a PNG, JPEG, GIF or WebP file.",
            "“{name}”不是图片，请选择 PNG、JPEG、GIF 或 WebP 文件。",
            name=(sent.filename or "")[:80],
        )
        raise _refused(field, "not_a_picture", message)
    return kind


def _refused(field: Field, code: str, message: Text) -> InvalidInput:
    return InvalidInput(message, details=[Detail(path=field.name, code=code, message=message)])
