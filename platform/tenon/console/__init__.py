"""In charge of the operators' console at `/console`: what the engine itself keeps, shown to administrators alone.

Jobs, events, schedules, versions, sessions and tokens are hand-made tables without pages of their own. What may be
done to them is a few named actions, each with a reason, each remembered with who did it.
"""

from tenon.console.admin import part

__all__ = ["part"]
