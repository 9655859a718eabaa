"""In charge of the addresses of automations for other systems: a token made of the workspace's own key."""

import hashlib
import hmac

from tenon.exchange.house import House


def token_of(secret: bytes, automation: str) -> str:
    """The same for as long as the workspace keeps its key."""
    return hmac.new(secret, f"tenon.hook:{automation}".encode(), hashlib.sha256).hexdigest()[:40]


def is_token(secret: bytes, automation: str, token: str) -> bool:
    return hmac.compare_digest(token_of(secret, automation).encode(), token.encode())


def hook_path(house: House, automation: str) -> str:
    """What an implementer enters in the other system, behind the address of this installation."""
    return f"/hooks/{automation}/{token_of(house.secret(), automation)}"
