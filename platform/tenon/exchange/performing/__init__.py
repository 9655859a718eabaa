"""In charge of carrying out the actions whose effect leaves the house, or is words for people: one file each."""

import importlib
import pkgutil

for _module in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
    importlib.import_module(f"{__name__}.{_module.name}")
