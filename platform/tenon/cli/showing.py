"""In charge of how a command shows that it works on something long, and of sizes as people read them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tenon.cli.call import Call


@contextmanager
def telling(call: Call) -> Iterator[Callable[[str], None]]:
    """What is called with each part that is begun; shown on a terminal alone."""
    if call.as_json or not call.err.is_terminal:
        yield lambda part: None
        return
    with call.err.status("…") as status:
        yield status.update


def sizes(count: int) -> str:
    """In the largest unit that leaves a number of at least one."""
    number, unit = float(count), "B"
    for larger in ("KB", "MB", "GB", "TB"):
        if number < 1000:
            break
        number, unit = number / 1000, larger
    return f"{number:.1f} {unit}" if unit != "B" else f"{count} B"
