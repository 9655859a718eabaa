"""In charge of talking to the database: connections, transactions, statements compiled once, failures with a meaning.

Knows SQLite and PostgreSQL, and nothing of models. Whoever reads takes `database.reading()`, whoever writes
`database.writing()`; a statement that is run often is prepared once and run on the driver's own cursor.
"""

from tenon.database.connection import Connection
from tenon.database.counting import StatementCount, count_statements
from tenon.database.dialects import DialectName
from tenon.database.engine import Database, Limits
from tenon.database.failures import IntegrityFailure, NotAllowed, meaning
from tenon.database.prepared import Prepared, prepare
from tenon.database.unit import Cause, UnitOfWork

__all__ = [
    "Cause",
    "Connection",
    "Database",
    "DialectName",
    "IntegrityFailure",
    "Limits",
    "NotAllowed",
    "Prepared",
    "StatementCount",
    "UnitOfWork",
    "count_statements",
    "meaning",
    "prepare",
]
