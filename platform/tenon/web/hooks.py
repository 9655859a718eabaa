"""In charge of the addresses at which other systems set automations off: /hooks/<automation>/<token>, and a signature.

The token names the automation and cannot be guessed. Where the trigger's connector has a secret, the call must be
signed with it besides: `X-Tenon-Signature: t=<seconds>,v1=<hex HMAC-SHA256 over "<seconds>.<body>">`, not older than
five minutes. The same `X-Tenon-Delivery` (or the same signature) is dealt with once.
"""

import hashlib
import json
from typing import Any

from flask import Blueprint, Response, request
from flask.json import jsonify

from tenon.actors import Actor
from tenon.errors import BadRequest, Forbidden, NotFound
from tenon.exchange.hooks.incoming import is_token
from tenon.exchange.hooks.signing import is_signed
from tenon.http import Asking, asking
from tenon.ids import new_id
from tenon.model import Automation
from tenon.settings import secret_named
from tenon.texts import say

TRIGGER = "webhook"
MOST = 1_000_000


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/hooks/<name>/<token>", "hook", hook, methods=["POST"])


def hook(name: str, token: str) -> Response:
    """202 with the id of the run; 200 when the same call was dealt with before, or the automation is paused."""
    known = asking()
    automation = _automation(known, name, token)
    body = request.get_data(cache=False)
    if len(body) > MOST:
        raise BadRequest(say("The call is too large.", "请求内容过大。"))
    _check_signature(known, automation, body)
    data = _data(body)
    given = request.headers.get("X-Tenon-Delivery") or request.headers.get("X-Tenon-Signature") or new_id()
    key = hashlib.sha256(given.encode()).hexdigest()
    processes = known.assembled.processes
    with known.workspace.unit(Actor.system(f"web hook of {name}")) as unit:
        run = processes.automations.fire(unit, automation.name, TRIGGER, data, key=key)
    response = jsonify({"run": run})
    response.status_code = 202 if run is not None else 200
    return response


def _automation(known: Asking, name: str, token: str) -> Automation:
    """An address that is wrong in any part is no address."""
    found = known.model.automations.get(name)
    if found is None or TRIGGER not in found.on or not is_token(known.workspace.secret, name, token):
        raise NotFound(say("There is nothing at this address.", "此地址没有内容。"))
    return found


def _check_signature(known: Asking, automation: Automation, body: bytes) -> None:
    connector = known.model.connectors.get(automation.on[TRIGGER].slots.connector or "")
    if connector is None or not connector.credentials.secret:
        return
    secret = secret_named(connector.credentials.secret)
    header = connector.credentials.header or "X-Tenon-Signature"
    if not secret or not is_signed(secret, body, request.headers.get(header, ""), known.workspace.now()):
        raise Forbidden(
            say("The signature of this call is missing, wrong or too old.", "请求的签名缺失、错误或已过期。"),
            hint=say("Sign “<seconds>.<body>” with HMAC-SHA256.", "请对“<秒数>.<正文>”做 HMAC-SHA256 签名。"),
        )


def _data(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body or b"{}")
    except ValueError as error:
        raise BadRequest(say("The body must be JSON.", "请求正文必须是 JSON。")) from error
    if not isinstance(data, dict):
        raise BadRequest(say("The body must be a JSON object.", "请求正文必须是 JSON 对象。"))
    return data
