"""How edits are written for OpenAI's Images API, and how its answers to them are understood."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import BadParameter, Blocked, DrawingFailed, TooFast
from bot.core.images import Background, Format, ImageRequest, Quality, Size, Source
from bot.core.ports import Inputs, MaskShape
from bot.core.pricing import Usage
from bot.imageapi.calls import Answer, Call, Order, Partial
from bot.imageapi.catalogue import load_catalogue
from bot.imageapi.dialects import openai_images
from bot.imageapi.edits import Edits
from bot.imageapi.providers import Provider, load_providers
from bot.imageapi.sse import Event
from tests.clock import NOON
from tests.dialects.orders import ORDER

(OPENAI,) = load_providers(
    order=None, folder=None, environment={"OPENAI_API_KEY": "sk-made-up-for-tests"}
)
FLARE = load_catalogue().models[0]
SQUARE = Size(1024, 1024)
ONE = Source(sha256="1" * 64, format=Format.PNG, size=SQUARE)
TWO = Source(sha256="2" * 64, format=Format.JPEG, size=SQUARE)
THREE = Source(sha256="3" * 64, format=Format.WEBP, size=SQUARE)
RED_SKY = ImageRequest(
    prompt="make the sky red ☂\nand keep the tree",
    model=FLARE.id,
    size=SQUARE,
    quality=Quality.HIGH,
    sources=(ONE, TWO, THREE),
    mask="4" * 64,
)
INPUTS = Inputs(
    sources=(
        (Format.PNG, b"\x89PNG\r\n\x1a\n\x00\xff"),
        (Format.JPEG, b"\xff\xd8\xff\r\n--easel-"),
        (Format.WEBP, b"RIFF\x00"),
    ),
    mask=b"\x89PNG mask",
)


def written(
    request: ImageRequest = RED_SKY,
    inputs: Inputs = INPUTS,
    *,
    provider: Provider = OPENAI,
    stream: bool = False,
) -> Call:
    """The call for an edit."""
    order = Order(provider=provider, model=FLARE, request=request, stream=stream)
    return openai_images.request(order, inputs)


def only(*fields: str) -> Provider:
    """OpenAI, if it took no more than these fields for edits."""
    return replace(OPENAI, edits=Edits(fields=frozenset(fields), mask=MaskShape.ALPHA))


def test_an_edit_is_a_form_with_every_picture_in_it() -> None:
    """Given three pictures and a mask, when they are written, then each is labelled in full."""
    call = written()

    assert (call.method, call.path) == ("POST", "/images/edits")
    assert call.headers == {
        "Content-Type": "multipart/form-data; boundary=easel-144174b06064ccde760043961a2a5f5e",
        "Accept": "application/json",
    }
    line = b"--easel-144174b06064ccde760043961a2a5f5e"
    assert b"".join(call.body).replace(line, b"--BOUNDARY") == (
        b'--BOUNDARY\r\nContent-Disposition: form-data; name="model"\r\n\r\n'
        b"gpt-image-2.5-flare\r\n"
        b'--BOUNDARY\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n'
        b"make the sky red \xe2\x98\x82\nand keep the tree\r\n"
        b'--BOUNDARY\r\nContent-Disposition: form-data; name="n"\r\n\r\n'
        b"1\r\n"
        b'--BOUNDARY\r\nContent-Disposition: form-data; name="size"\r\n\r\n'
        b"1024x1024\r\n"
        b'--BOUNDARY\r\nContent-Disposition: form-data; name="quality"\r\n\r\n'
        b"high\r\n"
        b'--BOUNDARY\r\nContent-Disposition: form-data; name="output_format"\r\n\r\n'
        b"png\r\n"
        b'--BOUNDARY\r\nContent-Disposition: form-data; name="image[]"; filename="image-1.png"'
        b"\r\nContent-Type: image/png\r\n\r\n"
        b"\x89PNG\r\n\x1a\n\x00\xff\r\n"
        b'--BOUNDARY\r\nContent-Disposition: form-data; name="image[]"; filename="image-2.jpg"'
        b"\r\nContent-Type: image/jpeg\r\n\r\n"
        b"\xff\xd8\xff\r\n--easel-\r\n"
        b'--BOUNDARY\r\nContent-Disposition: form-data; name="image[]"; filename="image-3.webp"'
        b"\r\nContent-Type: image/webp\r\n\r\n"
        b"RIFF\x00\r\n"
        b'--BOUNDARY\r\nContent-Disposition: form-data; name="mask"; filename="mask.png"'
        b"\r\nContent-Type: image/png\r\n\r\n"
        b"\x89PNG mask\r\n"
        b"--BOUNDARY--\r\n"
    )


def test_a_single_picture_is_a_list_too() -> None:
    """Given one picture and no mask, when it is written, then it is `image[]` and alone."""
    request = replace(RED_SKY, sources=(ONE,), mask=None)
    body = b"".join(written(request, Inputs(sources=INPUTS.sources[:1]), provider=only()).body)

    assert body == (
        b"--easel-400d37bd96e786fbea2b6021dada9b75\r\n"
        b'Content-Disposition: form-data; name="image[]"; filename="image-1.png"\r\n'
        b"Content-Type: image/png\r\n\r\n"
        b"\x89PNG\r\n\x1a\n\x00\xff\r\n"
        b"--easel-400d37bd96e786fbea2b6021dada9b75--\r\n"
    )


def test_what_is_switched_on_is_written_in_words() -> None:
    """Given a stream and a background, when they are written, then as texts of a form."""
    request = replace(RED_SKY, background=Background.TRANSPARENT)
    call = written(request, provider=only("stream", "partial_images", "background"), stream=True)
    body = b"".join(call.body)

    assert call.headers["Accept"] == "text/event-stream, application/json"
    assert b'name="background"\r\n\r\ntransparent\r\n' in body
    assert b'name="stream"\r\n\r\ntrue\r\n' in body
    assert b'name="partial_images"\r\n\r\n2\r\n' in body


def test_only_what_the_file_lists_for_edits_is_sent_with_them() -> None:
    """Given a provider that takes less for edits, when one is written, then less is sent."""
    body = b"".join(written(provider=only("prompt"), stream=True).body)

    assert body.count(b"Content-Disposition") == 5
    assert b'name="prompt"' in body
    assert b'name="model"' not in body


def test_a_picture_is_not_copied() -> None:
    """Given pictures, when they are written, then the body has the same objects."""
    form = list(written().body)

    for content in (*(content for _, content in INPUTS.sources), INPUTS.mask):
        assert any(piece.obj is content for piece in form)


def test_the_same_edit_is_the_same_bytes() -> None:
    """Given an edit, when it is written again or slightly changed, then only then it differs."""
    others = [replace(RED_SKY, prompt="no"), replace(RED_SKY, sources=(TWO, ONE, THREE))]

    assert written().headers == written().headers
    assert len({written(each).headers["Content-Type"] for each in (RED_SKY, *others)}) == 3


def test_a_picture_that_has_the_boundary_in_it_gets_another() -> None:
    """Given a picture with the very boundary in it, when it is written, then it is kept apart."""
    trap = b"--easel-144174b06064ccde760043961a2a5f5e--\r\n"
    call = written(inputs=replace(INPUTS, sources=((Format.PNG, trap), *INPUTS.sources[1:])))
    boundary = call.headers["Content-Type"].partition("boundary=")[2].encode()

    assert boundary.startswith(b"easel-")
    assert boundary not in trap
    assert b"".join(call.body).split(b"--" + boundary)[7].endswith(trap + b"\r\n")


def test_no_picture_and_no_key_is_shown() -> None:
    """Given a call, when it is shown, then neither is there."""
    assert "PNG" not in repr(written())
    assert b"sk-made-up" not in b"".join(written().body)


def test_an_edit_is_answered_like_a_generation() -> None:
    """Given OpenAI's answer to an edit, when it is read, then pictures sent in are counted."""
    answer = openai_images.answer(
        ORDER,
        200,
        {},
        b'{"created":1763600000,"background":"opaque","data":[{"b64_json":"cGljdHVyZQ=="}],'
        b'"output_format":"png","quality":"low","size":"1024x1024","usage":{"input_tokens":2569,'
        b'"input_tokens_details":{"image_tokens":2545,"text_tokens":24},"output_tokens":196,'
        b'"total_tokens":2765}}',
        now=NOON,
    )

    assert answer.pictures == (b"picture",)
    assert answer.usage == Usage(text_in=24, image_in=2545, image_out=196)


