"""In charge of putting the parts together: a workspace with its API and its pages as one WSGI application."""

from flask import Flask

from tenon.api import part as api_part
from tenon.console import part as console_part
from tenon.http import create_app
from tenon.web import part as web_part
from tenon.workspace import Workspace


def application(workspace: Workspace) -> Flask:
    return create_app(workspace, parts=(api_part, web_part, console_part))
