"""What relays and servers make of OpenAI's Images API: orders in their fields, their answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from bot.core.images import Background, Format, Quality, Size, Source
from bot.core.ports import Inputs
from bot.core.pricing import Usage
from bot.imageapi.calls import Answer, Link, Order
from bot.imageapi.defaults import Defaults
from bot.imageapi.dialects import openai_images
from bot.imageapi.providers import Provider
from tests.clock import NOON
from tests.dialects.orders import ORDER, order_of, shipped

KEY = "made-up-for-tests"
ANYWHERE = "https://some.example"
AZURE = shipped("azure", AZURE_OPENAI_API_KEY=KEY, AZURE_OPENAI_ENDPOINT=ANYWHERE)
CLASSIC = shipped("azure-classic", AZURE_OPENAI_API_KEY=KEY, AZURE_OPENAI_CLASSIC_ENDPOINT=ANYWHERE)
OWN = shipped("openai-compatible", OPENAI_COMPATIBLE_BASE_URL="http://127.0.0.1:8080/v1")
LITELLM = shipped("litellm", LITELLM_BASE_URL="http://127.0.0.1:4000/v1")
APIYI, APIYI_ALL, APIYI_VIP = (
    shipped(name, APIYI_API_KEY=KEY) for name in ("apiyi", "apiyi-all", "apiyi-vip")
)
CRAZY, CRAZY_SHAPES = (
    shipped(name, CRAZYROUTER_API_KEY=KEY) for name in ("crazyrouter", "crazyrouter-shapes")
)
VERCEL, VERCEL_SHAPES = (
    shipped(name, AI_GATEWAY_API_KEY=KEY) for name in ("vercel", "vercel-shapes")
)
GPTPROTO = shipped("gptproto", GPTPROTO_API_KEY=KEY)

SOURCE = Source(sha256="a picture", format=Format.PNG, size=Size(64, 64))
INPUTS = Inputs(sources=((Format.PNG, b"one"), (Format.JPEG, b"two")))


def fields(order: Order, inputs: Inputs | None = None) -> dict[str, Any]:
    """The JSON that is sent."""
    body: dict[str, Any] = orjson.loads(
        b"".join(openai_images.request(order, inputs or Inputs()).body)
    )
    return body


def understood(body: bytes) -> Answer:
    """What these bytes mean."""
    return openai_images.answer(ORDER, 200, {}, body, now=NOON)


FOX = {"prompt": "a fox", "n": 1, "size": "1024x1024", "quality": "low"}


@pytest.mark.parametrize(
    ("provider", "model", "path", "sent"),
    [
        (
            AZURE,
            "gpt-image-2",
            "/openai/v1/images/generations",
            {"model": "gpt-image-2", **FOX, "output_format": "png"},
        ),
        (
            CLASSIC,
            "gpt-image-2",
            "/openai/deployments/gpt-image-2/images/generations",
            {**FOX, "output_format": "png"},
        ),
        (
            OWN,
            "sdxl",
            "/images/generations",
            {
                "model": "sdxl",
                "prompt": "a fox",
                "n": 1,
                "size": "1024x1024",
                "output_format": "png",
                "response_format": "b64_json",
            },
        ),
        (
            LITELLM,
            "gpt-image-2",
            "/images/generations",
            {"model": "gpt-image-2", **FOX, "output_format": "png"},
        ),
        (
            APIYI,
            "gpt-image-2.6-flare",
            "/images/generations",
            {"model": "gpt-image-2.6-flare", **FOX, "output_format": "png"},
        ),
        (
            APIYI_VIP,
            "gpt-image-2-vip",
            "/images/generations",
            {
                "model": "gpt-image-2-vip",
                "prompt": "a fox",
                "size": "1024x1024",
                "response_format": "b64_json",
            },
        ),
        (
            CRAZY,
            "gpt-image-2",
            "/images/generations",
            {"model": "gpt-image-2", **FOX, "output_format": "png"},
        ),
        (
            VERCEL,
            "gpt-image-2.5-flare",
            "/images/generations",
            {"model": "openai/gpt-image-2.5-flare", **FOX, "response_format": "b64_json"},
        ),
        (GPTPROTO, "gpt-image-2", "/v1/images/generations", {"model": "gpt-image-2", **FOX}),
    ],
    ids=lambda value: value.name if isinstance(value, Provider) else None,
)
def test_each_is_sent_what_it_takes_and_nothing_else(
    provider: Provider, model: str, path: str, sent: dict[str, Any]
) -> None:
    """Given a provider's file, when a fox is ordered, then in its words, at its address."""
    order = order_of(model, provider)

    assert openai_images.request(order, Inputs()).path == path
    assert fields(order) == sent


