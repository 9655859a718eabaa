"""In charge of workers killed in the middle of their work: every effect in the database exactly once.

`make bench ARGS="--only killing"` does the same with ten thousand jobs.
"""

from pathlib import Path

import pytest

from samples.killing import run


@pytest.mark.parametrize("carried", ["database", "redis"])
def test_whoever_is_killed_when_every_effect_comes_exactly_once(
    fresh_postgres_url: str, request: pytest.FixtureRequest, tmp_path: Path, carried: str
) -> None:
    redis_url = request.getfixturevalue("empty_redis_url") if carried == "redis" else ""
    outcome = run(
        fresh_postgres_url, redis_url, tmp_path, jobs=150, workers=2, seed=7, pause=(0.02, 0.4), patience=240.0
    )
    assert outcome.is_right, (outcome, (tmp_path / "log").read_text()[-4000:])
    assert outcome.kills >= 5
