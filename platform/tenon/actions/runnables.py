"""In charge of the Python functions that automations may run: what each takes and why it exists."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tenon.expressions import Type
from tenon.registry import Registry
from tenon.texts import Text


@dataclass(frozen=True, kw_only=True)
class Runnable:
    """`inputs` are its arguments by name; `required` those it cannot do without. How it is called, `process` knows."""

    name: str
    help: Text
    inputs: Mapping[str, Type] = field(default_factory=dict)
    required: frozenset[str] = frozenset()


RUNNABLES: Registry[Runnable] = Registry("Python function")
