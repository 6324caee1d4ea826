"""Is this partial picture worth an edit of the message?"""

from __future__ import annotations

from datetime import datetime, timedelta

EDIT_EVERY = timedelta(seconds=2.5)
"""At most one edit per message in this time; Discord allows about five in five seconds."""


def worth_showing(last_edit: datetime | None, now: datetime, *, finished: bool = False) -> bool:
    """Whether enough time went by since the last edit; a finished picture never waits."""
    return finished or last_edit is None or now - last_edit >= EDIT_EVERY
