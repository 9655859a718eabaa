"""In charge of taking in files: every row ends created, changed, unchanged, rejected with a reason, or ignored."""

from tenon.exchange.importing.importer import Importer
from tenon.exchange.importing.mapping import Mapping, plain_mapping, read_mapping
from tenon.exchange.importing.plans import ImportPlan, read_plan
from tenon.exchange.importing.results import ImportResult

__all__ = ["ImportPlan", "ImportResult", "Importer", "Mapping", "plain_mapping", "read_mapping", "read_plan"]
