"""In charge of the catalogue of functions: every module here registers its own."""

import sys

from tenon.expressions.catalogue import FUNCTIONS

FUNCTIONS.discover(sys.modules[__name__])
FUNCTIONS.freeze()
