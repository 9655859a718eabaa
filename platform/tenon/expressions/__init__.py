"""In charge of the expression language: text → typed tree → Python value, SQL, or a tree for the browser."""

from tenon.expressions.aggregates import AGGREGATES
from tenon.expressions.along import along
from tenon.expressions.belonging import belonging
from tenon.expressions.catalogue import FUNCTIONS, Example, Function, Parameter
from tenon.expressions.compilation import compile_expression
from tenon.expressions.context import Context, NoPeople, NoTrees, PeopleReader, TreeReader, reads_nothing
from tenon.expressions.expression import Expression
from tenon.expressions.javascript import to_javascript, to_json, value_to_json
from tenon.expressions.nodes import Aggregate, Call, Constant, Logic, Node, Not, Path, walk
from tenon.expressions.python import to_python
from tenon.expressions.refusals import ExpressionError, UnknownExpressionName
from tenon.expressions.scope import Scope
from tenon.expressions.source import ChildSource, SqlSource
from tenon.expressions.sql import to_sql, to_sql_value
from tenon.expressions.sql_limits import require_sql
from tenon.expressions.sqlite import from_sqlite, register_sqlite_functions, to_sqlite
from tenon.expressions.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    INTEGER,
    NULL,
    NUMBER,
    OPAQUE,
    TEXT,
    Former,
    Kind,
    RecordShape,
    Type,
    choice_of,
    common,
    is_child_list,
    list_of,
    number_of,
    record_of,
)

__all__ = [
    "AGGREGATES",
    "BOOLEAN",
    "DATE",
    "DATETIME",
    "DURATION",
    "FUNCTIONS",
    "INTEGER",
    "NULL",
    "NUMBER",
    "OPAQUE",
    "TEXT",
    "Aggregate",
    "Call",
    "ChildSource",
    "Constant",
    "Context",
    "Example",
    "Expression",
    "ExpressionError",
    "Former",
    "Function",
    "Kind",
    "Logic",
    "NoPeople",
    "NoTrees",
    "Node",
    "Not",
    "Parameter",
    "Path",
    "PeopleReader",
    "RecordShape",
    "Scope",
    "SqlSource",
    "TreeReader",
    "Type",
    "UnknownExpressionName",
    "along",
    "belonging",
    "choice_of",
    "common",
    "compile_expression",
    "from_sqlite",
    "is_child_list",
    "list_of",
    "number_of",
    "reads_nothing",
    "record_of",
    "register_sqlite_functions",
    "require_sql",
    "to_javascript",
    "to_json",
    "to_python",
    "to_sql",
    "to_sql_value",
    "to_sqlite",
    "value_to_json",
    "walk",
]
