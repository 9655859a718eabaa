"""In charge of computing each shape once: people with the same roles share it, and all that is made from it."""

import threading
from collections import OrderedDict

from tenon.access.shape import AccessShape
from tenon.actors import Actor
from tenon.model import Model

_MOST = 512
Key = tuple[str, frozenset[str], frozenset[tuple[str, frozenset[str]]] | None, bool]


class _Shapes:
    """The last used shapes. A digest says what a model holds; the object is compared too, against look-alikes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[Key, AccessShape] = OrderedDict()

    def of(self, model: Model, actor: Actor) -> AccessShape:
        scopes = None if actor.scopes is None else frozenset(actor.scopes.items())
        key = (model.digest, actor.roles, scopes, actor.is_system)
        with self._lock:
            shape = self._found.get(key)
            if shape is None or shape.model is not model:
                shape = AccessShape(model, actor.roles, actor.scopes, system=actor.is_system)
                self._found[key] = shape
            self._found.move_to_end(key)
            while len(self._found) > _MOST:
                self._found.popitem(last=False)
        return shape


_SHAPES = _Shapes()


def shape_of(model: Model, actor: Actor) -> AccessShape:
    """The shape of the actor's roles and token scopes. The system's own reading is not bound to roles."""
    return _SHAPES.of(model, actor)
