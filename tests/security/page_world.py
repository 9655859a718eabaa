"""In charge of the small company with secrets as people meet it in a browser: the same records behind the pages.

Views, filters, boards and forms name what Sam may not see, on purpose.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from security import api_world, reading_world
from security.reading_world import NOW, World, identity
from tenon import web
from tenon.clock import FixedClock
from tenon.compiler import SourceFile, Sources
from tenon.http import create_app
from tenon.settings import Settings
from tenon.workspace import Workspace

LAYOUT = {
    "entities/deal/views.yaml": """
        list: {type: table, label: All,
          columns: [name, account, account.region.name, margin, profit, note, vault, amount],
          sort: [-margin, name], filters: {
            rich: {label: Rich margin, where: margin > 3},
            noted: {label: Noted, where: not is_blank(note)}}}
        secret: {type: table, label: Thick margins, columns: [name], where: margin > 4}
        board: {type: kanban, label: Board, by: stage, sum: amount, card: [margin, note, account, vault]}"""
    + api_world.DIARY,
    "entities/deal/forms.yaml": """
        main: {label: Deal, inline: [lines], related: [lines, partners, vault_by_about], sections: {
          basics: {label: Basics, fields: [name, account, vault, amount, margin, profit, granted, note, doubled]},
          closing: {label: Closing, visible_when: margin > 4, fields: [closed]}}}""",
}
PAPER = {
    "templates/paper.yaml": """
        {label: Paper, channel: document, entity: deal, output: html, format: html, body: "
          <p>{{ name }} {{ account.name }} {{ account.open_amount }} {{ margin }} {{ profit }} {{ granted }} {{ note }}
          {{ noted }} {{ customer }} {{ vault }} {{ vault.name }} {{ count(allies) }} {{ about }} {{ basis }} {{ kind }}
          {{ owner.salary }} {{ lines_total }} {{ sum(lines.price) }} {{ count(partners) }}</p>
          {% if margin > 4 or note > 'a' or not is_blank(account.name) %}<p>Fat {{ amount }}</p>{% end %}
          {% for lines %}<p>{{ product }} {{ price }} {{ deal.note }} {{ record.margin }}</p>{% end %}
          {% for partners %}<p>{{ name }} {{ revenue }}</p>{% end %}
          {% for vault_by_about %}<p>{{ name }} {{ weight }}</p>{% end %}"}""",
}
"""A document that asks for everything."""
_CHANCE = re.compile(r'(name="csrf[-_]token" (content|value)="[^"]*")|(colors-[0-9a-f]+)|(class="quiet trace">[^<]*)')


@dataclass(frozen=True)
class PageWorld:
    """`tell` gives all that a person is shown at an address; what differs by chance is left out."""

    world: World
    app: Flask
    secrets: Mapping[str, str]

    def tell(self, person: str, address: str, query: Any = None, form: Any = None, **headers: str) -> str:
        given = {"Authorization": f"Bearer {self.secrets[person]}", **headers}
        method = "GET" if form is None else "POST"
        response = self.app.test_client().open(
            address, method=method, query_string=query, data=form, headers=given, buffered=True
        )
        told = _CHANCE.sub("", response.text)
        kept = {name: response.headers.get(name) for name in ("Location", "HX-Trigger", "HX-Location")}
        return f"{response.status_code} {told} {kept}"


def build(folder: Path) -> PageWorld:
    url = f"sqlite:///{folder / 'pages.sqlite'}"
    core = {**reading_world.CORE, **api_world.MORE}
    core["entities/user.yaml"] = core["entities/user.yaml"].replace("name: {type: text", api_world.MORE_OF_USER, 1)
    own = {"workspace.yaml": reading_world.WORKSPACE, **LAYOUT, **PAPER}
    texts = {"core": core, "deals": reading_world.DEALS, "workspace": own}
    files = [
        SourceFile(layer=name, path=path, text=text) for name, paths in texts.items() for path, text in paths.items()
    ]
    world = api_world._published(url, Sources(files=tuple(files), available=("core", "deals")))
    reading_world._fill(world)
    for number, (person, role) in enumerate((("sam", "seller"), ("rita", "chief"), ("olga", "seller"))):
        user = str(world.people[person].id)
        world.change("user", user, active=True)
        world.insert("role_assignment", {"id": identity(300 + number), "person": user, "role": role})
    workspace = Workspace(folder, Settings(database_url=url), world.database, FixedClock(NOW))
    return PageWorld(world, create_app(workspace, [web.part]), api_world._tokens(world))
