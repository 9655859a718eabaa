"""In charge of the command line: one file per command below `commands`, each a thin way into the layers below.

Exit codes: 0 done, 1 refused with reasons, 2 wrong call.
"""

from tenon.cli.main import main

__all__ = ["main"]
