"""In charge of what tests of the command line share: what a call is, and a password it accepts."""

from collections.abc import Callable

from click.testing import Result

PASSWORD = "long enough, this one\n"
Run = Callable[..., Result]
"""Arguments as a person types them; `given` is what comes on standard input."""
