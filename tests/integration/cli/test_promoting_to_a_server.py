"""The promises of `tenon promote --to https://…`: planned there, shown here, applied there, refused in plain words."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from werkzeug.serving import make_server

from samples import api_calls
from tenon.actors import Actor
from tenon.cli.main import tenon
from tenon.clock import FixedClock
from tenon.database import Database
from tenon.settings import Settings
from tenon.workspace import Workspace
from tenon.workspace.publishing import propose, propose_changes, publish

WORKSPACE = "name: office\nlabel: Office\n"
FILE = "fields:\n  x_code: {type: text, label: {en: Code, zh-CN: 代码}}\n"
Promote = Callable[..., Result]


@pytest.fixture
def there(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Workspace]:
    folder = tmp_path / "there"
    folder.mkdir()
    (folder / "workspace.yaml").write_text(WORKSPACE)
    database = Database.open(database_url)
    publish(database, propose(database, folder), Actor.system("test"), reason="first", clock=clock)
    database.close()
    with Workspace.open(folder, Settings.of(folder, {"TENON_DATABASE_URL": database_url}), clock) as workspace:
        yield workspace


@pytest.fixture
def address(there: Workspace) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, api_calls.application(there), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def here(tmp_path: Path, clock: FixedClock) -> Path:
    """A workspace that was like the other one and has a field more."""
    folder = tmp_path / "here"
    (folder / "entities").mkdir(parents=True)
    (folder / "workspace.yaml").write_text(WORKSPACE)
    database = Database.of(Settings.of(folder, {}))
    publish(database, propose(database, folder), Actor.system("test"), clock=clock)
    (folder / "entities" / "department.yaml").write_text(FILE)
    publish(database, propose(database, folder), Actor.system("test"), reason="codes", clock=clock)
    database.close()
    return folder


@pytest.fixture
def promote(here: Path, there: Workspace, address: str) -> Promote:
    person = api_calls.person(there, "ada", "administrator")
    token = api_calls.token(there, person, {"configuration": frozenset(("read", "update"))})

    def call(*arguments: str, code: int = 0, token: str = token, to: str = address, language: str = "en_GB") -> Result:
        environment = {"LC_ALL": f"{language}.UTF-8", "TENON_PROMOTE_TOKEN": token}
        result = CliRunner(env=environment).invoke(tenon, ["-w", str(here), *arguments, "promote", "--to", to, "--yes"])
        assert result.exit_code == code, result.output
        return result

    return call


def test_a_configuration_goes_to_a_server_with_its_files_and_the_second_time_there_is_nothing_to_do(
    promote: Promote, there: Workspace
) -> None:
    told = promote().output
    assert "entities.department.fields.x_code" in told
    assert "Version 2 is published there." in told
    assert "x_code" in there.reload().model.entities["department"].fields
    assert (there.folder / "entities" / "department.yaml").read_text() == FILE
    assert "Nothing to do" in promote().output
    assert json.loads(promote("--json").output)["version"] == 2


def test_a_server_that_went_on_by_itself_refuses_in_its_own_words(promote: Promote, there: Workspace) -> None:
    changes = propose_changes(there.database, there.folder, {"entities.department.icon": "star"})
    publish(there.database, changes, Actor.system("builder"), reason="a star")
    refused = promote(code=1).output
    assert "went on by itself" in refused
    assert "a star" in refused


def test_a_token_is_needed_and_is_never_sent_in_the_clear_to_another_machine(promote: Promote, address: str) -> None:
    assert "TENON_PROMOTE_TOKEN" in promote(code=1, token="").output
    assert "expired or revoked" in promote(code=1, token="tenon_wrong").output
    assert "https://" in promote(code=1, to="http://crm.example.com").output
    assert "does not answer" in promote(code=1, to="http://127.0.0.1:9").output
    assert "应答" in promote(code=1, to="http://127.0.0.1:9", language="zh_CN").output
    assert promote(code=1, to=f"{address}/nowhere").output
