"""Which releases of SQLite the operator is warned about."""

from __future__ import annotations

import pytest

from bot.storage.sqlite_version import Version, described


@pytest.mark.parametrize("version", [(3, 44, 6), (3, 50, 7), (3, 51, 3), (3, 52, 0), (4, 0, 0)])
def test_mended_releases_are_fine(version: Version) -> None:
    """Also those that were mended afterwards in an older line."""
    assert described(version) == f"SQLite {'.'.join(map(str, version))}"


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 2)])
def test_others_come_with_what_not_to_do(version: Version) -> None:
    """One writer is outside of the fault; a second one is not."""
    name = f"SQLite {'.'.join(map(str, version))}"
    assert described(version).startswith(f"{name}; let no other program")
