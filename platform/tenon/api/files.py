"""In charge of the addresses of files: uploaded to a record, listed with it, fetched under its rights.

A file belongs to a record and its rights follow that record. A signed address fetches one file without signing in
until it expires; it is given only to those who may read the file.
"""

from typing import Any
from urllib.parse import quote

from flask import Response, request, send_file
from itsdangerous import BadSignature, URLSafeTimedSerializer

from tenon.access import Access
from tenon.actors import Actor
from tenon.api.meeting import meet, meet_entity
from tenon.api.outcomes import Outcome, answer
from tenon.api.parameters import NOTHING, Parameter, read_parameters, refused, table, text
from tenon.api.repeats import carry_out
from tenon.api.writes import BASE
from tenon.database import UnitOfWork
from tenon.errors import Forbidden, NotFound
from tenon.fields.image import ENOUGH, trusted_kind
from tenon.http import Asking, asking
from tenon.query import Query
from tenon.texts import say

ENTITY = "file"
LINK_SECONDS = 900
SHOWN = ("name", "size", "mime_type", "created_at", "created_by")
_KEPT = (*SHOWN, "storage_key", "record_entity", "record_id")
_SAFE_TYPES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"))
KEY = Parameter(
    name="key",
    read=text,
    help=say("The signature of a signed address.", "签名地址中的签名。"),
)
FETCH = table(KEY)


def attach(entity: str, identity: str) -> Response:
    """Whoever may change the record may add a file to it."""
    known, name = meet_entity(entity)
    read_parameters(NOTHING)
    with known.reading() as unit:
        _require_update(known, unit, name, identity)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise refused(
            "file", say("Send the file in the form field “file”.", "请在表单字段“file”中提供文件。"), "required"
        )
    kind = trusted_kind(sent.mimetype, sent.stream.read(ENOUGH))
    sent.stream.seek(0)
    stored = known.workspace.files.put(sent.stream)
    values = {
        "name": sent.filename.replace("\\", "/").rpartition("/")[2][-255:],
        "size": stored.size,
        "mime_type": kind,
        "storage_key": stored.key,
        "record_entity": name,
        "record_id": identity,
    }

    def work(unit: UnitOfWork) -> Outcome:
        _require_update(known, unit, name, identity)
        saved = known.writer.create(unit, _everything(known), ENTITY, values)
        return Outcome(document=read_file(known, unit, saved.id), status=201, location=f"{BASE}/files/{saved.id}")

    try:
        return carry_out(known, work)
    except BaseException:
        known.workspace.files.remove(stored.key)
        raise


def list_files(entity: str, identity: str) -> Response:
    known, name = meet_entity(entity)
    read_parameters(NOTHING)
    with known.reading() as unit:
        known.reader.one(unit, known.access, name, identity, ("id",))
        where = f'record_entity == "{name}" and record_id == "{identity}"'
        query = Query(entity=ENTITY, select=_KEPT, where=where, sort=("-created_at",), limit=500)
        found = known.reader.list(unit, _everything(known), query)
    return answer({"files": [_document(known, record) for record in found.records]})


def read_file(known: Asking, unit: UnitOfWork, identity: str) -> dict[str, Any]:
    """As answers show a file whose record was met already."""
    return _document(known, known.reader.one(unit, _everything(known), ENTITY, identity, _KEPT))


def fetch(identity: str) -> Response:
    """The bytes, as a download; never shown inside our own pages."""
    given = read_parameters(FETCH)
    if "key" in given:
        known = asking()
        _check_signature(known, identity, given["key"])
        with known.workspace.reading(Actor.system("signed link")) as unit:
            record = known.reader.one(unit, _everything(known), ENTITY, identity, _KEPT)
    else:
        known = meet()
        with known.reading() as unit:
            record = readable_file(known, unit, identity)
    kind = record["mime_type"] if record["mime_type"] in _SAFE_TYPES else "application/octet-stream"
    path = known.workspace.files.path(record["storage_key"] or "")
    response = send_file(path, mimetype=kind, conditional=True, etag=False)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(record['name'], safe='')}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def readable_file(known: Asking, unit: UnitOfWork, identity: str) -> dict[str, Any]:
    """With its storage key. Raises NotFound unless the caller may read the record it belongs to, or owns it alone."""
    record = known.reader.one(unit, _everything(known), ENTITY, identity, _KEPT)
    home, home_id = record["record_entity"], record["record_id"]
    if home and home_id:
        if not known.access.can(home, "read"):
            raise NotFound(say("There is no such file.", "没有这个文件。"))
        known.reader.one(unit, known.access, home, home_id, ("id",))
    else:
        known.reader.one(unit, known.access, ENTITY, identity, ("id",))
    return record


def _document(known: Asking, record: dict[str, Any]) -> dict[str, Any]:
    address = f"{request.script_root}{BASE}/files/{record['id']}"
    shown = {"id": record["id"], **{name: record[name] for name in SHOWN if name != "created_by"}}
    return {**shown, "address": address, "signed": f"{address}?key={_signer(known).dumps(record['id'])}"}


def _require_update(known: Asking, unit: UnitOfWork, entity: str, identity: str) -> None:
    if not known.reader.may(unit, known.access, entity, identity).allows("update"):
        raise Forbidden(say("You may not change this record.", "您不能修改这条记录。"))


def _everything(known: Asking) -> Access:
    """For the bookkeeping of files alone: who may see one was decided by its record."""
    return Access.of(known.model, Actor.system("files"))


def _signer(known: Asking) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(known.workspace.secret, salt="tenon.file")


def _check_signature(known: Asking, identity: str, key: str) -> None:
    try:
        signed = _signer(known).loads(key, max_age=LINK_SECONDS)
    except BadSignature:
        signed = None
    if signed != identity:
        raise NotFound(
            say("The address of this file has expired.", "该文件地址已失效。"),
            hint=say("Ask for the record's files again.", "请重新获取记录的文件列表。"),
        )
