"""In charge of the catalogue of triggers: what sets automations off, one file each."""

import sys

from tenon.triggers.base import TRIGGERS, Of, Trigger
from tenon.triggers.document import trigger_document

__all__ = ["TRIGGERS", "Of", "Trigger", "trigger_document"]

TRIGGERS.discover(sys.modules[__name__])
