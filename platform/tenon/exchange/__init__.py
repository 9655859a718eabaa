"""In charge of data that comes from elsewhere and goes elsewhere: files in by declared mappings, lists out."""

from tenon.exchange.importing import Importer, ImportPlan, ImportResult, Mapping, plain_mapping, read_mapping, read_plan
from tenon.exchange.references import Found, find_by_words

__all__ = [
    "Found",
    "ImportPlan",
    "ImportResult",
    "Importer",
    "Mapping",
    "find_by_words",
    "plain_mapping",
    "read_mapping",
    "read_plan",
]
