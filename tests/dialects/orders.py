"""What services are asked for in these tests: a fox, by whichever of the shipped providers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.core.images import ImageRequest, Quality, Size
from bot.imageapi.calls import Order
from bot.imageapi.catalogue import load_catalogue
from bot.imageapi.providers import Provider, load_providers

CATALOGUE = load_catalogue()
FOX = ImageRequest(
    prompt="a fox", model="gpt-image-2.5-flare", size=Size(1024, 1024), quality=Quality.LOW
)


def shipped(name: str, **environment: str) -> Provider:
    """A provider as its file says.

    Args:
        name: Of the provider.
        environment: The variables that its file names.
    """
    (provider,) = load_providers(order=(name,), folder=None, environment=environment)
    return provider


OPENAI = shipped("openai", OPENAI_API_KEY="sk-made-up-for-tests")


def order_of(
    model: str, provider: Provider = OPENAI, *, stream: bool = False, **options: Any
) -> Order:
    """A fox from that model, as the provider sells it, with other options where they are given."""
    known = CATALOGUE.find(model)
    assert known is not None
    return Order(
        provider=provider,
        model=provider.sold(known),
        request=replace(FOX, model=model, **options),
        stream=stream,
    )


ORDER = order_of("gpt-image-2.5-flare")
