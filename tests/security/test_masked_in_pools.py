"""In charge of fields masked before the claim: whoever may read everything else does not meet them on any path.

Rita reads all there is, but is no administrator. She walks every path before and after a masked value is changed;
her answers must not hold it and must not change. An administrator walks along, to whom it must show.
"""

from collections.abc import Iterator

import pytest

from security.reading_world import DEAL_OTHER, RITA, World, model_with
from security.test_read_paths import PATHS, answer
from tenon.actors import Actor

MASKED, ANOTHER = "qqmaskedqq", "qqanotherqq"
POOL = {
    "pools/open_sea.yaml": """
        {label: Open sea, entity: deal, where: not closed, mask_before_claim: [note, margin]}""",
    "roles/owner_of_all.yaml": """
        {label: Owner of all, administrator: true, grants: {"*": {read: all}}}""",
}
WALKERS = ("rita", "administrator")


@pytest.fixture(scope="module")
def answers(module_database_url: str) -> Iterator[dict[str, dict[str, list[str]]]]:
    """Path → walker → answers: with one masked value, with another, with other hidden figures."""
    world = World.build(module_database_url, model_with(POOL))
    administrator = Actor(id=RITA, name="Rita", roles=frozenset({"owner_of_all"}))
    world.people = {**world.people, "administrator": administrator}
    found: dict[str, dict[str, list[str]]] = {path: {who: [] for who in WALKERS} for path in PATHS}
    for note, margin in ((MASKED, 7), (ANOTHER, 7), (ANOTHER, 8)):
        world.change("deal", DEAL_OTHER, owner=None, closed=False, note=note, margin=margin)
        for path, ask in PATHS.items():
            for who in WALKERS:
                found[path][who].append(answer(world, who, ask))
    yield found
    world.database.close()


@pytest.mark.parametrize("path", PATHS)
def test_no_path_shows_or_tells_of_what_is_masked(answers: dict[str, dict[str, list[str]]], path: str) -> None:
    seen = answers[path]["rita"]
    assert not [found for found in seen if MASKED in found or ANOTHER in found]
    assert seen[1:] == seen[:1] * 2


def test_administrators_see_it(answers: dict[str, dict[str, list[str]]]) -> None:
    telling = [path for path, seen in answers.items() if len(set(seen["administrator"])) > 1]
    assert len(telling) > 10
    assert any(MASKED in found for seen in answers.values() for found in seen["administrator"])
