"""In charge of the modules of a workspace: which there are, which are wanted, and what goes when one goes."""

from tenon.workspace.modules.impact import Impact, export_data, impact_of
from tenon.workspace.modules.replacing import Replacement, replace_module
from tenon.workspace.modules.scaffold import scaffold
from tenon.workspace.modules.shelf import ModuleState, module_states
from tenon.workspace.modules.wishes import Wishes

__all__ = [
    "Impact",
    "ModuleState",
    "Replacement",
    "Wishes",
    "export_data",
    "impact_of",
    "module_states",
    "replace_module",
    "scaffold",
]
