"""In charge of the tables of a model: their names, their columns, and the plan from one model to the next.

Additive by nature: tables and columns are added, renamed in the ledger and retired there; nothing here drops data.
"""

from tenon.schema.applying import apply
from tenon.schema.columns import Json, type_of, type_word
from tenon.schema.drift import drift
from tenon.schema.ledger import Entry, Ledger
from tenon.schema.operations import Operation, Risk
from tenon.schema.planning import Plan, plan
from tenon.schema.preparing import LongWork, prepare
from tenon.schema.progress import Progress
from tenon.schema.repairing import Repair, repair_ledger
from tenon.schema.system import SYSTEM_TABLES, install, installed, is_complete, lacking
from tenon.schema.tables import BrokenPromise, Tables, build_tables
from tenon.schema.turns import take_turns
from tenon.schema.versions import PublishedVersion, Version, published, published_number, versions

__all__ = [
    "SYSTEM_TABLES",
    "BrokenPromise",
    "Entry",
    "Json",
    "Ledger",
    "LongWork",
    "Operation",
    "Plan",
    "Progress",
    "PublishedVersion",
    "Repair",
    "Risk",
    "Tables",
    "Version",
    "apply",
    "build_tables",
    "drift",
    "install",
    "installed",
    "is_complete",
    "lacking",
    "plan",
    "prepare",
    "published",
    "published_number",
    "repair_ledger",
    "take_turns",
    "type_of",
    "type_word",
    "versions",
]
