"""Whether what providers say about models agrees with what is known about them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.pricing import unpriced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.core.models import Catalogue, Model
    from bot.imageapi.providers import Provider


def disagreements(provider: Provider, catalogue: Catalogue) -> Iterator[str]:
    """What the provider's file and the catalogue do not agree about."""
    for name in provider.models:
        model = catalogue.find(name)
        if model is None:
            yield f"The provider {provider.name} serves “{name}”, which is not in models.toml."
        elif missing := unpriced(provider.sold(model)):
            yield f"The provider {provider.name} gives no price for {name}, {missing}."


def lasting(model: Model, providers: Sequence[Provider]) -> Model:
    """The model, with the day on which the last of those who serve it ends it."""
    ends = [
        each.shutdowns.get(model.id, model.shutdown)
        for each in providers
        if model.id in each.models
    ]
    days = [day for day in ends if day]
    if not ends or len(days) < len(ends):
        return model if not ends else replace(model, shutdown=None)
    return replace(model, shutdown=max(days))
