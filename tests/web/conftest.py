"""In charge of a trial workspace and a browser without a screen's worth of code: Flask's test client."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from samples import workspaces
from tenon import web
from tenon.clock import FixedClock
from tenon.http import create_app
from tenon.workspace import Workspace


@pytest.fixture(scope="session")
def built_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "trial"
    workspaces.build(folder, workspaces.fixed_clock())
    return folder


@pytest.fixture
def workspace(built_workspace: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Workspace]:
    """A copy of its own for each test."""
    workspace = workspaces.copy(built_workspace, tmp_path / "trial", clock)
    yield workspace
    workspace.close()


@pytest.fixture
def app(workspace: Workspace) -> Flask:
    app = create_app(workspace, [web.part])
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Nobody has signed in."""
    return app.test_client()


@pytest.fixture
def signed_in(client: FlaskClient) -> FlaskClient:
    """The administrator has signed in."""
    workspaces.sign_in(client, workspaces.ADMINISTRATOR)
    return client
