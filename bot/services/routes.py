"""Who may draw a request, in which order, and what it costs there at most."""

from __future__ import annotations

from bot.core.adjusting import able
from bot.core.images import ImageRequest
from bot.core.models import Model, together
from bot.core.ports import ImageApi
from bot.core.pricing import estimate


def route(api: ImageApi, model: Model, request: ImageRequest) -> tuple[str, ...]:
    """The providers that can draw the request, in the order to try them."""
    return tuple(name for name in api.providers(model) if able(request, api.sold(name, model)))


def sold_by_all(api: ImageApi, model: Model) -> Model:
    """What can be done with the model at any of its providers; at least one must serve it."""
    return together([api.sold(name, model) for name in api.providers(model)])


def highest_estimate(api: ImageApi, model: Model, request: ImageRequest) -> int:
    """Micro-dollars that cover the request wherever on its route it is drawn."""
    return max(
        estimate(api.sold(name, model), request, partials=api.partials(name, model, request))
        for name in route(api, model, request)
    )
