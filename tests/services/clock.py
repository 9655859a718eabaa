"""In charge of the tests' present: it stands still until a test moves it."""

from datetime import UTC, datetime

import pytest

from tenon.clock import FixedClock


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 14, 9, 0, tzinfo=UTC))
