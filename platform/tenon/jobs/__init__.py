"""In charge of handing on what happened: events written with the change they tell of, and relayed after the commit.

Knows no domain: an event is a name, a record and data. Nothing written is lost; a subscriber may hear of an event
twice (after a crash between its work and our note of it), so it must recognise one it has dealt with by its id.
"""

from tenon.jobs import outbox
from tenon.jobs.events import Event
from tenon.jobs.relay import Relay, Subscriber

__all__ = ["Event", "Relay", "Subscriber", "outbox"]
