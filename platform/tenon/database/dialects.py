"""In charge of the two SQL dialects as compilers: one SQLAlchemy dialect of each, made without a connection."""

from typing import Any, Literal

from sqlalchemy.engine import Dialect, make_url

DialectName = Literal["sqlite", "postgresql"]


def _make(address: str, **options: Any) -> Dialect:
    kind: Any = make_url(address).get_dialect()
    dialect: Dialect = kind(dbapi=kind.import_dbapi(), **options)
    return dialect


_COMPILERS: dict[DialectName, Dialect] = {
    "sqlite": _make("sqlite+pysqlite://"),
    # The server's own placeholders ($1) for the driver's raw cursor, which then has no text to translate.
    "postgresql": _make("postgresql+psycopg://", paramstyle="numeric_dollar"),
}


def compiler_of(dialect: DialectName) -> Dialect:
    """The dialect that turns clauses into text; the same for every database of that kind."""
    return _COMPILERS[dialect]
