"""In charge of automations: which an event sets off, running their steps, and saying why one did not run."""

from tenon.process.automations.definitions import StepsOrigin
from tenon.process.automations.service import Automations

__all__ = ["Automations", "StepsOrigin"]
