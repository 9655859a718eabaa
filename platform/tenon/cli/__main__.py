"""In charge of `python -m tenon.cli`, which is the command `tenon`."""

from tenon.cli.main import main

main()
