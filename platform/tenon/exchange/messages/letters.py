"""In charge of what is to be sent: the values of one message before it is in the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Channel = Literal["email", "sms", "chat"]
Thread = Literal["new", "record", "conversation"]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """`to`, `cc`, `bcc` are addresses (or numbers); `person` is the user it is for. `files` are ids of file records.

    `key` marks it: a second letter of the same key is not sent. `topic` is what the reader can unsubscribe from.
    """

    channel: Channel
    to: Sequence[str] = ()
    cc: Sequence[str] = ()
    bcc: Sequence[str] = ()
    sender: str = ""
    reply_to: str = ""
    subject: str = ""
    text: str
    html: str = ""
    person: str | None = None
    entity: str | None = None
    record_id: str | None = None
    template: str = ""
    connector: str = ""
    thread: Thread = "new"
    topic: str = ""
    files: Sequence[str] = ()
    provider: Mapping[str, Any] = field(default_factory=dict)
    key: str
