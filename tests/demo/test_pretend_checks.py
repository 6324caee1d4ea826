"""The pretend image API refuses what OpenAI's refuses, in the same words."""

from base64 import b64encode
from io import BytesIO

import aiohttp
import pytest
from PIL import Image

from bot.demo import painter
from bot.demo.pretend_api import PretendApi
from tests.demo.visitor import MODEL, PROMPT, Noon, Visitor, picture, png


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"response_format": "url"}, "unknown_parameter", "Unknown parameter: 'response_format'."),
        ({"style": "vivid"}, "unknown_parameter", "Unknown parameter: 'style'."),
        ({"seed": 1}, "unknown_parameter", "Unknown parameter: 'seed'."),
        ({"mask": "x"}, "unknown_parameter", "Unknown parameter: 'mask'."),
        ({"quality": "hd"}, "invalid_value", "Invalid value: 'hd'. Supported values are: 'low', "),
        ({"output_format": "gif"}, "invalid_value", "'png', 'jpeg', and 'webp'."),
        ({"background": "blue"}, "invalid_value", "'transparent', 'opaque', and 'auto'."),
        ({"moderation": "off"}, "invalid_value", "'low', and 'auto'."),
        ({"n": 0}, "invalid_value", "Expected a value >= 1, but got 0 instead."),
        ({"n": 11}, "invalid_value", "Expected a value <= 10, but got 11 instead."),
        ({"n": 1.5}, "invalid_type", "expected an integer, but got a decimal number instead."),
        ({"n": True}, "invalid_type", "expected an integer, but got a boolean instead."),
        ({"n": "many"}, "invalid_type", "expected an integer, but got a string instead."),
        ({"prompt": ...}, "missing_required_parameter", "Missing required parameter: 'prompt'."),
        ({"prompt": ""}, "invalid_value", "minimum length 1"),
        ({"prompt": "x" * 32_001}, "invalid_value", "maximum length 32000"),
        ({"prompt": 7}, "invalid_type", "expected a string, but got an integer instead."),
        ({"stream": "yes"}, "invalid_type", "expected a boolean"),
        ({"partial_images": 4, "stream": True}, "invalid_value", "Expected a value <= 3"),
        ({"partial_images": 1}, "invalid_value", "when stream is true"),
        ({"output_compression": 101}, "invalid_value", "Expected a value <= 100"),
        ({"complexity": "high"}, "invalid_value", "not supported with model"),
        ({"frame_count": 3}, "invalid_value", "not supported with model"),
        ({"size": "big"}, "invalid_value", "Invalid size 'big'. "),
        ({"size": "1000x1000"}, "invalid_value", "must both be divisible by 16."),
        ({"size": "3856x1600"}, "invalid_value", "at most 3840 pixels."),
        ({"size": "3200x1024"}, "invalid_value", "between 1:3 and 3:1."),
        ({"size": "512x512"}, "invalid_value", "between 655360 and 8294400."),
        ({"size": "3840x2176"}, "invalid_value", "between 655360 and 8294400."),
    ],
)
async def test_a_wrong_field_is_named_and_explained(
    fields: dict[str, object], code: str, words: str, visitor: Visitor, api: PretendApi
) -> None:
    """Given one wrong field, when it is sent, then a 400 names it in OpenAI's words."""
    answer = await visitor.generate(**fields)

    assert answer.status == 400
    assert answer.error["code"] == code == api.requests[0].outcome
    assert answer.error["param"] == next(iter(fields))
    assert answer.error["type"] == "invalid_request_error"
    assert words in answer.error["message"]
    assert answer.headers["x-request-id"].startswith("req_")


async def test_a_transparent_jpeg_is_refused(visitor: Visitor) -> None:
    """Given a transparent background, when JPEG is asked for, then a 400 says that it cannot be."""
    answer = await visitor.generate(background="transparent", output_format="jpeg")

    assert (answer.status, answer.error["code"]) == (400, "invalid_value")
    assert "Transparent background is not supported" in answer.error["message"]


async def test_png_cannot_be_compressed(visitor: Visitor) -> None:
    """Given PNG, when compression is asked for, then it is refused."""
    answer = await visitor.generate(output_compression=50)

    assert (answer.status, answer.error["code"]) == (400, "invalid_png_output_compression")


@pytest.mark.parametrize(
    ("model", "fields", "status"),
    [
        ("gpt-image-2", {"quality": "xhigh"}, 400),
        ("gpt-image-2.5-flare", {"quality": "max"}, 200),
        ("gpt-image-2.6-flare", {"complexity": "low"}, 200),
        ("gpt-image-1.5", {"size": "1536x864"}, 400),
        ("gpt-image-1.5", {"size": "1536x1024"}, 200),
        ("gpt-image-1.5", {"quality": "max"}, 400),
    ],
)
async def test_models_take_what_they_take(
    model: str, fields: dict[str, object], status: int, visitor: Visitor
) -> None:
    """Given a model, when a choice is made that only some have, then it answers for itself."""
    assert (await visitor.generate(model=model, **fields)).status == status


@pytest.mark.parametrize("model", ["gpt-image-1", "dall-e-3", "gpt-image-99", "GPT-IMAGE-2"])
async def test_models_that_are_gone_or_never_were_are_not_found(
    model: str, visitor: Visitor
) -> None:
    """Given such a model, when it is asked for, then a 404 names it."""
    answer = await visitor.generate(model=model)

    assert (answer.status, answer.error["code"]) == (404, "model_not_found")
    assert model in answer.error["message"]


