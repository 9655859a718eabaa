"""In charge of the action “webhook”: the call is kept with the step, and made after the commit."""

import json

from tenon.process.evaluation import packed
from tenon.process.performing import Doing, Done, Performer, performer
from tenon.process.performing.base import Answer
from tenon.query import Record


@performer("webhook")
class CallWebhook(Performer):
    def perform(self, doing: Doing) -> Answer:
        """Its own values, or the whole record as the run's actor may read it."""
        connector = doing.ground.model.connectors.get(doing.step.slots.connector or "")
        record = doing.record
        sent = doing.named("send")
        body = {name: packed_plain(value) for name, value in sent.items()} if sent else _whole(doing)
        values = {
            "event": f"{doing.origin}"[:120],
            "origin": doing.origin[:200],
            "url": connector.url if connector is not None else str(doing.option("url", "")),
            "method": str(doing.option("method", "POST")),
            "connector": connector.name if connector is not None else None,
            "record_entity": record.entity if record is not None else None,
            "record_id": record.id if record is not None else None,
            "payload": json.dumps(body, ensure_ascii=False),
            "key": doing.key[:200],
        }
        line = f"webhook:{values['url']}:{record.id}" if record is not None else None
        made = doing.ground.service("webhooks").send(doing.unit, values, line=line)
        return Done(touched=1, outcome={"delivery": made})


def packed_plain(value: object) -> object:
    """As other systems read it: instants and dates as ISO text, numbers as text, records as ids."""
    found = packed(value)
    if isinstance(found, dict) and len(found) == 1:
        (mark, inner) = next(iter(found.items()))
        if mark == "$record":
            return inner[1]
        if mark.startswith("$"):
            return inner
    return found


def _whole(doing: Doing) -> Record:
    if doing.record is None:
        return {}
    return doing.ground.reader.one(doing.unit, doing.access, doing.record.entity, doing.record.id)
