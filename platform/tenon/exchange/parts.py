"""In charge of what the exchange adds to the processes: messages, documents, hooks, mailboxes, web forms, actions."""

from tenon.exchange import performing
from tenon.exchange.documents import Documents
from tenon.exchange.hooks.outgoing import Webhooks
from tenon.exchange.house import House
from tenon.exchange.mailboxes.service import Mailboxes
from tenon.exchange.messages import Messages
from tenon.exchange.previewing import Previews
from tenon.exchange.webforms import WebForms
from tenon.process import Processes

__all__ = ["join_exchange", "performing"]


def join_exchange(processes: Processes, house: House) -> None:
    """Once for each assembled version, before anybody asks for its duties."""
    processes.join("documents", Documents(processes.ground, house))
    processes.join("messages", Messages(processes.ground, house))
    processes.join("previews", Previews(processes.ground, house))
    processes.join("webhooks", Webhooks(processes.ground, house))
    processes.join("mailboxes", Mailboxes(processes.ground, house))
    processes.join("webforms", WebForms(processes.ground, house))
