"""Half a minute of chaos, as `make chaos` makes more of it."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from tests.chaos.run import run
from tests.chaos.table import holds, judge, table
from tests.chaos.wishes import Wishes

SECONDS = 30
SEED = 1

ENOUGH = 20
"""Requests without which a run says nothing."""


@pytest.mark.timeout(400)
@pytest.mark.xdist_group("chaos")
def test_nobody_is_wronged_whatever_dies(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Given members who ask, when all goes wrong and the process dies, then every promise holds."""
    # The pretend service complains of visitors who were killed.
    caplog.set_level(logging.CRITICAL, "aiohttp.server")
    evidence = asyncio.run(run(Wishes(seconds=SECONDS, seed=SEED, folder=tmp_path)))
    verdict = judge(evidence)

    assert holds(verdict), table(evidence, verdict)
    assert len(evidence.requests) >= ENOUGH
    assert any(life.end == "kill" for life in evidence.lives)
