"""Everything a step may say can be done: each action of the catalogue has a performer, and no performer lacks one."""

import pytest

import tenon.exchange.performing  # noqa: F401 - registers what leaves the house
from tenon.actions import ACTIONS
from tenon.process.performing import PERFORMERS, Performer


def test_every_action_can_be_done() -> None:
    assert set(PERFORMERS) == set(ACTIONS)


@pytest.mark.parametrize("key", sorted(PERFORMERS))
def test_a_performer_says_how(key: str) -> None:
    performer = PERFORMERS[key]
    assert type(performer).perform is not Performer.perform


def test_what_merges_says_what_it_changes() -> None:
    merging = [performer for performer in PERFORMERS.values() if performer.merges]
    assert merging
    for performer in merging:
        assert type(performer).changes is not Performer.changes
