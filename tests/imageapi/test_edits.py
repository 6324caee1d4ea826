"""The client edits pictures at the pretend API, which is as strict as the real one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cache
from io import BytesIO

import pytest
from PIL import Image

from bot.core.errors import (
    BadParameter,
    Blocked,
    DrawingFailed,
    ModelUnavailable,
    OutcomeUnknown,
    TooFast,
)
from bot.core.images import Format, ImageRequest, Quality, Size, Source
from bot.core.models import Model
from bot.core.ports import Drawing, Inputs, MaskShape
from bot.core.pricing import estimate, settle
from bot.demo import painter
from bot.demo.pretend_api import PretendApi
from bot.demo.pretend_faults import Cut, Fault, HalfJson, Html, Moderation, RateLimited, ServerError
from bot.imageapi.client import HttpImageApi
from bot.imageapi.edits import Edits
from tests.clock import ManualClock
from tests.dialects.openai_fields import problems_with
from tests.imageapi.services import CATALOGUE, FLARE, FOX, KEY, client_of, provider_at

RED = replace(FOX, prompt="make it all red", size=Size(1024, 640))
SMALL = Size(96, 64)
KINDS = (Format.PNG, Format.JPEG, Format.WEBP)


@cache
def picture(number: int, kind: Format, size: Size = SMALL) -> bytes:
    """A picture of its own."""
    target = BytesIO()
    Image.new("RGB", (size.width, size.height), (number * 9, 80, 120)).save(target, kind.value)
    return target.getvalue()


@cache
def mask(size: Size = SMALL) -> bytes:
    """The left half is to be edited, as OpenAI wants it said."""
    target = BytesIO()
    image = Image.new("RGBA", (size.width, size.height), "black")
    image.paste((0, 0, 0, 0), (0, 0, size.width // 2, size.height))
    image.save(target, "PNG")
    return target.getvalue()


def edit(
    sources: int = 1, *, masked: bool = False, size: Size = SMALL, **changes: object
) -> tuple[ImageRequest, Inputs]:
    """A request for an edit, and its bytes."""
    kinds = [KINDS[number % 3] for number in range(sources)]
    request = replace(
        RED,
        sources=tuple(
            Source(sha256=f"{number:064x}", format=kind, size=size)
            for number, kind in enumerate(kinds)
        ),
        mask="f" * 64 if masked else None,
    )
    inputs = Inputs(
        sources=tuple((kind, picture(number, kind, size)) for number, kind in enumerate(kinds)),
        mask=mask(size) if masked else None,
    )
    return replace(request, **changes), inputs  # type: ignore[arg-type]


@pytest.fixture
async def openai() -> AsyncIterator[PretendApi]:
    """A service without delay."""
    async with PretendApi(seconds=0, key=KEY, paint=painter.plain, clock=ManualClock()) as service:
        yield service


@pytest.fixture
async def api(openai: PretendApi) -> AsyncIterator[HttpImageApi]:
    """A client of that service."""
    async with client_of(provider_at(openai.base_url.removesuffix("/v1"))) as client:
        yield client


def opened(drawing: Drawing) -> Image.Image:
    """The only picture that came."""
    (content,) = drawing.pictures
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("sources", [1, 2, 16])
async def test_pictures_arrive_untouched(
    sources: int, openai: PretendApi, api: HttpImageApi
) -> None:
    """Given one or more pictures, when they are edited, then just their bytes were sent."""
    request, inputs = edit(sources)

    drawing = await api.draw("openai", FLARE, request, inputs, None)

    (received,) = openai.requests
    assert opened(drawing).size == (1024, 640)
    assert received.path == "/v1/images/edits"
    assert problems_with(received) == []
    assert [part.content for part in received.parts] == [data for _, data in inputs.sources]
    assert [part.name for part in received.parts] == ["image[]"] * sources
    assert received.fields == {
        "model": FLARE.id,
        "prompt": "make it all red",
        "n": "1",
        "size": "1024x640",
        "quality": "low",
        "output_format": "png",
    }


async def test_a_mask_arrives_untouched_and_is_kept_to(
    openai: PretendApi, api: HttpImageApi
) -> None:
    """Given a mask, when a picture is edited, then what it protects comes back as it was."""
    size = Size(1024, 640)
    request, inputs = edit(2, masked=True, size=size)

    drawing = await api.draw("openai", FLARE, request, inputs, None)

    (received,) = openai.requests
    before, after = Image.open(BytesIO(inputs.sources[0][1])), opened(drawing)
    right = (512, 0, 1024, 640)
    assert problems_with(received) == []
    assert received.parts[-1].content == inputs.mask
    assert after.crop(right).tobytes() == before.crop(right).tobytes()
    assert after.tobytes() != before.tobytes()


async def test_an_edit_streams(openai: PretendApi, api: HttpImageApi) -> None:
    """Given somebody who watches, when a picture is edited, then sketches come on the way."""
    request, inputs = edit(2)
    seen: list[int] = []

    drawing = await api.draw("openai", FLARE, request, inputs, lambda index, _: seen.append(index))

    (received,) = openai.requests
    assert problems_with(received) == []
    assert received.outcome == "streamed"
    assert (received.fields["stream"], received.fields["partial_images"]) == ("true", "2")
    assert seen == [0, 0]
    assert opened(drawing).size == (1024, 640)


@pytest.mark.parametrize(
    ("name", "sources", "masked", "watched"),
    [
        ("gpt-image-2.5-flare", 1, True, True),
        ("gpt-image-2.5-flare", 3, False, False),
        ("gpt-image-2", 2, False, False),
        ("gpt-image-1.5", 2, False, False),
    ],
)
async def test_an_edit_never_costs_more_than_was_reserved(
    name: str, sources: int, *, masked: bool, watched: bool, openai: PretendApi, api: HttpImageApi
) -> None:
    """Given large pictures, when they are edited, then the bill is within the estimate."""
    model = CATALOGUE.find(name)
    assert model is not None
    request, inputs = edit(sources, masked=masked, size=Size(1536, 1024), count=2 - watched)
    request = replace(request, model=name, size=model.sizes.offered[0])
    most = estimate(model, request, partials=api.partials("openai", model, request))

    drawing = await api.draw(
        "openai", model, request, inputs, (lambda *_: None) if watched else None
    )

    cost = settle(model, request, drawing.usage, pictures=len(drawing.pictures))
    assert drawing.usage is not None
    assert drawing.usage.image_in == sources * 1521
    assert 0 < cost <= most
    # The pretend service asks the prices of GPT Image 2 and later for everything.
    assert name == "gpt-image-1.5" or cost == openai.billed_microdollars


@pytest.mark.parametrize(
    ("fault", "kind", "watched"),
    [
        (Cut(), OutcomeUnknown, False),
        (Cut("midway"), OutcomeUnknown, False),
        (Cut("midway"), OutcomeUnknown, True),
        (HalfJson(), OutcomeUnknown, False),
        (ServerError(), OutcomeUnknown, False),
        (ServerError(body=False, status=502), OutcomeUnknown, False),
        (Html(), OutcomeUnknown, False),
        (RateLimited(7), TooFast, False),
        (Moderation(), Blocked, False),
        (Moderation("output"), Blocked, True),
    ],
    ids=repr,
)
async def test_an_edit_fails_like_a_generation(
    fault: Fault,
    kind: type[DrawingFailed],
    *,
    watched: bool,
    openai: PretendApi,
    api: HttpImageApi,
) -> None:
    """Given a service in trouble, when both are tried, then both fail alike, after one call."""
    watcher = (lambda *_: None) if watched else None
    failures = []
    for request, inputs in (edit(), (RED, Inputs())):
        openai.script(fault)
        with pytest.raises(DrawingFailed) as failed:
            await api.draw("openai", FLARE, request, inputs, watcher)
        failures.append(failed.value)

    edited, generated = failures
    assert type(edited) is type(generated) is kind
    assert edited.until == generated.until
    assert len(openai.requests) == 2


async def test_a_picture_that_is_refused_is_no_secret(
    openai: PretendApi, api: HttpImageApi
) -> None:
    """Given a file that is no picture, when it is sent, then the operator reads which it was."""
    request, inputs = edit(2)
    broken = replace(inputs, sources=(inputs.sources[0], (Format.PNG, b"no picture")))

    with pytest.raises(BadParameter, match=r"invalid_image_file.*Invalid image file.*for image 2"):
        await api.draw("openai", FLARE, request, broken, None)


async def test_a_mask_has_the_shape_that_the_file_names(api: HttpImageApi) -> None:
    """Given providers, when they are asked for a mask's shape, then each has its own."""
    openai = provider_at("http://127.0.0.1:9")
    fields = frozenset({"prompt"})
    white = replace(openai, name="white", edits=Edits(fields=fields, mask=MaskShape.WHITE))
    none = replace(openai, name="none", edits=Edits(fields=fields))
    async with client_of(openai, white, none) as client:
        shapes = [client.mask_shape(name) for name in ("openai", "white", "none", "gone")]

    assert shapes == [MaskShape.ALPHA, MaskShape.WHITE, MaskShape.ALPHA, MaskShape.ALPHA]


