"""From the command line: a backup, reading it through, a workspace made of it, letting it speak, changing its keys."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from samples.commands import PASSWORD
from tenon.cli.main import tenon

WORDS = "a passphrase for backups"
ENGLISH = {"LANG": "en_GB.UTF-8", "LC_ALL": "en_GB.UTF-8"}


def call(*arguments: object, given: str = "", **environment: str) -> Result:
    return CliRunner(env={**ENGLISH, **environment}).invoke(tenon, [str(part) for part in arguments], input=given)


def done(*arguments: object, given: str = "", **environment: str) -> str:
    result = call(*arguments, given=given, **environment)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commands") / "acme"
    options = ("--modules", "core", "--admin-email", "ann@example.com", "--admin-password-stdin")
    done("init", folder, *options, given=PASSWORD)
    return folder


@pytest.fixture
def words(tmp_path: Path) -> tuple[object, ...]:
    (tmp_path / "words").write_text(f"{WORDS}\nsecond line")
    return ("--passphrase-file", tmp_path / "words")


def test_a_workspace_goes_through_a_file(acme: Path, tmp_path: Path, words: tuple[object, ...]) -> None:
    made = json.loads(done("-w", acme, "--json", "backup", "--to", tmp_path, *words))
    report = json.loads(done("--json", "backup", "verify", made["path"], *words))
    assert (report["whole"], report["workspace"], sum(report["rows"].values())) == (True, "acme", made["rows"])
    told = done("backup", "verify", made["path"], given=f"{WORDS}\n")  # asked for, where nobody said it
    assert "Whole and readable" in told
    assert WORDS not in told
    assert "Nothing leaves it until" in done(
        "restore", made["path"], "--to", tmp_path / "again", TENON_BACKUP_PASSPHRASE=WORDS
    )
    again = tmp_path / "again"
    assert "ann@example.com" in done("-w", again, "user", "list")
    assert json.loads(done("-w", again, "--json", "outgoing"))["paused"]
    done("-w", again, "outgoing", "resume")
    assert "leave this workspace" in done("-w", again, "outgoing")
    findings = {finding["name"]: finding for finding in json.loads(done("-w", acme, "--json", "doctor"))}
    assert made["path"] in findings["backups"]["text"]


def test_every_refusal_says_the_true_reason_in_the_language_of_the_caller(
    acme: Path, tmp_path: Path, words: tuple[object, ...]
) -> None:
    (tmp_path / "other").write_text("another passphrase\n")
    (tmp_path / "short").write_text("short\n")
    other = ("--passphrase-file", tmp_path / "other")
    path = json.loads(done("-w", acme, "--json", "backup", "--to", tmp_path, *words))["path"]
    refused = call("backup", "verify", path, *other, LANG="zh_CN.UTF-8", LC_ALL="zh_CN.UTF-8")
    assert (refused.exit_code, "口令与此备份所用的口令不符" in refused.output) == (1, True)
    (tmp_path / "cut").write_bytes(Path(path).read_bytes()[:-500])
    assert "ends too early" in call("backup", "verify", tmp_path / "cut", *words).output
    assert "is not a backup" in call("restore", tmp_path / "other", "--to", tmp_path / "x", *words).output
    assert "is not empty" in call("restore", path, "--to", acme, *words).output
    assert "12 characters" in call("-w", acme, "backup", "--passphrase-file", tmp_path / "short").output
    assert "no folder" in call("-w", acme, "backup", "--to", tmp_path / "nowhere", *words).output
    assert "no folder" in call("-w", acme, "doctor").output
    assert sorted(item.name for item in tmp_path.iterdir()) == sorted(
        ["words", "other", "short", "cut", Path(path).name]
    )


def test_keys_are_changed_and_old_ones_forgotten(acme: Path) -> None:
    keys = acme / ".tenon" / "keys.json"
    assert keys.stat().st_mode & 0o077 == 0
    assert json.loads(done("-w", acme, "--json", "keys", "list")) == [{"name": "k1", "current": True, "values": 0}]
    assert json.loads(done("-w", acme, "--json", "keys", "rotate"))["key"] == "k2"
    assert call("-w", acme, "keys", "forget", "k2").exit_code == 1
    done("-w", acme, "keys", "forget", "k1")
    assert [key["name"] for key in json.loads(done("-w", acme, "--json", "keys", "list"))] == ["k2"]
    assert keys.stat().st_mode & 0o077 == 0
