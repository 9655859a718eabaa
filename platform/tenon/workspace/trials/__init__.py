"""In charge of the tests that modules and companies write about their CRM: run on a copy that is thrown away."""

from tenon.workspace.trials.results import TrialResult, Verdict
from tenon.workspace.trials.running import require_passing, run_trials

__all__ = ["TrialResult", "Verdict", "require_passing", "run_trials"]
