"""In charge of messages that leave the house: composed from templates, kept in a ledger, sent once, answered for.

A message is a record of the entity `message`, written in the transaction of what it comes of; a job sends it after the
commit. What became of it stands in the record.
"""

from tenon.exchange.messages.ledger import ENTITY, Letter, Messages

__all__ = ["ENTITY", "Letter", "Messages"]
