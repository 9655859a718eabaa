"""In charge of what a channel is: a way on which a message of the ledger leaves the house."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from tenon.exchange.house import House
from tenon.model.outreach import Connector
from tenon.process.ground import Ground
from tenon.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One message of the ledger. `files`: name, media type and storage key of each attachment."""

    record: Mapping[str, Any]
    files: Sequence[tuple[str, str, str]] = ()
    house: House
    ground: Ground
    now: datetime

    @property
    def recipients(self) -> list[str]:
        return lines(self.record["recipients"])

    @property
    def connector(self) -> Connector | None:
        return self.ground.model.connectors.get(self.record["connector"] or "")


@dataclass(frozen=True)
class Receipt:
    """What the other side said."""

    text: str = ""


class Channel:
    """`repeatable`: whether the same message may be sent again when nobody knows if it arrived."""

    repeatable: ClassVar[bool] = False

    def check(self, sending: Sending) -> None:
        """Raises GiveUp for what cannot be sent at all."""

    def send(self, sending: Sending) -> Receipt:
        """Without any transaction. Raises GiveUp for good, Unsure when nobody knows, else it is tried again."""
        raise TypeError(f"{type(self).__name__} does not say how it sends")


CHANNELS: Registry[Channel] = Registry("channel")


def lines(text: str | None) -> list[str]:
    return [line for line in (text or "").splitlines() if line]
