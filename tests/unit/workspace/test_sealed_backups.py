"""A backup is opened by its passphrase alone, and what was changed, cut or made by a newer program is told apart."""

import hashlib
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tenon.errors import BadRequest, Conflict, InvalidInput, TenonError
from tenon.workspace.backups.archive import ArchiveReader, ArchiveWriter
from tenon.workspace.backups.places import place_of
from tenon.workspace.backups.refusals import Damaged
from tenon.workspace.backups.sealing import CHUNK, MAGIC, Cost, Opener, Sealer
from tenon.workspace.backups.shapes import TableShape, refuse_unknown

WORDS = "correct horse battery"
PATH = Path("acme.tenon-backup")
NOW = datetime(2026, 3, 14, 9, tzinfo=UTC)
NOISE = b"".join(hashlib.sha256(str(number).encode()).digest() for number in range(3 * CHUNK // 32))
"""Cannot be packed, so that it fills several chunks."""


def written(noise: bytes = NOISE) -> bytes:
    stream = io.BytesIO()
    archive = ArchiveWriter(Sealer(stream, WORDS, workspace="acme", made_at=NOW, cost=Cost(time=1, memory=64)))
    archive.open({"hello": "你好"})
    with archive.part("table", "people") as part:
        part.write(b'["ann"]\n', 1)
        part.write(b'["bob"]\n', 1)
    with archive.part("file", "ab/abc") as part:
        part.write(noise)
    with archive.part("file", "cd/empty"):
        pass
    archive.close({"missing": 0})
    return stream.getvalue()


@pytest.fixture(scope="module")
def backup() -> bytes:
    return written()


def read(content: bytes, passphrase: str = WORDS) -> dict[str, bytes]:
    opener = Opener(io.BytesIO(content), PATH)
    opener.unlock(passphrase)
    return {part.name: b"".join(part.blocks()) for part in ArchiveReader(opener).parts()}


def test_what_was_written_is_read(backup: bytes) -> None:
    assert read(backup) == {"people": b'["ann"]\n["bob"]\n', "ab/abc": NOISE, "cd/empty": b""}
    assert b"ann" not in backup
    assert read(written(b""))["ab/abc"] == b""


def test_another_passphrase_is_told_from_a_broken_file(backup: bytes) -> None:
    with pytest.raises(InvalidInput, match="passphrase is not the one"):
        read(backup, "correct horse batterY")


def test_a_byte_that_was_changed_is_found_wherever_it_stands(backup: bytes) -> None:
    head = len(MAGIC) + 4
    for place in (head + 20, head + 400, len(backup) // 2, len(backup) - 40):
        changed = bytearray(backup)
        changed[place] ^= 1
        with pytest.raises(Damaged, match="changed or damaged"):
            read(bytes(changed))


def test_a_file_that_was_cut_short_says_so_wherever_it_was_cut(backup: bytes) -> None:
    length = int.from_bytes(backup[len(MAGIC) : len(MAGIC) + 4], "big")
    first = len(MAGIC) + 4 + length + 32
    for length in (len(MAGIC) + 30, first + CHUNK + 16, first + CHUNK, len(backup) - 9, len(backup) - 1):
        with pytest.raises(Damaged, match="ends too early"):
            read(backup[:length])


def test_chunks_do_not_stand_in_for_one_another(backup: bytes) -> None:
    length = int.from_bytes(backup[len(MAGIC) : len(MAGIC) + 4], "big")
    start, size = len(MAGIC) + 4 + length + 32, CHUNK + 16
    first, second = backup[start : start + size], backup[start + size : start + 2 * size]
    with pytest.raises(Damaged):
        read(backup[:start] + second + first + backup[start + 2 * size :])
    with pytest.raises(Damaged):
        read(backup[:start] + first + backup[start + 2 * size :])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a zip", b"SQLite format 3\x00"])
def test_another_kind_of_file_is_no_backup(content: bytes) -> None:
    with pytest.raises(BadRequest, match="is not a backup"):
        read(content)


def test_a_newer_format_is_refused_before_any_passphrase(backup: bytes) -> None:
    def rewritten(change: Callable[[dict[str, object]], object]) -> bytes:
        length = int.from_bytes(backup[len(MAGIC) : len(MAGIC) + 4], "big")
        start = len(MAGIC) + 4
        head = json.loads(backup[start : start + length])
        change(head)
        text = json.dumps(head).encode()
        digest = hashlib.sha256(text).digest()
        return MAGIC + len(text).to_bytes(4, "big") + text + digest + backup[start + length + 32 :]

    with pytest.raises(Conflict) as refusal:
        Opener(io.BytesIO(rewritten(lambda head: head.update(format=2, made_by="9.1.0"))), PATH)
    assert "9.1.0" in str(refusal.value)
    assert refusal.value.hint is not None
    assert "9.1.0" in refusal.value.hint.in_("zh-CN")
    with pytest.raises(TenonError):  # whoever writes another head does not get the chunks to fit it
        read(rewritten(lambda head: head.update(workspace="other")))


@pytest.mark.parametrize(
    ("kind", "name", "column"),
    [
        ("system", "tenon_future", ["id", "id", True]),
        ("system", "tenon_job", ["mood", "text", False]),
        ("records", "t_account", ["shape", "polygon", False]),
    ],
)
def test_what_only_a_newer_program_keeps_is_named(kind: str, name: str, column: list[object]) -> None:
    shape = TableShape.from_json({"name": name, "kind": kind, "columns": [column], "keys": [], "references": {}})
    with pytest.raises(Conflict, match=r"Tenon 9\.1\.0") as refusal:
        refuse_unknown([shape], "9.1.0")
    assert name in str(refusal.value)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a/../../b", "", "a\\b"])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    with pytest.raises(Damaged):
        place_of("metadata", name)
