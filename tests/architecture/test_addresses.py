"""In charge of keeping one machine's addresses out of the project: its folders and its package registries."""

import re
from pathlib import Path

import pytest

MACHINE = re.compile(
    r"(?<![\w./{}<>])/(?:work|root)/\w"
    r"|/tmp[/]tenon/"
    r"|\b(?:registry|mirrors?|files|deb|packages)[.][\w-]+[.](?:org|com|cn|io)\b"
)
LOCKS = ("requirements.lock", "requirements-dev.lock", "ui/package-lock.json", "tools/installer.lock")


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""  # a picture


def test_no_file_names_a_machine_or_a_registry(project_files: list[Path]) -> None:
    found = [f"{path}: {match.group()}" for path in project_files if (match := MACHINE.search(text_of(path)))]
    assert found == []


@pytest.mark.parametrize("name", LOCKS)
def test_lock_files_hold_hashes_and_no_addresses(project: Path, name: str) -> None:
    text = (project / name).read_text()
    assert "sha256:" in text or '"integrity": "sha512-' in text
    assert "://" not in text


def test_a_lock_file_pins_everything_by_hash(project: Path) -> None:
    for name in LOCKS:
        if name.endswith(".json"):
            continue
        entries = re.split(r"\n(?=[a-z])", (project / name).read_text().split("make lock\n")[1])
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
