"""In charge of what pools add to rights: whoever may claim sees what is in a pool, but not what is masked there.

A record is in a pool when nobody owns it and the pool's condition holds. Masked fields of it are open to
administrators alone, whatever the roles give; so do formulas that read them.
"""

from collections.abc import Iterator
from functools import cached_property

from tenon.access.permits import all_of, any_of, not_of
from tenon.expressions import Expression, compile_expression
from tenon.model import Entity, Grant, Model, Permit, Pool, Role, scope_of


def in_pool(model: Model, pool: Pool) -> Expression:
    """The condition that a record is in the pool."""
    nobody = compile_expression("is_blank(owner)", scope_of(model.entities, pool.entity, needs_sql=True))
    together = all_of((nobody, True if pool.where is None else pool.where))
    return together if isinstance(together, Expression) else nobody


class PoolRights:
    """What the pools of one model say of rights."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @cached_property
    def _inside(self) -> dict[str, Expression]:
        return {name: in_pool(self._model, pool) for name, pool in self._model.pools.items()}

    def seen(self, role: Role, grant: Grant) -> Permit:
        """The records that the role meets because it may claim them."""
        if grant.operations.get("read", False) is False:
            return False
        open_to_role = (
            each for each in self._of(grant.entity) if not each.claim.roles or role.name in each.claim.roles
        )
        return any_of(self._inside[pool.name] for pool in open_to_role)

    def shown(self, entity: Entity, field: str) -> Permit:
        """On which records the field may be read, as far as pools go."""
        names = _read_by(entity, field)
        masking = (pool for pool in self._of(entity.name) if names & set(pool.mask_before_claim))
        return all_of(not_of(self._inside[pool.name]) for pool in masking)

    def masked(self, entity: Entity, field: str) -> Permit:
        """On which records a pool keeps the field from whoever it is not shown to."""
        names = _read_by(entity, field)
        return any_of(self._inside[pool.name] for pool in self._of(entity.name) if names & set(pool.mask_before_claim))

    def _of(self, entity: str) -> Iterator[Pool]:
        return (pool for pool in self._model.pools.values() if pool.entity == entity)


def _read_by(entity: Entity, field: str) -> set[str]:
    """The field and, of a formula, those of the same record that it is made of."""
    names: set[str] = set()
    waiting = [field]
    while waiting:
        name = waiting.pop()
        if name in names or name not in entity.fields:
            continue
        names.add(name)
        value = entity.fields[name].value
        waiting += [path[0] for path in (value.dependencies if value is not None else ()) if path]
    return names
