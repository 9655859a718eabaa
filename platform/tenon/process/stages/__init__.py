"""In charge of what stages do by themselves: steps on entering and leaving, limits of time, moves to be approved."""

from tenon.process.stages.service import Moved, Stages

__all__ = ["Moved", "Stages"]
