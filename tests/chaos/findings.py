"""What a check finds, and the list of checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.chaos.evidence import Evidence


@dataclass(frozen=True)
class Finding:
    """One thing that should not be.

    Attributes:
        job: The request that it is about, if it is about one.
    """

    sentence: str
    job: int | None = None


Check = Callable[[Evidence], Iterator[Finding]]
