"""In charge of people who leave: what is theirs is handed to named successors, and nothing stays behind."""

from tenon.process.leaving.holdings import Holding
from tenon.process.leaving.leavers import NOBODY, Leavers, Preview

__all__ = ["NOBODY", "Holding", "Leavers", "Preview"]