@pytest.mark.parametrize(("day", "status"), [("2026-11-30", 200), ("2026-12-01", 404)])
async def test_a_model_ends_on_its_last_day(day: str, status: int) -> None:
    """Given a model with a date, when that day comes, then it is not found any more."""
    async with (
        PretendApi(seconds=0, paint=painter.plain, clock=Noon(day)) as api,
        aiohttp.ClientSession() as session,
    ):
        assert (await Visitor(api, session).generate(model="gpt-image-1.5")).status == status


@pytest.mark.parametrize("key", ["", "sk-wrong"])
@pytest.mark.parametrize("path", ["/models", "/images/generations", "/images/edits"])
async def test_nobody_gets_in_without_the_key(key: str, path: str, visitor: Visitor) -> None:
    """Given no key or a wrong one, when anything is asked, then a 401 says so."""
    visitor.key = key

    answer = await visitor.send("GET" if path == "/models" else "POST", path, json={})

    assert (answer.status, answer.error["code"]) == (401, "invalid_api_key")
    assert "sk-wrong" not in answer.error["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"a fox"'])
async def test_a_body_that_is_no_json_object_is_refused(body: bytes, visitor: Visitor) -> None:
    """Given such a body, when it is sent, then a 400 says that it could not be read."""
    answer = await visitor.send("POST", "/images/generations", data=body)

    assert answer.status == 400
    assert "could not parse the JSON body" in answer.error["message"]


async def test_what_does_not_exist_is_not_found(visitor: Visitor) -> None:
    """Given an address or a file nobody made, when it is asked for, then a 404 comes."""
    address = await visitor.send("POST", "/images/variations")
    file = await visitor.send("GET", visitor.api.base_url.replace("/v1", "/files/no.png"))

    assert (address.status, file.status) == (404, 404)
    assert "Invalid URL (POST /v1/images/variations)" in address.error["message"]


def mpo() -> bytes:
    """What phones call .jpg: two JPEGs in one file."""
    target = BytesIO()
    picture().save(target, "MPO", save_all=True, append_images=[picture()])
    return target.getvalue()


@pytest.mark.parametrize(
    "image",
    [
        b"",
        b"no picture",
        png(picture(), "GIF"),
        png(picture(mode="CMYK"), "JPEG"),
        png(picture())[:2000],
        mpo(),
    ],
    ids=["empty", "text", "gif", "cmyk", "half", "mpo"],
)
@pytest.mark.parametrize("stream", ["true", "false"])
async def test_files_that_are_no_good_pictures_are_refused(
    image: bytes, stream: str, visitor: Visitor
) -> None:
    """Given such a file, when it is to be edited, then a 400 says which one it is."""
    answer = await visitor.edit(png(picture()), image, stream=stream)

    assert (answer.status, answer.error["code"]) == (400, "invalid_image_file")
    assert "image 2" in answer.error["message"]


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (png(Image.new("RGBA", (512, 512))), "mask size does not match image size"),
        (png(Image.new("L", (1024, 1024))), "mask image missing alpha channel"),
        (png(Image.new("RGBA", (1024, 1024)), "WEBP"), "mask image missing alpha channel"),
    ],
)
async def test_masks_that_do_not_fit_are_refused(mask: bytes, words: str, visitor: Visitor) -> None:
    """Given such a mask, when it is sent, then a 400 tells what is wrong with it."""
    answer = await visitor.edit(png(picture()), mask=mask)

    assert (answer.status, answer.error["code"]) == (400, "invalid_mask_image_format")
    assert words in answer.error["message"]


async def test_sixteen_pictures_are_the_most(visitor: Visitor) -> None:
    """Given 16 and 17 small pictures, when they are sent, then only 17 are refused."""
    small = png(picture((16, 16)))

    assert (await visitor.edit(*[small] * 16)).status == 200
    assert (await visitor.edit(*[small] * 17)).error["code"] == "invalid_value"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"moderation": "low"}, "unknown_parameter"),
        ({"input_fidelity": "high"}, "invalid_value"),
        ({"n": "11"}, "invalid_value"),
        ({"quality": "standard"}, "invalid_value"),
    ],
)
async def test_edits_are_judged_as_strictly(
    fields: dict[str, str], code: str, visitor: Visitor
) -> None:
    """Given a wrong field of a form, when it is sent, then a 400 names it."""
    answer = await visitor.edit(png(picture()), mask=None, **fields)

    assert (answer.status, answer.error["code"]) == (400, code)
    assert answer.error["param"] == next(iter(fields))


async def test_an_edit_needs_a_picture(visitor: Visitor) -> None:
    """Given no picture, when an edit is asked for, then the missing field is named."""
    answer = await visitor.edit()

    assert (answer.error["code"], answer.error["param"]) == ("missing_required_parameter", "image")


@pytest.mark.parametrize(
    "reference",
    [
        {"image_url": "https://example.com/a.png"},
        {"file_id": "file-1"},
        {"image_url": "data:image/png;base64,???"},
        "x",
        {"image_url": "data:image/png;base64," + b64encode(b"no").decode()},
    ],
)
async def test_links_that_cannot_be_read_are_refused(reference: object, visitor: Visitor) -> None:
    """Given a JSON edit with a link that holds no picture, when it is sent, then it is a 400."""
    answer = await visitor.send(
        "POST",
        "/images/edits",
        json={"model": MODEL, "prompt": PROMPT, "images": [reference]},
    )

    assert (answer.status, answer.error["code"][:8]) == (400, "invalid_")
