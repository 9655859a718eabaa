"""In charge of addresses that get nothing (any more): unsubscribed from a topic, or bounced for good."""

from collections.abc import Sequence

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.exchange.messages.letters import Letter
from tenon.process.ground import Ground
from tenon.query import Query

ENTITY = "mail_block"


class Blocks:
    """A block without a topic is one of everything; one with a topic is of letters of this topic alone."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._known = ENTITY in ground.model.entities

    def sift(self, unit: UnitOfWork, letter: Letter) -> tuple[tuple[str, ...], str]:
        """Those of the recipients who get it, each once; and why the others do not."""
        wanted: dict[str, str] = {}
        for address in letter.to:
            if "@" in address:
                wanted.setdefault(address.strip().casefold(), address.strip())
        refused = self._refused(unit, list(wanted), letter.topic)
        kept = tuple(address for key, address in wanted.items() if key not in refused)
        return kept, "; ".join(f"{address}: {reason}" for address, reason in refused.items())

    def add(self, unit: UnitOfWork, address: str, reason: str, topic: str = "") -> None:
        """Once is enough. `reason` is an option of `mail_block_reason`."""
        if self._known and not self._refused(unit, [address.casefold()], topic):
            values = {"address": address.casefold(), "topic": topic or None, "reason": reason}
            self._ground.writer.create(unit, self._access(unit), ENTITY, values)

    def _refused(self, unit: UnitOfWork, addresses: Sequence[str], topic: str) -> dict[str, str]:
        if not self._known or not addresses:
            return {}
        listed = ", ".join('"{}"'.format(each.replace("\\", "\\\\").replace('"', '\\"')) for each in addresses)
        of_topic = ' or topic == "{}"'.format(topic.replace("\\", "\\\\").replace('"', '\\"')) if topic else ""
        where = f"address in [{listed}] and (is_blank(topic){of_topic})"
        query = Query(entity=ENTITY, select=("address", "reason"), where=where, limit=500)
        found = self._ground.reader.list(unit, self._access(unit), query).records
        return {each["address"]: each["reason"] for each in found}

    def _access(self, unit: UnitOfWork) -> Access:
        return unit.remembered((self, "access"), lambda: self._ground.access(self._ground.system("addresses to spare")))
