"""In charge of finding the product's data folders, in a checkout or in an installed wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_data"
_CHECKOUT = _PACKAGE.parent.parent


def folder(name: str) -> Path:
    """The folder `metadata`, `modules` or `ui`; raises FileNotFoundError when the installation is broken."""
    for base in (_INSTALLED, _CHECKOUT):
        if (base / name).is_dir():
            return base / name
    raise FileNotFoundError(f"the folder {name!r} is missing from this installation")
