"""In charge of identities: time-ordered UUIDs (version 7) as lower-case text."""

import re

from uuid_utils import uuid7

_SHAPE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def new_id() -> str:
    return str(uuid7())


def is_id(text: object) -> bool:
    """Whether `text` is a UUID as this product writes them."""
    return isinstance(text, str) and _SHAPE.fullmatch(text) is not None
