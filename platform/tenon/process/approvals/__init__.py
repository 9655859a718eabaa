"""In charge of approvals: who is asked, who decides, what follows.

`machine` is pure: a state and an operation give a new state and effects. The service around it loads and locks a
request, lets the machine work, saves request and tasks as records, and tells the world.
"""

from tenon.process.approvals.deciding import VERBS, Decision, Verb, read_verb
from tenon.process.approvals.seeing import BOXES, Box, Choice, Entries, Entry, ShownRequest
from tenon.process.approvals.service import Approvals
from tenon.process.approvals.submitting import Forecast, Foreseen
from tenon.process.approvals.values import START

__all__ = [
    "BOXES",
    "START",
    "VERBS",
    "Approvals",
    "Box",
    "Choice",
    "Decision",
    "Entries",
    "Entry",
    "Forecast",
    "Foreseen",
    "ShownRequest",
    "Verb",
    "read_verb",
]
