"""In charge of field types: everything that makes money money, in one file each.

A type says how a value is stored, read in, shown, filtered and documented. To add one, write one file here
and a template `ui/templates/widgets/<widget>.html`; a contract suite runs over everything registered.
"""

import sys
from collections.abc import Mapping
from typing import Any

from tenon.fields.any_record import AnyRecord
from tenon.fields.base import (
    FIELD_TYPES,
    Display,
    FieldType,
    InvalidValue,
    Option,
    StoredColumn,
    TypeSettings,
    documented,
)
from tenon.fields.literals import literal
from tenon.fields.lookup import Reference
from tenon.fields.marshmallow import ParsedField, marshmallow_field
from tenon.fields.money import Money
from tenon.fields.operators import Operator
from tenon.fields.sealing import Ring, Vault

__all__ = [
    "FIELD_TYPES",
    "AnyRecord",
    "Display",
    "FieldType",
    "InvalidValue",
    "Money",
    "Operator",
    "Option",
    "ParsedField",
    "Reference",
    "Ring",
    "StoredColumn",
    "TypeSettings",
    "Vault",
    "documented",
    "literal",
    "make_type",
    "marshmallow_field",
]

FIELD_TYPES.discover(sys.modules[__name__])


def make_type(key: str, options: Mapping[str, Any], settings: TypeSettings) -> FieldType:
    """The type `key` with one field's options; raises KeyError (with near names) for a type that does not exist."""
    return FIELD_TYPES[key](options, settings)
