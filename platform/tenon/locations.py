"""In charge of places in files: where a value was written, and the lines around it."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Location:
    """A place in a metadata file. `line` and `column` count from 1; 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}" + (f":{self.column}" if self.column else "")


def excerpt(source: str, location: Location, *, around: int = 1) -> str:
    """The lines about `location` with numbers and a caret under the column; empty when there is no such line."""
    lines = source.splitlines()
    if not 1 <= location.line <= len(lines):
        return ""
    first = max(1, location.line - around)
    last = min(len(lines), location.line + around)
    width = len(str(last))
    shown = []
    for number in range(first, last + 1):
        mark = ">" if number == location.line else " "
        shown.append(f"{mark} {number:>{width}} | {lines[number - 1][:160]}")
        if number == location.line and location.column:
            shown.append(" " * (width + 4 + location.column) + "^")
    return "\n".join(shown)
