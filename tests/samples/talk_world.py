"""In charge of people who talk about records: the small company of the pool, where everybody is an employee too."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from samples.pool_world import PEOPLE, Pond, open_pond
from tenon.clock import FixedClock


def open_talk(
    folder: Path, url: str, clock: FixedClock, files: Mapping[str, str] | None = None, **settings: str
) -> Pond:
    """Sam owns Acme, Sol owns Bolt; Chloe may read both, the boss everything, Lena nothing of clients."""
    talk = open_pond(folder, url, clock, files, **settings)
    for name in PEOPLE:
        talk.create("role_assignment", person=talk.ids[name], role="employee")
    talk.client("Acme", owner="sam")
    talk.client("Bolt", owner="sol")
    return talk


def comment(talk: Pond, who: str, client: str, text: str, *mentions: str) -> str:
    return talk.create("comment", who, **on(talk, client), text=text, mentions=[talk.ids[name] for name in mentions])


def on(talk: Pond, client: str) -> dict[str, Any]:
    return {"record_entity": "x_client", "record_id": talk.ids[client]}


def told(talk: Pond, who: str) -> list[tuple[str, str]]:
    """Kind and title of what somebody was told, oldest first."""
    return [
        (each["kind"], each["title"])
        for each in talk.find("notification", "person == user", who, sort=("created_at", "id"))
    ]
