"""In charge of carrying out actions: one file each, found by the key of the action in `tenon.actions`.

Those that leave the house (mail, chat, web hooks) are registered above this layer, in `tenon.exchange`.
"""

import sys

from tenon.process.performing.base import PERFORMERS, Doing, Done, End, Enter, Leaving, Pause, Performer, performer

__all__ = ["PERFORMERS", "Doing", "Done", "End", "Enter", "Leaving", "Pause", "Performer", "performer"]

PERFORMERS.discover(sys.modules[__name__])
