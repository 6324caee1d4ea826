"""How a request is written for OpenAI's Images API."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.adjusting import complete
from bot.core.images import Background, Format, ImageRequest, Quality, Size, Style
from bot.core.models import Model, Wish
from bot.core.ports import Inputs
from bot.imageapi.calls import Order
from bot.imageapi.catalogue import load_catalogue
from bot.imageapi.dialects import openai_images
from bot.imageapi.providers import Provider, load_providers
from tests.dialects.openai_fields import problems

(OPENAI,) = load_providers(
    order=None, folder=None, environment={"OPENAI_API_KEY": "sk-made-up-for-tests"}
)
CATALOGUE = load_catalogue()
FLARE = CATALOGUE.models[0]
FOX = ImageRequest(
    prompt="a fox", model=FLARE.id, size=Size(1024, 1536), quality=Quality.HIGH, count=2
)


def fields(
    request: ImageRequest,
    *,
    model: Model = FLARE,
    provider: Provider = OPENAI,
    stream: bool = False,
) -> dict[str, Any]:
    """The body that is sent, parsed."""
    order = Order(provider=provider, model=model, request=request, stream=stream)
    call = openai_images.request(order, Inputs())
    body: dict[str, Any] = orjson.loads(b"".join(call.body))
    return body


def test_a_plain_request_names_everything_that_costs_money() -> None:
    """Given a request, when it is written, then nothing that costs is left to the service."""
    call = openai_images.request(Order(provider=OPENAI, model=FLARE, request=FOX), Inputs())

    assert (call.method, call.path) == ("POST", "/images/generations")
    assert call.headers["Content-Type"] == "application/json"
    assert b"".join(call.body) == (
        b'{"model":"gpt-image-2.5-flare","prompt":"a fox","n":2,"size":"1024x1536",'
        b'"quality":"high","output_format":"png"}'
    )


def test_style_and_avoid_are_said_in_words() -> None:
    """Given a style and something to avoid, when it is written, then the prompt says both."""
    request = replace(FOX, style=Style.WATERCOLOUR, avoid="text")

    assert fields(request)["prompt"] == request.full_prompt


def test_a_background_is_sent_only_when_somebody_chose_one() -> None:
    """Given a transparent background, when it is written, then it is named; else it is not."""
    transparent = replace(FOX, background=Background.TRANSPARENT)

    assert fields(transparent)["background"] == "transparent"
    assert "background" not in fields(FOX)


def test_a_stream_is_asked_for_with_its_partial_pictures() -> None:
    """Given a wish for a stream, when it is written, then both fields are there."""
    body = fields(replace(FOX, count=1), stream=True)

    assert body["stream"] is True
    assert body["partial_images"] == OPENAI.partial_images


def test_only_what_the_file_lists_is_sent() -> None:
    """Given a provider that takes little, when it is written, then the rest is left out."""
    simple = replace(OPENAI, fields=frozenset({"model", "prompt", "size"}))
    transparent = replace(FOX, background=Background.TRANSPARENT)

    assert set(fields(transparent, provider=simple, stream=True)) == {"model", "prompt", "size"}


def test_a_provider_may_call_a_model_by_another_name() -> None:
    """Given a gateway with its own names, when it is written, then its name is sent."""
    gateway = replace(OPENAI, names={FLARE.id: f"openai/{FLARE.id}"})

    assert fields(FOX, provider=gateway)["model"] == "openai/gpt-image-2.5-flare"


def test_the_key_is_in_no_call_and_in_no_text() -> None:
    """Given a provider with a key, when anything about it is shown, then the key is not."""
    call = openai_images.request(Order(provider=OPENAI, model=FLARE, request=FOX), Inputs())

    assert OPENAI.key not in repr(OPENAI) + repr(call) + repr(call.headers)
    assert OPENAI.authorization == {"Authorization": "Bearer sk-made-up-for-tests"}
    assert b"sk-made-up" not in b"".join(call.body)


SERVED = [model for model in CATALOGUE if model.id in OPENAI.models]


@st.composite
def wishes(draw: st.DrawFn) -> tuple[Model, ImageRequest, bool]:
    """Any request that the core lets through, and whether it is streamed."""
    model = draw(st.sampled_from(SERVED))
    wish = Wish(
        prompt=draw(st.text(max_size=300)) + " fox",
        size=str(draw(st.sampled_from(model.sizes.offered))),
        quality=draw(st.sampled_from(model.qualities)),
        count=draw(st.integers(1, model.max_count)),
        background=draw(st.sampled_from(model.backgrounds)),
        format=draw(st.sampled_from([Format.PNG, Format.WEBP])),
        style=draw(st.none() | st.sampled_from(Style)),
        avoid=draw(st.none() | st.text("abc ", max_size=50)),
    )
    return model, complete(wish, model), draw(st.booleans())


@given(wished=wishes())
def test_no_request_holds_a_field_that_the_api_would_refuse(
    wished: tuple[Model, ImageRequest, bool],
) -> None:
    """Given any request of any model, when it is written, then the API's own rules take it."""
    model, request, stream = wished

    assert problems(fields(request, model=model, stream=stream)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"prompt": ""},
        {"prompt": "a", "response_format": "b64_json"},
        {"prompt": "a", "n": 11},
        {"prompt": "a", "n": True},
        {"prompt": "a", "size": "1024×1024"},
        {"prompt": "a", "quality": "standard"},
        {"prompt": "a", "partial_images": 2},
        {"prompt": "a", "background": "transparent", "output_format": "jpeg"},
        {"prompt": "a", "output_compression": 50},
        {"prompt": "a", "user": None},
        {"n": 1},
    ],
    ids=str,
)
def test_the_table_of_fields_notices_mistakes(wrong: dict[str, object]) -> None:
    """Given a body that the API refuses, when it is checked, then the table says so."""
    assert len(problems(wrong)) == 1
