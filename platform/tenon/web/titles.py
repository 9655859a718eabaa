"""In charge of what stands for a record in words, for whoever asks for a page."""

from collections.abc import Mapping
from typing import Any

from tenon.http import Asking
from tenon.model import Entity
from tenon.query.titling import title_of as titled
from tenon.web.frame import display_of


def title_of(entity: Entity, record: Mapping[str, Any], known: Asking) -> str:
    """`record` has the engine's values that this reader may see."""
    return titled(entity, record, display_of(known))
