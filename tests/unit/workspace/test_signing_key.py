import stat
from pathlib import Path

from tenon.workspace.keys import signing_key


def test_the_key_stays_the_same_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / ".tenon" / "secret"
    first = signing_key(path)
    assert signing_key(path) == first
    assert len(first) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_workspaces_have_different_keys(tmp_path: Path) -> None:
    assert signing_key(tmp_path / "a") != signing_key(tmp_path / "b")
