"""Where a request may be drawn, and what is reserved and charged for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.images import Background, Format, ImageRequest, Quality, Source
from bot.core.models import Prices
from bot.core.pricing import estimate
from bot.services.routes import highest_estimate, route, sold_by_all
from tests.core.models_for_tests import FLARE, SQUARE
from tests.services.easel_parts import ScriptedApi

FOX = ImageRequest(prompt="a fox", model=FLARE.id, size=SQUARE, quality=Quality.LOW, count=4)
EDIT = replace(FOX, sources=(Source(sha256="a picture", format=Format.PNG, size=SQUARE),))
CHEAP = replace(FLARE, prices=Prices.flat(10), max_references=0)
DEAR = replace(FLARE, prices=Prices.flat(90_000), per_call=1)


@pytest.fixture
def api() -> ScriptedApi:
    """Two providers that sell the same model otherwise."""
    return ScriptedApi(served_by=("cheap", "dear"), sells={"cheap": CHEAP, "dear": DEAR})


def test_a_request_is_drawn_where_it_can_be(api: ScriptedApi) -> None:
    """Given a provider that takes no pictures, when one is edited, then it is passed over."""
    assert route(api, FLARE, FOX) == ("cheap", "dear")
    assert route(api, FLARE, EDIT) == ("dear",)


def test_the_highest_price_on_the_way_is_reserved(api: ScriptedApi) -> None:
    """Given two prices, when a request is estimated, then the dearer one covers both."""
    assert highest_estimate(api, FLARE, FOX) == 4 * 90_000 == estimate(DEAR, FOX)


def test_what_any_provider_can_do_is_offered(api: ScriptedApi) -> None:
    """Given one provider that edits, when the model is offered, then it edits."""
    assert sold_by_all(api, FLARE).max_references == FLARE.max_references


def test_a_background_is_offered_where_one_provider_can_be_told(api: ScriptedApi) -> None:
    """Given one that can be told nothing about it, when the model is offered, then it still is."""
    api.sells["cheap"] = replace(CHEAP, backgrounds=(Background.AUTO,))

    assert set(sold_by_all(api, FLARE).backgrounds) == set(FLARE.backgrounds)
    assert route(api, FLARE, replace(FOX, background=Background.OPAQUE)) == ("dear",)