def test_an_edit_streams_like_a_generation() -> None:
    """Given OpenAI's events for an edit, when they are heard, then the last is the answer."""
    partial = (
        b'{"type":"image_edit.partial_image","b64_json":"c2tldGNo","created_at":1763600000,'
        b'"size":"1024x1024","quality":"low","background":"opaque","output_format":"png",'
        b'"partial_image_index":0}'
    )
    completed = (
        b'{"type":"image_edit.completed","b64_json":"cGljdHVyZQ==","created_at":1763600000,'
        b'"size":"1024x1024","quality":"low","background":"opaque","output_format":"png",'
        b'"usage":{"total_tokens":1230,"input_tokens":1034,"output_tokens":196,'
        b'"input_tokens_details":{"text_tokens":10,"image_tokens":1024}}}'
    )
    heard = [
        openai_images.event(ORDER, Event(name, data), {}, now=NOON)
        for name, data in (
            ("image_edit.partial_image", partial),
            ("image_edit.completed", completed),
        )
    ]

    assert heard == [
        Partial(b"sketch"),
        Answer(pictures=(b"picture",), usage=Usage(text_in=10, image_in=1024, image_out=196)),
    ]


BAD_IMAGE = (
    b'{"error":{"message":"Invalid image file or mode for image 2, please check your image file.",'
    b'"type":"image_generation_user_error","param":"image","code":"invalid_image_file"}}'
)
BAD_MASK = (
    b'{"error":{"message":"Invalid mask image format - mask size does not match image size",'
    b'"type":"image_generation_user_error","param":"mask","code":"invalid_mask_image_format"}}'
)
BAD_TYPE = (
    b'{"error":{"message":"Invalid file: unsupported mimetype (\'application/octet-stream\').",'
    b'"type":"invalid_request_error","param":"image[0]","code":"unsupported_file_mimetype"}}'
)
TWICE = b'{"error":{"message":"Duplicate parameter: \'image\'.","code":"duplicate_parameter"}}'
HEAVY = b"<html><title>413 Request Entity Too Large</title></html>"
BLOCKED = (
    b'{"error":{"message":"Your request was rejected by the safety system.","type":'
    b'"image_generation_user_error","code":"moderation_blocked","moderation_details":'
    b'{"moderation_stage":"input","categories":["violence"]}}}'
)
FAST = (
    b'{"error":{"message":"Rate limit reached for gpt-image-2.5-flare on input-images per min: '
    b'Limit 5, Used 5, Requested 1. Please try again in 12s.","type":"input-images","param":null,'
    b'"code":"rate_limit_exceeded"}}'
)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, BAD_IMAGE, BadParameter),
        (400, BAD_MASK, BadParameter),
        (400, BAD_TYPE, BadParameter),
        (503, TWICE, BadParameter),
        (413, HEAVY, BadParameter),
        (400, BLOCKED, Blocked),
        (429, FAST, TooFast),
    ],
    ids=["image", "mask", "type", "twice", "too large", "blocked", "too fast"],
)
def test_a_refused_edit_is_told_apart(status: int, body: bytes, kind: type[DrawingFailed]) -> None:
    """Given a refusal of an edit, when it is read, then it is known for what it is."""
    with pytest.raises(DrawingFailed) as failed:
        openai_images.answer(ORDER, status, {}, body, now=NOON)

    assert type(failed.value) is kind
    assert failed.value.until == (NOON + timedelta(seconds=12) if kind is TooFast else None)