@pytest.mark.parametrize(
    ("edits", "masked", "words"),
    [
        (None, False, "takes no pictures"),
        (None, True, "takes no pictures"),
        (Edits(fields=frozenset({"prompt"})), True, "takes no masks"),
    ],
)
async def test_nothing_is_left_out_in_silence(
    edits: Edits | None, *, masked: bool, words: str, openai: PretendApi
) -> None:
    """Given a provider that cannot edit, when it should, then another one may try."""
    simple = replace(provider_at(openai.base_url.removesuffix("/v1")), edits=edits)
    async with client_of(simple) as client:
        with pytest.raises(ModelUnavailable, match=words):
            await client.draw("openai", FLARE, *edit(masked=masked), None)

    assert openai.requests == []


@pytest.mark.parametrize(
    ("request_", "inputs"),
    [
        (edit()[0], Inputs()),
        (RED, edit()[1]),
        (edit(masked=True)[0], edit()[1]),
        (edit()[0], edit(masked=True)[1]),
        (replace(RED, mask="f" * 64), Inputs(mask=b"mask")),
    ],
    ids=["no pictures", "pictures", "no mask", "a mask", "a mask alone"],
)
async def test_inputs_of_another_request_are_our_mistake(
    request_: ImageRequest, inputs: Inputs, openai: PretendApi, api: HttpImageApi
) -> None:
    """Given bytes that the request does not name, when they are used, then nothing is sent."""
    with pytest.raises(ValueError, match=r"inputs|no picture"):
        await api.draw("openai", FLARE, request_, inputs, None)

    assert openai.requests == []


@pytest.mark.parametrize(
    "model",
    [model for model in CATALOGUE if model.max_references and not model.prices.pictures],
    ids=lambda model: model.id,
)
def test_every_model_that_edits_reserves_for_each_picture(model: Model) -> None:
    """Given any model that edits, when an edit is estimated, then each picture adds its tokens."""
    quality = model.qualities[0]
    plain = replace(RED, model=model.id, size=model.sizes.offered[0], quality=Quality(quality))
    full = replace(plain, sources=edit(model.max_references)[0].sources)
    documented = 1521 if model.id.startswith("gpt-image-2") else 4160

    added = estimate(model, full) - estimate(model, plain)

    assert model.max_references == 16
    assert added >= 16 * documented * model.prices.image_in // 1_000_000