def test_azure_is_told_what_the_deployment_is_called() -> None:
    """Given a deployment with a name of its own, when it is used, then the path has that name."""
    named = replace(CLASSIC, names={"gpt-image-2": "my pictures"})
    call = openai_images.request(order_of("gpt-image-2", named), Inputs())

    assert call.path == "/openai/deployments/my%20pictures/images/generations"
    assert named.authorization == {"api-key": KEY}
    assert named.query == {"api-version": "2025-04-01-preview"}


@pytest.mark.parametrize(
    ("provider", "model", "size", "shape"),
    [
        (CRAZY_SHAPES, "gemini-3-pro-image", "1024x1024", ("1:1", "1K")),
        (CRAZY_SHAPES, "gemini-3-pro-image", "848x1264", ("2:3", "1K")),
        (CRAZY_SHAPES, "gemini-3-pro-image", "1584x672", ("21:9", "1K")),
        (CRAZY_SHAPES, "gemini-3-pro-image", "2752x1536", ("16:9", "2K")),
        (CRAZY_SHAPES, "gemini-3-pro-image", "3072x5504", ("9:16", "4K")),
        (VERCEL_SHAPES, "flux-pro-1.1", "832x1248", ("2:3", None)),
    ],
)
def test_a_model_of_shapes_is_told_shape_and_class(
    provider: Provider, model: str, size: str, shape: tuple[str, str | None]
) -> None:
    """Given a service without sizes, when one is wished, then it is said as it can be."""
    sent = fields(order_of(model, provider, size=Size.parse(size)))

    assert (sent["aspect_ratio"], sent.get("resolution")) == shape
    assert "size" not in sent


def test_every_size_of_a_model_of_shapes_is_in_its_own_class() -> None:
    """Given Nano Banana's sizes, when they are said as classes, then each is in the right one."""
    model = order_of("gemini-3-pro-image", CRAZY_SHAPES).model
    classes = [
        fields(order_of(model.id, CRAZY_SHAPES, size=size))["resolution"]
        for size in model.sizes.offered
    ]

    assert classes == ["1K"] * 10 + ["2K"] * 10 + ["4K"] * (len(classes) - 20)


def test_where_there_is_no_field_for_the_shape_it_is_said_in_words() -> None:
    """Given a service that takes nothing but words, when a size is wished, then they say it."""
    order = order_of("gpt-image-2.6-all", APIYI_ALL, size=Size(1024, 1536))

    assert fields(order) == {
        "model": "gpt-image-2.6-all",
        "prompt": "a fox\n\nAspect ratio: 2:3.",
        "response_format": "b64_json",
    }


def test_nothing_is_said_about_the_shape_where_there_is_no_choice() -> None:
    """Given a model of one size and no field for it, when it draws, then the words stay alone."""
    only = replace(APIYI_ALL, models=("grok-imagine-image-2.0",))

    assert fields(order_of("grok-imagine-image-2.0", only))["prompt"] == "a fox"


def test_an_edit_may_be_json_with_the_pictures_in_it() -> None:
    """Given body = "json", when an edit is written, then pictures and mask are addresses."""
    order = order_of("gpt-image-2", VERCEL, sources=(SOURCE, SOURCE), mask="a mask")
    inputs = replace(INPUTS, mask=b"mask")
    call = openai_images.request(order, inputs)

    assert (call.path, call.headers["Content-Type"]) == ("/images/edits", "application/json")
    assert fields(order, inputs) == {
        "model": "openai/gpt-image-2",
        **FOX,
        "response_format": "b64_json",
        "images": [
            {"image_url": "data:image/png;base64,b25l"},
            {"image_url": "data:image/jpeg;base64,dHdv"},
        ],
        "mask": {"image_url": "data:image/png;base64,bWFzaw=="},
    }


@pytest.mark.parametrize("provider", [AZURE, LITELLM, APIYI, CRAZY, GPTPROTO], ids=lambda p: p.name)
def test_other_edits_are_forms(provider: Provider) -> None:
    """Given a file that says nothing else, when an edit is written, then it is a form."""
    order = order_of("gpt-image-2", provider, sources=(SOURCE, SOURCE))
    call = openai_images.request(order, INPUTS)
    body = b"".join(call.body)

    assert call.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert body.count(b'name="image[]"') == 2
    assert b'name="model"\r\n\r\ngpt-image-2\r\n' in body


def test_constants_of_the_file_go_with_every_order() -> None:
    """Given an operator who sets the steps, when a fox is ordered, then they are sent."""
    own = replace(
        OWN,
        fields=OWN.fields | {"num_inference_steps", "guidance_scale"},
        defaults=Defaults(
            {
                "num_inference_steps": {Quality.LOW: 15, Quality.HIGH: 50},
                "guidance_scale": dict.fromkeys(Quality, 4.5),
            }
        ),
    )
    low, medium = (fields(order_of("sdxl", own, quality=q)) for q in list(Quality)[:2])

    assert (low["num_inference_steps"], low["guidance_scale"]) == (15, 4.5)
    assert "num_inference_steps" not in medium


