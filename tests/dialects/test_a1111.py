"""How a web UI of one's own is asked for pictures, and what its answers mean."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from bot.core.errors import (
    AccountProblem,
    BadAnswer,
    BadParameter,
    DrawingFailed,
    ModelUnavailable,
    OutcomeUnknown,
    TooFast,
)
from bot.core.images import Format, Quality, Size, Source, Style
from bot.core.ports import Inputs
from bot.imageapi.calls import Answer, Order, Pending
from bot.imageapi.dialects import a1111
from tests.clock import NOON
from tests.dialects.orders import order_of, shipped

LOCAL = shipped("a1111", A1111_BASE_URL="http://127.0.0.1:7860")
SOURCE = Source(sha256="a picture", format=Format.PNG, size=Size(64, 64))
ORDER = order_of("stable-diffusion", LOCAL)
FOX = {
    "prompt": "a fox",
    "negative_prompt": "",
    "width": 1024,
    "height": 1024,
    "n_iter": 1,
    "steps": 15,
    "cfg_scale": 7,
    "sampler_name": "Euler a",
    "override_settings_restore_afterwards": False,
}


def fields(order: Order, inputs: Inputs | None = None) -> dict[str, Any]:
    """The body that is sent, parsed."""
    body: dict[str, Any] = orjson.loads(b"".join(a1111.request(order, inputs or Inputs()).body))
    return body


def understood(body: bytes, status: int = 200) -> Answer | Pending:
    """What these bytes mean."""
    return a1111.answer(ORDER, status, {}, body, now=NOON)


def test_an_order_is_one_call_with_the_settings_of_the_file() -> None:
    """Given a picture from words, when it is ordered, then its sampler is told as well."""
    call = a1111.request(ORDER, Inputs())

    assert (call.method, call.path) == ("POST", "/sdapi/v1/txt2img")
    assert fields(ORDER) == FOX


@pytest.mark.parametrize(
    ("quality", "steps"), [(Quality.LOW, 15), (Quality.MEDIUM, 25), (Quality.HIGH, 40)]
)
def test_quality_is_a_number_of_steps(quality: Quality, steps: int) -> None:
    """Given a quality, when a picture is ordered, then so many steps are taken."""
    assert fields(order_of("stable-diffusion", LOCAL, quality=quality))["steps"] == steps


def test_what_to_avoid_is_not_said_in_the_prompt() -> None:
    """Given something to avoid, when it is ordered, then naming it does not draw it."""
    order = order_of("stable-diffusion", LOCAL, avoid="trees", style=Style.ANIME, count=3)

    assert fields(order) == {
        **FOX,
        "prompt": "a fox\n\nStyle: anime.",
        "negative_prompt": "trees",
        "n_iter": 3,
    }


def test_an_edit_sends_the_picture_and_a_mask_whose_white_is_edited() -> None:
    """Given an edit, when it is ordered, then both go with it, and how much may change."""
    order = order_of("stable-diffusion", LOCAL, sources=(SOURCE,), mask="m")
    inputs = Inputs(sources=((Format.PNG, b"one"),), mask=b"two")

    assert a1111.request(order, inputs).path == "/sdapi/v1/img2img"
    assert fields(order, inputs) == {
        **FOX,
        "init_images": ["b25l"],
        "mask": "dHdv",
        "denoising_strength": 0.75,
        "inpainting_mask_invert": 0,
        "inpainting_fill": 1,
        "inpaint_full_res": False,
        "mask_blur": 4,
    }


def test_a_model_that_the_file_names_is_loaded() -> None:
    """Given a name for a checkpoint, when it is ordered, then the server is told to load it."""
    named = replace(LOCAL, names={"stable-diffusion": "sd_xl_base_1.0"})

    order = order_of("stable-diffusion", named)

    assert fields(order)["override_settings"] == {"sd_model_checkpoint": "sd_xl_base_1.0"}


def test_a_call_is_watched_and_can_be_stopped() -> None:
    """Given a call, when it is under way, then it is known what to ask and how to end it."""
    call = a1111.request(ORDER, Inputs())

    assert call.watch is not None
    assert call.watch.call is not None
    assert call.cancel is not None
    assert (call.watch.call.method, call.watch.call.path) == ("GET", "/sdapi/v1/progress")
    assert (call.cancel.method, call.cancel.path) == ("POST", "/sdapi/v1/interrupt")


def test_a_server_that_others_use_is_not_stopped() -> None:
    """Given a file that says so, when a picture is ordered, then nothing of theirs is ended."""
    shared = order_of("stable-diffusion", replace(LOCAL, interruptible=False))

    assert a1111.request(shared, Inputs()).cancel is None


def test_of_several_pictures_no_preview_is_asked_for() -> None:
    """Given two pictures, when they are watched, then only how far they are is asked."""
    watch = a1111.request(order_of("stable-diffusion", LOCAL, count=2), Inputs()).watch

    assert watch is not None
    assert watch.call is not None
    assert watch.call.path == "/sdapi/v1/progress?skip_current_image=true"


@pytest.mark.parametrize(
    ("body", "pictures"),
    [
        (b'{"images":["b25l"],"parameters":{},"info":"{}"}', (b"one",)),
        (b'{"images":["b25l","dHdv"],"info":"{}"}', (b"one", b"two")),
        (b'{"images":["data:image/png;base64,b25l"]}', (b"one",)),
        (b'{"images":["b25l",null,"%%%"]}', (b"one",)),
    ],
)
def test_pictures_come_as_text(body: bytes, pictures: tuple[bytes, ...]) -> None:
    """Given an answer, when it is read, then its pictures are there, whatever else is."""
    assert understood(body) == Answer(pictures=pictures)


@pytest.mark.parametrize(
    ("body", "pending"),
    [
        (
            b'{"progress":0.42,"state":{"job":"scripts_txt2img"},"current_image":"b25l"}',
            Pending(after=a1111.AFTER, progress=42, picture=b"one"),
        ),
        (
            b'{"progress":0.42,"state":{"job":"task(a1b2)"},"current_image":"b25l"}',
            Pending(after=a1111.AFTER),
        ),
        (
            b'{"progress":0.0,"state":{"job":""},"current_image":null}',
            Pending(after=a1111.AFTER, progress=0),
        ),
        (b'{"progress":-1,"state":null}', Pending(after=a1111.AFTER)),
        (b'{"progress":"odd"}', Pending(after=a1111.AFTER)),
    ],
)
def test_progress_is_told_unless_it_is_somebody_elses(body: bytes, pending: Pending) -> None:
    """Given what it says meanwhile, when it is read, then a job of its web page is left out."""
    assert understood(body) == pending


def error(kind: str, detail: str, errors: str = "") -> bytes:
    """An error in the web UI's own shape."""
    return orjson.dumps({"error": kind, "detail": detail, "body": "", "errors": errors})


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (500, error("OutOfMemoryError", "", "CUDA out of memory. Tried 2 GiB"), DrawingFailed),
        (500, b"Internal Server Error", OutcomeUnknown),
        (502, b"<html><title>Bad Gateway</title></html>", OutcomeUnknown),
        (404, error("HTTPException", "Model not found"), ModelUnavailable),
        (404, error("HTTPException", "Sampler not found"), BadParameter),
        (404, b'{"detail":"Not Found"}', AccountProblem),
        (404, error("HTTPException", "Not Found"), AccountProblem),
        (401, b'{"detail":"Incorrect username or password"}', AccountProblem),
        (422, b'{"detail":[{"loc":["body","width"],"msg":"odd","type":"x"}]}', BadParameter),
        (429, b"<html><title>Too Many Requests</title></html>", TooFast),
        (200, b'{"images":[]}', BadAnswer),
        (200, b'{"images":["%%%"]}', BadAnswer),
        (200, b'{"detail":"odd"}', BadAnswer),
        (200, b"[]", BadAnswer),
        (200, b"<html>a login page</html>", BadAnswer),
        (200, b'{"images":["b25', OutcomeUnknown),
        (200, b"", OutcomeUnknown),
    ],
)
def test_what_went_wrong_is_told_apart(status: int, body: bytes, kind: type[DrawingFailed]) -> None:
    """Given an answer without a picture, when it is read, then it is known whose turn it is."""
    with pytest.raises(DrawingFailed) as failed:
        understood(body, status)

    assert type(failed.value) is kind


def test_name_and_password_go_into_one_header() -> None:
    """Given a server with a password, when it is called, then it is told as its API wants it."""
    closed = shipped("a1111", A1111_BASE_URL="http://127.0.0.1:7860", A1111_API_KEY="easel:secret")

    assert LOCAL.authorization == {}
    assert closed.authorization == {"Authorization": "Basic ZWFzZWw6c2VjcmV0"}
