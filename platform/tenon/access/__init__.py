"""In charge of who may do what: decisions with reasons, as values.

An `Access` is made from the model and an actor; it never touches the database. Conditions on records are
typed expressions, so that `tenon.query` compiles them into every statement and `tenon.records` checks them
before every write.
"""

from tenon.access.access import CONFIGURATION, Access
from tenon.access.permits import all_of, any_of
from tenon.access.pools import in_pool
from tenon.access.reasons import Reason
from tenon.access.shape import AccessShape, FieldOperation

__all__ = ["CONFIGURATION", "Access", "AccessShape", "FieldOperation", "Reason", "all_of", "any_of", "in_pool"]
