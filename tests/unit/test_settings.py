"""Settings come from the environment, else from workspace.yaml, else they are the defaults; mistakes are named."""

from pathlib import Path

import pytest

from tenon.errors import InvalidInput
from tenon.settings import SETTINGS, Settings


def write(folder: Path, text: str) -> Path:
    (folder / "workspace.yaml").write_text(text, encoding="utf-8")
    return folder


def test_without_anything_said_data_lies_in_the_workspace(tmp_path: Path) -> None:
    assert Settings.of(tmp_path, {}).database_url == f"sqlite:///{tmp_path}/.tenon/tenon.sqlite"


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    write(tmp_path, "name: demo\nsettings: {port: 9000, host: 0.0.0.0}\n")
    settings = Settings.of(tmp_path, {"TENON_PORT": "9001", "PATH": "/bin"})
    assert (settings.port, settings.host, settings.upload_limit) == (9001, "0.0.0.0", 25_000_000)
    assert settings.sources == {"port": "TENON_PORT", "host": "workspace.yaml"}


def test_a_relative_file_of_sqlite_starts_at_the_workspace(tmp_path: Path) -> None:
    write(tmp_path, "settings: {database_url: 'sqlite:///data/crm.sqlite'}\n")
    assert Settings.of(tmp_path, {}).database_url == f"sqlite:///{tmp_path}/data/crm.sqlite"
    absolute = {"TENON_DATABASE_URL": "sqlite:////var/crm.sqlite"}
    assert Settings.of(tmp_path, absolute).database_url == "sqlite:////var/crm.sqlite"
    server = {"TENON_DATABASE_URL": "postgresql+psycopg://u@/n?host=/tmp/x"}
    assert Settings.of(tmp_path, server).database_url == "postgresql+psycopg://u@/n?host=/tmp/x"


def test_an_unknown_variable_is_an_error_with_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Settings.of(tmp_path, {"TENON_DATABSE_URL": "sqlite:///x"})
    (detail,) = refusal.value.details
    assert detail.path == "TENON_DATABSE_URL"
    assert "TENON_DATABASE_URL" in str(detail.hint)


def test_an_unknown_name_in_the_file_is_an_error_with_a_suggestion(tmp_path: Path) -> None:
    write(tmp_path, "settings: {prot: 1}\n")
    with pytest.raises(InvalidInput) as refusal:
        Settings.of(tmp_path, {})
    assert "port" in str(refusal.value.details[0].hint)


def test_variables_of_the_tests_are_left_alone(tmp_path: Path) -> None:
    assert Settings.of(tmp_path, {"TENON_TEST_ANYTHING": "x"}) == Settings.of(tmp_path, {})


@pytest.mark.parametrize(
    ("variable", "value"),
    [("TENON_PORT", "many"), ("TENON_PORT", "-1"), ("TENON_PORT", "1.5"), ("TENON_SECURE_COOKIES", "maybe"),
     ("TENON_DATABASE_LOCK_TIMEOUT", "nan"), ("TENON_DATABASE_LOCK_TIMEOUT", "inf"),
     ("TENON_BACKUP_TIME", "25:00"), ("TENON_BACKUP_TIME", "")],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_says_what_is_wanted(tmp_path: Path, variable: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Settings.of(tmp_path, {variable: value})
    assert "must be" in str(refusal.value.details[0].message)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Settings.of(tmp_path, {"TENON_PORT": "x", "TENON_NOTHING": "y"})
    assert len(refusal.value.details) == 2


@pytest.mark.parametrize("text", ["settings: [1]", "settings: {a: [", "settings: {workspace: /x}"])
def test_a_file_that_says_something_impossible_is_not_passed_over(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidInput):
        Settings.of(write(tmp_path, text), {})


def test_yes_and_no_may_be_written_as_people_do(tmp_path: Path) -> None:
    for yes in ("true", "1", "Yes", "on"):
        assert Settings.of(tmp_path, {"TENON_SECURE_COOKIES": yes}).secure_cookies is True
    assert Settings.of(write(tmp_path, "settings: {secure_cookies: false}"), {}).secure_cookies is False


def test_every_setting_explains_itself_in_both_languages_and_secrets_are_masked(tmp_path: Path) -> None:
    settings = Settings.of(tmp_path, {"TENON_DATABASE_URL": "postgresql://u:hidden@h/n"})
    explained = {item.setting.name: item for item in settings.explained()}
    assert explained.keys() == SETTINGS.keys()
    assert all(set(item.setting.help.languages()) == {"en", "zh-CN"} for item in explained.values())
    assert "hidden" not in explained["database_url"].value
    assert explained["database_url"].source == "TENON_DATABASE_URL"
    assert explained["port"].source == ""
