"""In charge of text messages: handed as JSON to the gateway of the setting `sms_url`, signed with `sms_secret`.

The gateway gets `{"id", "to": [...], "text", "template", "sign", "values"}`; header `X-Tenon-Signature` is
`t=<seconds>,v1=<hex HMAC-SHA256 over "<seconds>.<body>">`. The id is the same at every attempt, so that a gateway can
tell a repetition.
"""

import json

from tenon.errors import BadRequest
from tenon.exchange.calling import Unreachable, call
from tenon.exchange.channels.base import CHANNELS, Channel, Receipt, Sending
from tenon.exchange.hooks.signing import signature
from tenon.jobs import GiveUp
from tenon.texts import say


class Sms(Channel):
    repeatable = True

    def check(self, sending: Sending) -> None:
        if not sending.house.settings.sms_url:
            raise GiveUp(say("No gateway for text messages is set: TENON_SMS_URL.", "未设置短信网关：TENON_SMS_URL。"))

    def send(self, sending: Sending) -> Receipt:
        record, settings = sending.record, sending.house.settings
        message = {
            "id": record["id"],
            "to": sending.recipients,
            "text": record["body"],
            **{name: (record["provider"] or {}).get(name) for name in ("template", "sign", "values")},
        }
        body = json.dumps(message, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        if settings.sms_secret:
            headers["X-Tenon-Signature"] = signature(settings.sms_secret, body, sending.now)
        try:
            answer = call(settings.sms_url, body=body, headers=headers, private=settings.private_addresses)
        except BadRequest as refusal:
            raise GiveUp(refusal.message) from refusal
        if answer.status >= 500 or answer.status == 429:
            raise Unreachable(f"{answer.status} {answer.text[:500]}", sent=False)
        if answer.status >= 300:
            told = f"{answer.status} {answer.text[:500]}"
            raise GiveUp(say("The gateway refused it: {told}", "短信网关拒绝：{told}", told=told))
        return Receipt(answer.text)


CHANNELS.register("sms")(Sms())
