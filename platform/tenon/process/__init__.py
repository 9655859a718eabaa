"""In charge of what happens because something happened: people asked, time that passes, records handed on.

`Processes` is what the workspace holds; its parts meet in `Ground`. A part never acts without an actor, reads and
writes through the two doors, and leaves whatever takes time to jobs.
"""

from tenon.process.ground import FindActor, Ground
from tenon.process.processes import Processes

__all__ = ["FindActor", "Ground", "Processes"]