def test_a_member_is_named_where_the_file_lists_it() -> None:
    """Given OpenAI and a relay, when a member asks, then OpenAI alone is told the pseudonym."""
    openai = replace(ORDER, author="0123abcd")
    relay = replace(order_of("gpt-image-2", APIYI), author="0123abcd")

    assert fields(openai)["safety_identifier"] == "0123abcd"
    assert "safety_identifier" not in fields(relay)
    assert "safety_identifier" not in fields(ORDER)


def test_a_model_is_sold_with_the_backgrounds_that_can_be_asked_for() -> None:
    """Given Azure and Vercel, when a model is sold, then only what they can be told is left."""
    azure, vercel, openai = (
        order_of("gpt-image-2", provider).model for provider in (AZURE, VERCEL, ORDER.provider)
    )

    assert azure.backgrounds == (Background.AUTO, Background.OPAQUE)
    assert vercel.backgrounds == (Background.AUTO,)
    assert Background.TRANSPARENT in openai.backgrounds
    assert vercel.formats == (Format.PNG,)


URL = "https://cdn.example/fox.png"


@pytest.mark.parametrize(
    ("body", "pictures"),
    [
        (b'{"images":["https://cdn.example/fox.png"]}', (Link(URL),)),
        (b'{"images":[{"url":"https://cdn.example/fox.png"}],"data":null}', (Link(URL),)),
        (b'{"data":[],"images":["https://cdn.example/fox.png"]}', (Link(URL),)),
        (b'{"images":["data:image/png;base64,cGljdHVyZQ=="]}', (b"picture",)),
        (b'{"data":[{"url":"https://cdn.example/fox.png","revised_prompt":"x"}]}', (Link(URL),)),
        (
            b'{"created":1,"data":[{"b64_json":"cGljdHVyZQ==","url":null},{"b64_json":null}]}',
            (b"picture",),
        ),
        # LocalAI links to itself, sd-server says what it wrote.
        (
            (
                b'{"id":"x","created":1,"data":[{"embedding":null,"index":0,'
                b'"url":"http://127.0.0.1:8080/generated-images/b64.png"}],'
                b'"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}'
            ),
            (Link("http://127.0.0.1:8080/generated-images/b64.png"),),
        ),
        (
            b'{"created":1,"data":[{"b64_json":"cGljdHVyZQ=="}],"output_format":"png"}',
            (b"picture",),
        ),
    ],
)
def test_pictures_are_found_wherever_relays_put_them(
    body: bytes, pictures: tuple[bytes | Link, ...]
) -> None:
    """Given an answer in a relay's shape, when it is read, then its pictures are there."""
    assert understood(body) == Answer(pictures=pictures)


PAID = b'{"data":[{"b64_json":"cGljdHVyZQ=="}],"usage":{"output_tokens":196},%s}'


@pytest.mark.parametrize(
    ("about", "charge"),
    [
        (b'"providerMetadata":{"gateway":{"cost":"0.0132471","generationId":"gen_1"}}', 13_248),
        (b'"provider_metadata":{"gateway":{"cost":0.04}}', 40_000),
        # A key of one's own pays elsewhere; the rest is no amount of money.
        (b'"providerMetadata":{"gateway":{"cost":"0"}}', None),
        (b'"providerMetadata":{"gateway":{"cost":null}}', None),
        (b'"providerMetadata":{"gateway":{"cost":"-1"}}', None),
        (b'"providerMetadata":{"gateway":{"cost":"1e9"}}', None),
        (b'"providerMetadata":{"gateway":{"cost":"NaN"}}', None),
        (b'"providerMetadata":{"gateway":{"cost":[]}}', None),
        (b'"providerMetadata":{"gateway":"cheap"}', None),
        (b'"providerMetadata":null', None),
    ],
)
def test_what_a_gateway_says_it_takes_is_what_it_costs(about: bytes, charge: int | None) -> None:
    """Given Vercel's answer, when it names dollars, then they are taken, rounded up."""
    assert understood(PAID % about).usage == Usage(image_out=196, charge=charge)


def test_a_gateway_may_name_dollars_without_tokens() -> None:
    """Given an answer that counts nothing, when it names dollars, then those are known."""
    body = b'{"data":[{"b64_json":"cGljdHVyZQ=="}],"providerMetadata":{"gateway":{"cost":"0.04"}}}'

    assert understood(body).usage == Usage(charge=40_000)
