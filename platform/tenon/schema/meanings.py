"""In charge of what the values of a column mean, beyond how they are stored: two texts may be a name and a choice.

The ledger notes the meaning beside the storage type. Where either differs, a field gets another column and its values
are converted; the meaning of a look-up is the table it points to, which no rename changes.
"""

from collections.abc import Callable

from tenon.model import Field

_PLAIN = frozenset({"text", "long_text", "email", "phone", "url", "auto_number"})
_WIDER = "long_text"
"""Takes every value of the plain texts as it is, so nothing has to be converted."""


def meaning_of(field: Field, table_of: Callable[[str], str]) -> str:
    """`table_of` gives the physical table of an entity."""
    if field.members is not None:
        return f"links {table_of(field.members)}"
    return field.type.key if field.target is None else f"link {table_of(field.target)}"


def means_the_same(old: str, new: str) -> bool:
    """Whether every value of the one is a value of the other; what nobody noted is believed to fit."""
    return not old or old == new or (new == _WIDER and old in _PLAIN)
