"""How often each route may be used: what the X-RateLimit headers say, and 429 for more."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.wire.discord_standin.refusals import Refusal

if TYPE_CHECKING:
    from tests.wire.discord_standin.model import Clock, Settings


@dataclass
class _Window:
    ends: float
    used: int = 0


class Buckets:
    """One bucket for each kind of request in each channel."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Allow what settings say, at any moment."""
        self._settings = settings
        self._clock = clock
        self._windows: dict[tuple[str, str], _Window] = {}

    def take(self, kind: str, place: str) -> dict[str, str]:
        """Use a bucket once; answers the headers that say what is left of it.

        Raises:
            Refusal: Nothing is left (429).
        """
        now, limit = self._clock.now(), self._settings.bucket_limit
        window = self._windows.get((kind, place))
        if window is None or window.ends <= now:
            window = self._windows[kind, place] = _Window(now + self._settings.bucket_s)
        window.used += 1
        if window.used > limit:
            raise rate_limited(window.ends, now, bucket=kind, limit=limit)
        return _headers(window.ends, now, kind, limit, limit - window.used)


def rate_limited(
    ends: float, now: float, *, bucket: str, limit: int, is_global: bool = False
) -> Refusal:
    """The answer to a request too many, until the window ends."""
    wait = round(max(ends - now, 0.001), 3)
    headers = _headers(ends, now, bucket, limit, 0) | {
        # Without it, clients take the answer for a ban by Cloudflare.
        "Via": "1.1 google",
        "Retry-After": str(math.ceil(wait)),
        "X-RateLimit-Scope": "global" if is_global else "user",
    }
    if is_global:
        headers["X-RateLimit-Global"] = "true"
    body = {"retry_after": wait, "global": is_global}
    return Refusal(429, 0, "You are being rate limited.", headers=headers, extra=body)


def _headers(ends: float, now: float, bucket: str, limit: int, left: int) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(left),
        "X-RateLimit-Reset": f"{ends:.3f}",
        "X-RateLimit-Reset-After": f"{max(ends - now, 0.001):.3f}",
        "X-RateLimit-Bucket": bucket,
    }
