"""What is asked of a run, and the dice that every choice in it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot.core.retry import AfterCrash


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """One run.

    Attributes:
        seconds: How long members ask and things go wrong.
        seed: The same one makes the same choices; what they meet depends on the machine.
        folder: Where the process keeps its data, and where logs and transcripts are left.
        after_crash: As EASEL_AFTER_CRASH.
    """

    seconds: float
    seed: int
    folder: Path
    after_crash: AfterCrash = AfterCrash.ASK

    def dice(self, *whose: object) -> Random:
        """Dice of one's own, so that no choice depends on what others chose before."""
        return Random("/".join(map(str, (self.seed, *whose))))
