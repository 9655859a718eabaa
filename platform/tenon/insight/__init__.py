"""In charge of what the records say together: figures of stages, computed through the one door for reading.

Nothing here knows SQL or the web: it asks the reader under somebody's rights, and answers with plain values.
"""

from tenon.insight.figures import Figures, Group, Line, Spread, StageRequest, Standing
from tenon.insight.stages import stage_figures

__all__ = ["Figures", "Group", "Line", "Spread", "StageRequest", "Standing", "stage_figures"]
