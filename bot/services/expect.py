"""How long a request is likely to take: from what its model took lately."""

from __future__ import annotations

from bot.core.events import Drawn, Events, Happening
from bot.core.images import ImageRequest
from bot.core.models import Catalogue

UNKNOWN_S = 20.0
"""Seconds, for a model about which nothing is known."""

NEWEST = 0.3
"""How much the latest drawing counts against all before it."""


class Expect:
    """Learns from each drawing.

    Args:
        catalogue: Where each model starts from.
        slots: Pictures drawn at once.
    """

    def __init__(self, *, catalogue: Catalogue, slots: int, events: Events) -> None:
        self._catalogue = catalogue
        self._slots = slots
        self._pace: dict[str, float] = {}
        events.listen(self._heard)

    def seconds(self, request: ImageRequest, ahead: int = 0) -> int:
        """About how long until it is drawn, with so many requests before it."""
        model = self._catalogue.find(request.model)
        published = model.seconds.get(request.quality, UNKNOWN_S) if model else UNKNOWN_S
        one = self._pace.get(request.model, float(published))
        rounds = 1 + ahead // max(1, self._slots)
        return max(1, round(one * rounds))

    def _heard(self, event: Happening) -> None:
        if isinstance(event, Drawn):
            before = self._pace.get(event.model, event.seconds)
            self._pace[event.model] = before + NEWEST * (event.seconds - before)
