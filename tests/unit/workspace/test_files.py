import io
from pathlib import Path

import pytest

from tenon.errors import NotFound, TooLarge
from tenon.workspace.files import Files


def test_a_file_comes_back_byte_for_byte(tmp_path: Path) -> None:
    files = Files(tmp_path, limit=1000)
    stored = files.put(io.BytesIO(b"\x00\xff" * 200))
    assert files.path(stored.key).read_bytes() == b"\x00\xff" * 200
    assert stored.size == 400


def test_a_file_over_the_limit_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        Files(tmp_path, limit=10).put(io.BytesIO(b"x" * 11))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("key", ["../../secret", "", "a" * 36 + "/..", "00000000-0000-0000-0000-000000000000"])
def test_a_key_never_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    with pytest.raises(NotFound):
        Files(tmp_path / "files", limit=10).path(key)
