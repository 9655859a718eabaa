"""In charge of the page behind the link with which a reader unsubscribes: looking changes nothing, the button does.

Mail programs press it by themselves (RFC 8058): the signed address is all that is asked for.
"""

from flask import Blueprint, Response

from tenon.actors import Actor
from tenon.exchange.unsubscribing import PATH, read_unsubscription
from tenon.http import Asking, asking
from tenon.web.pages import page


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule(f"{PATH}<token>", "unsubscribe_ask", ask)
    blueprint.add_url_rule(f"{PATH}<token>", "unsubscribe", unsubscribe, methods=["POST"])


def ask(token: str) -> Response:
    known = asking()
    address, _topic = read_unsubscription(known.workspace.secret, token)
    return page("unsubscribe.html", address=address, done=False)


def unsubscribe(token: str) -> Response:
    known = asking()
    address, topic = read_unsubscription(known.workspace.secret, token)
    _block(known, address, topic)
    return page("unsubscribe.html", address=address, done=True)


def _block(known: Asking, address: str, topic: str) -> None:
    with known.workspace.unit(Actor.system("a reader unsubscribed")) as unit:
        blocks = known.assembled.processes.ground.service("messages").blocks
        blocks.add(unit, address, "unsubscribed", topic)
