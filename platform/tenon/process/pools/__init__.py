"""In charge of pools: records nobody owns, who may take them and how many, and how they fall back by themselves.

A record is in a pool when it has no owner and the pool's condition holds; nothing else is kept about it. What happened
stands in `pool_event`. Limits are counted under a lock, so two claims at once never pass them together.
"""

from tenon.process.pools.claiming import Claimed, Outcome
from tenon.process.pools.limits import Quota
from tenon.process.pools.pools import Pools
from tenon.process.pools.recycling import REASONS
from tenon.process.pools.verdicts import Verdict

__all__ = ["REASONS", "Claimed", "Outcome", "Pools", "Quota", "Verdict"]
