"""In charge of saying why: which role, with which words, decided about an operation on an entity."""

from dataclasses import dataclass
from typing import Literal

from tenon.locations import Location
from tenon.texts import Text, say

Effect = Literal["allows", "denies", "limits", "silent"]

_SENTENCES: dict[Effect, Text] = {
    "allows": say("The role “{role}” allows it: {scope}.", "角色“{role}”允许：{scope}。"),
    "denies": say(
        "The role “{role}” denies it, and a denial always wins.", "角色“{role}”明确禁止，禁止优先于一切授权。"
    ),
    "limits": say("The token in use is not made for it.", "所用令牌的范围不包括此操作。"),
    "silent": say("The role “{role}” says nothing that allows it.", "角色“{role}”没有允许此操作。"),
}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One voice in a decision. `role` is the role's name, "" for the token and the system."""

    role: str
    effect: Effect
    scope: str = ""
    """As written in the role: `own`, `department`, an expression."""
    origin: Location | None = None

    def sentence(self) -> Text:
        return _SENTENCES[self.effect].filled(role=self.role, scope=self.scope or "all")
