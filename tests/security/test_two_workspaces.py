"""In charge of the promise that nothing crosses between the workspaces of one installation: a walk over every route."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from samples import workspaces
from tenon.actors import Actor
from tenon.application import application
from tenon.clock import FixedClock
from tenon.hosting import Installation
from tenon.workspace import Workspace, tokens
from tenon.workspace.publishing import create_administrator, propose, publish

SECRET = "Zanzibar Unspeakable 桑给巴尔"
HOME = {"acme": "http://acme.test", "beta": "http://shared.test/beta"}


@dataclass
class Neighbours:
    """Two workspaces behind one address. Only beta knows the secret; `ids` are of beta's records, by entity."""

    installation: Installation
    rules: list[str]
    ids: dict[str, str]
    secrets: dict[str, str]

    def get(self, name: str, path: str, *, token_of: str | None = None, cookie: str = "") -> TestResponse:
        headers = {"Authorization": f"Bearer {self.secrets[token_of]}"} if token_of else {}
        if cookie:
            headers["Cookie"] = cookie
        base, _slash, prefix = HOME[name].partition(".test")
        return Client(self.installation, use_cookies=False).get(
            f"{prefix}{path}", base_url=f"{base}.test", headers=headers, buffered=True
        )

    def signed_in(self, name: str) -> str:
        """The cookie of beta's or acme's administrator."""
        client = Client(self.installation)
        base, _dot, prefix = HOME[name].partition(".test")
        origin = {"base_url": f"{base}.test"}
        token = client.get(f"{prefix}/sign-in", **origin).text.split('name="csrf-token" content="', 1)[1].split('"')[0]
        form = {"csrf_token": token, "email": workspaces.ADMINISTRATOR, "password": workspaces.PASSWORD}
        answer = client.post(f"{prefix}/sign-in", data=form, **origin)
        assert answer.status_code == 303
        cookie = client.get_cookie("tenon", domain=base.removeprefix("http://") + ".test", path=prefix or "/")
        assert cookie is not None
        return f"tenon={cookie.value}"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def neighbours(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbours]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    folder = tmp_path_factory.mktemp("installation")
    clock = workspaces.fixed_clock()
    made: dict[str, Any] = {"ids": {}, "secrets": {}}
    for name in HOME:
        with _published(folder / name, name, url, clock) as workspace:
            made["secrets"][name] = _filled(workspace, name, made["ids"])
            rules = [
                str(rule.rule) for rule in application(workspace).url_map.iter_rules() if "GET" in (rule.methods or ())
            ]
    (folder / "installation.yaml").write_text("workspaces: {acme: {host: acme.test}, beta: {prefix: /beta}}")
    installation = Installation.read(folder, idle=timedelta(hours=1), clock=clock)
    yield Neighbours(installation=installation, rules=rules, **made)
    installation.close()


def _published(folder: Path, name: str, url: str, clock: FixedClock) -> Workspace:
    folder.mkdir()
    schema = f"settings: {{database_schema: two_{name}, database_url: '{url}'}}\n" if url else ""
    (folder / "workspace.yaml").write_text(workspaces.METADATA.replace("trial", name, 1) + schema)
    database = workspaces.database_of(folder)
    publish(database, propose(database, folder), Actor.system("test"), clock=clock)
    database.close()
    return Workspace.open(folder, clock=clock)


def _filled(workspace: Workspace, name: str, ids: dict[str, str]) -> str:
    """Beta's records carry the secret; the answer is a token for everything of the workspace."""
    actor = Actor.system("test")
    access = workspace.access(actor)
    with workspace.unit(actor) as unit:
        person = create_administrator(unit, workspace.current, workspaces.ADMINISTRATOR, "Ada", workspaces.PASSWORD)
        if name == "beta":
            secret = {"name": SECRET, "owner": person}
            account = workspace.writer.create(unit, access, "account", {**secret, "city": SECRET})
            contact = workspace.writer.create(unit, access, "contact", secret)
            ids.update(account=account.id, contact=contact.id, user=person)
        until = unit.now + timedelta(days=1)
        everything = {"*": frozenset({"read"})}
        return tokens.create_token(unit.connection, person, "scan", everything, unit.now, until)[1]


def addresses(neighbours: Neighbours) -> Iterator[str]:
    """Every route, with beta's records in the places of ids."""
    for rule in neighbours.rules:
        for entity, identity in neighbours.ids.items():
            filled = re.sub(r"<[^>]*\b(entity|name)>", entity, rule)
            yield re.sub(r"<[^>]*>", identity, filled)


def test_the_secret_is_there_for_its_own_people(neighbours: Neighbours) -> None:
    assert SECRET in neighbours.get("beta", "/api/v1/account", token_of="beta").text
    cookie = neighbours.signed_in("beta")
    assert SECRET in neighbours.get("beta", f"/account/{neighbours.ids['account']}", cookie=cookie).text


def test_no_route_of_one_workspace_tells_of_the_other(neighbours: Neighbours) -> None:
    cookie = neighbours.signed_in("acme")
    told, tried = [], 0
    for address in addresses(neighbours):
        for proof in ({"token_of": "acme"}, {"cookie": cookie}):
            answer = neighbours.get("acme", address, **proof)
            tried += 1
            assert answer.status_code < 500, address
            if SECRET in answer.text or SECRET.encode("unicode_escape").decode() in answer.text:
                told.append(address)
    assert tried > 100
    assert told == []


def test_no_proof_of_one_workspace_is_good_in_the_other(neighbours: Neighbours) -> None:
    cookie = neighbours.signed_in("acme")
    for address in addresses(neighbours):
        by_cookie = neighbours.get("beta", address, cookie=cookie)
        by_token = neighbours.get("beta", address, token_of="acme")
        assert SECRET not in by_cookie.text + by_token.text, address
        if address.startswith("/api/v1/"):
            assert by_token.status_code in (401, 404), address
            assert by_cookie.status_code in (401, 404), address
