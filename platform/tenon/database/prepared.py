"""In charge of statements compiled once: SQL text, how values go in, and how rows come out.

A `Prepared` knows no connection; it may be made before there is one and shared by all threads.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

from tenon.database.dialects import DialectName, compiler_of

Process = Callable[[Any], Any]
Row = tuple[Any, ...]


class Prepared:
    """The text of one statement. `names` are the parameters it wants; `changes` tells writing from reading."""

    def __init__(self, compiled: SQLCompiler, dialect: DialectName) -> None:
        self.text = compiled.string
        self.dialect = dialect
        self.changes = bool(compiled.isinsert or compiled.isupdate or compiled.isdelete)
        self._compiled = compiled
        self._grows = bool(compiled.post_compile_params)
        self._inputs: list[tuple[str, str, Process | None]] = []
        self._fixed: dict[str, Any] = {}
        self._sort_parameters()
        self.names = tuple(name for name, _key, _process in self._inputs)
        self._keys = tuple(compiled.positiontup or ()) if compiled.positional else None
        self._types = tuple(entry.type for entry in compiled._result_columns)
        self._processors: tuple[tuple[int, Process], ...] | None = None

    def bound(self, parameters: Mapping[str, Any]) -> tuple[str, Any]:
        """The text and what goes to the driver's `execute`. Raises TypeError naming a parameter that is missing."""
        if self._grows:
            return self._grown(parameters)
        values = self._fixed.copy()
        try:
            for name, key, process in self._inputs:
                value = parameters[name]
                values[key] = value if process is None else process(value)
        except KeyError as missing:
            raise self._incomplete(missing) from None
        if self._keys is None:
            return self.text, values
        return self.text, tuple([values[key] for key in self._keys])

    def rows(self, raw: list[Row], description: Sequence[Any] | None) -> list[Row]:
        """Driver rows as values; `description` is the cursor's, looked at once for the columns' SQL types."""
        if self._processors is None:
            self._processors = self._processors_for(description or ())
        if not self._processors or not raw:
            return raw
        columns: list[Any] = list(zip(*raw, strict=True))
        for position, process in self._processors:
            columns[position] = map(process, columns[position])
        return list(zip(*columns, strict=True))

    @property
    def described(self) -> bool:
        """Whether it is known to give rows, and how they are read: asking the driver's cursor costs time."""
        return self._processors is not None

    def _sort_parameters(self) -> None:
        """Values written into the clause are processed here, once; named parameters wait for each run."""
        compiler = compiler_of(self.dialect)
        escaped = _escapes(self._compiled)
        for parameter, name in self._compiled.bind_names.items():
            process = parameter.type.dialect_impl(compiler).bind_processor(compiler)
            key = escaped.get(name, name)
            if parameter.required:
                self._inputs.append((name, key, process))
            else:
                value = parameter.effective_value
                self._fixed[key] = value if process is None or parameter.expanding else process(value)

    def _grown(self, parameters: Mapping[str, Any]) -> tuple[str, Any]:
        """Of `IN` over a list given at run time: the text has one placeholder per item."""
        missing = [name for name in self.names if name not in parameters]
        if missing:
            raise self._incomplete(KeyError(missing[0]))
        given = self._compiled.construct_params(dict(parameters), escape_names=False)
        state = self._compiled.construct_expanded_state(given, escape_names=False)
        processors = {**self._compiled._bind_processors, **state.processors}
        values: dict[str, Any] = {}
        escaped = _escapes(self._compiled)
        for name, value in state.parameters.items():
            process = processors.get(name)
            values[escaped.get(name, name)] = process(value) if callable(process) else value
        if state.positiontup is None:
            return state.statement, values
        return state.statement, tuple([values[escaped.get(key, key)] for key in state.positiontup])

    def _processors_for(self, description: Sequence[Any]) -> tuple[tuple[int, Process], ...]:
        compiler = compiler_of(self.dialect)
        found = []
        for position, (column, type_) in enumerate(zip(description, self._types, strict=False)):
            process = type_.dialect_impl(compiler).result_processor(compiler, column[1])
            if process is not None:
                found.append((position, process))
        return tuple(found)

    def _incomplete(self, missing: KeyError) -> TypeError:
        return TypeError(f"the statement wants the parameter {missing.args[0]!r}; it wants {list(self.names)}")


def _escapes(compiled: SQLCompiler) -> Mapping[str, str]:
    """Parameter names the driver would misread → the names in the text."""
    return compiled.escaped_bind_names


def prepare(clause: ClauseElement, dialect: DialectName) -> Prepared:
    """Compile once. Parameters are the clause's `bindparam("name")`s; values in the clause are part of it."""
    compiled = clause.compile(dialect=compiler_of(dialect))
    if not isinstance(compiled, SQLCompiler):
        raise TypeError("only statements that read or change rows are prepared, not definitions of tables")
    return Prepared(compiled, dialect)
