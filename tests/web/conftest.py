"""In charge of a trial workspace and a browser without a screen's worth of code: Flask's test client."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from samples import workspaces
from tenon import web
from tenon.http import create_app
from tenon.workspace import Workspace


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
