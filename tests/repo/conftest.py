"""What the tests of the repository share."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Name our mark: `make test TEST="-m 'not slow'"` leaves such tests out by hand."""
    config.addinivalue_line("markers", "slow: takes several seconds; CI runs it like any other")
