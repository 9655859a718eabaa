"""In charge of reading records: the only path by which they are read; request → plan → one SELECT.

Rights are part of every statement: what a reader may not see is not fetched and then hidden, it is not there.
There is no parameter that switches rights off; the system reads with an actor of its own.
"""

from tenon.query.locking import Locked
from tenon.query.outputs import MASKED
from tenon.query.reader import Reader
from tenon.query.requests import (
    COUNT_CAP,
    MOST_GROUPS,
    MOST_RECORDS,
    Aggregate,
    Change,
    Count,
    Form,
    Page,
    Query,
    Record,
    StageChange,
)
from tenon.query.rights import Rights
from tenon.query.scope import reader_scope
from tenon.query.spreading import Placed, Spread, Spreaded
from tenon.query.windows import Cell, Cohort, Kind, Loss, Passed, StageQuestion, Stays, Window

__all__ = [
    "COUNT_CAP",
    "MASKED",
    "MOST_GROUPS",
    "MOST_RECORDS",
    "Aggregate",
    "Cell",
    "Change",
    "Cohort",
    "Count",
    "Form",
    "Kind",
    "Locked",
    "Loss",
    "Page",
    "Passed",
    "Placed",
    "Query",
    "Reader",
    "Record",
    "Rights",
    "Spread",
    "Spreaded",
    "StageChange",
    "StageQuestion",
    "Stays",
    "Window",
    "reader_scope",
]
