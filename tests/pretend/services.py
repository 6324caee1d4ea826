"""Every pretend service: the one list to add another to."""

from __future__ import annotations

from tests.pretend.server import PretendService

SERVICES: tuple[type[PretendService], ...] = ()
