"""Every pretend service: the one list to add another to."""

from __future__ import annotations

from tests.pretend.a1111 import A1111
from tests.pretend.bfl import Bfl
from tests.pretend.ideogram import Ideogram
from tests.pretend.midjourney import Midjourney
from tests.pretend.server import PretendService

SERVICES: tuple[type[PretendService], ...] = (A1111, Bfl, Ideogram, Midjourney)
