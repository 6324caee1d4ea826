"""`python -m tests.chaos --seconds 60 --seed 1`."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path

from bot.core.retry import AfterCrash
from tests.chaos.run import run
from tests.chaos.story import everything
from tests.chaos.table import holds, judge, table
from tests.chaos.wishes import Wishes


def main() -> int:
    """Run, print what came of it, and answer 0 where nothing was wrong."""
    parser = ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the storm lasts")
    parser.add_argument("--seed", type=int, default=1, help="what all choices come from")
    parser.add_argument("--dir", type=Path, help="an empty folder to keep everything in")
    parser.add_argument(
        "--after-crash", type=AfterCrash, choices=list(AfterCrash), default=AfterCrash.ASK
    )
    given = parser.parse_args()
    folder = given.dir or Path(tempfile.mkdtemp(prefix="easel-chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        parser.error(f"{folder} is not empty")
    wishes = Wishes(
        seconds=given.seconds,
        seed=given.seed,
        folder=folder.resolve(),
        after_crash=given.after_crash,
    )
    # The pretend service complains of visitors who were killed.
    logging.basicConfig(filename=folder / "logs.txt")
    evidence = asyncio.run(run(wishes))
    verdict = judge(evidence)
    text = table(evidence, verdict)
    (folder / "report.txt").write_text(text, "utf-8")
    (folder / "transcript.txt").write_text("\n".join(everything(evidence)), "utf-8")
    sys.stdout.write(f"\n{text}\n\nEverything is kept in {folder}\n")
    return 0 if holds(verdict) else 1


if __name__ == "__main__":
    sys.exit(main())
