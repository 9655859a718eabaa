"""In charge of the catalogue of actions: what automations, approvals and stages can do, one file each.

To add one, write a module here with a class of `Action`; the compiler checks it, the reference shows it.
"""

import sys

from tenon.actions.base import ACTIONS, Action
from tenon.actions.document import action_document
from tenon.actions.runnables import RUNNABLES, Runnable

__all__ = ["ACTIONS", "RUNNABLES", "Action", "Runnable", "action_document"]

ACTIONS.discover(sys.modules[__name__])
