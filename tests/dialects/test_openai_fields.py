"""The tables that stand for OpenAI's API notice what it would refuse."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from bot.demo.pretend_log import Received
from bot.demo.pretend_parts import Part
from tests.dialects.openai_fields import problems_with

SIZE = (16, 24)


def drawn(mode: str = "RGB", size: tuple[int, int] = SIZE, kind: str = "PNG") -> bytes:
    """A small picture, transparent if it can be."""
    target = BytesIO()
    Image.new(mode, size).save(target, kind)
    return target.getvalue()


def picture(number: int = 1, kind: str = "png", content: bytes | None = None) -> Part:
    """A source, labelled as it should be."""
    return Part(
        name="image[]",
        filename=f"image-{number}.{kind}",
        content_type=f"image/{kind}",
        content=content or drawn(kind=kind.upper()),
    )


def mask(content: bytes | None = None, **changes: str) -> Part:
    """A mask that edits everything, labelled as it should be."""
    right = Part(
        name="mask",
        filename="mask.png",
        content_type="image/png",
        content=content or drawn("RGBA"),
    )
    return replace(right, **changes)  # type: ignore[arg-type]


def received(*parts: Part, path: str = "/v1/images/edits", **fields: object) -> Received:
    """A request to the pretend API."""
    whole = {"prompt": "a fox", "model": "gpt-image-2.5-flare", **fields}
    return Received(
        path=path, model=None, n=1, fields=whole, parts=parts, received_at_monotonic=0.0
    )


def test_a_right_edit_has_no_problems() -> None:
    """Given everything that may be sent with an edit, when it is checked, then nothing is said."""
    edit = received(
        picture(1),
        picture(2, "webp"),
        picture(3, "jpeg"),
        mask(),
        n="2",
        size="1024x1536",
        quality="max",
        stream="true",
        partial_images="2",
        output_format="webp",
        output_compression="90",
        background="transparent",
    )

    assert problems_with(edit) == []


def test_a_generation_is_checked_as_well() -> None:
    """Given a generation, when it is checked, then by the rules for generations."""
    path = "/v1/images/generations"

    assert problems_with(received(path=path, n=2, moderation="low")) == []
    assert problems_with(received(picture(), path=path)) == ["image[] is a file"]
    assert problems_with(received(path=path, n="2")) == ["n takes 1 to 10, not '2'"]
    assert problems_with(received(path="/v1/images/variations")) == [
        "/v1/images/variations is no address for pictures"
    ]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"moderation": "low"}, "moderation is not a field"),
        ({"response_format": "b64_json"}, "response_format is not a field"),
        ({"input_fidelity": "high"}, "gpt-image-2.5-flare refuses input_fidelity"),
        ({"model": "gpt-image-2", "quality": "max"}, "gpt-image-2 does not know the quality max"),
        ({"model": "gpt-image-1.5", "size": "2048x2048"}, "gpt-image-1.5 does not draw 2048x2048"),
        ({"size": "1000x1000"}, "gpt-image-2.5-flare does not draw 1000x1000"),
        ({"complexity": "low"}, "gpt-image-2.5-flare does not know complexity"),
        ({"n": "11"}, "n takes 1 to 10, not 11"),
        ({"n": "1.5"}, "n takes 1 to 10, not 1.5"),
        ({"n": "two"}, "n takes 1 to 10, not 'two'"),
        ({"n": 2}, "n takes 1 to 10, not '2, which is no text'"),
        ({"stream": "True"}, "stream takes true or false, not 'True'"),
        ({"partial_images": "1"}, "partial_images needs stream"),
        ({"prompt": ""}, "prompt takes 1 to 32,000 characters, not ''"),
    ],
)
def test_a_wrong_field_of_an_edit_is_named(fields: dict[str, object], sentence: str) -> None:
    """Given a form that the API refuses, when it is checked, then the mistake is said."""
    edit = received(picture())

    assert problems_with(replace(edit, fields={**edit.fields, **fields})) == [sentence]


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ((), "there are 0 images"),
        (tuple(picture(number) for number in range(1, 18)), "there are 17 images"),
        ((picture(2),), "image-1 is named image-2.png"),
        ((picture(), replace(picture(2), name="image")), "image is image[]"),
        ((picture(), replace(picture(2), name="style")), "style is not a file"),
        ((replace(picture(), filename="fox.png"),), "image-1 is named fox.png"),
        (
            (replace(picture(), content_type="application/octet-stream"),),
            "image-1 has the type application/octet-stream",
        ),
        ((picture(content=drawn(kind="JPEG")),), "image-1 is JPEG, not image/png"),
        ((picture(content=b"<svg>"),), "image-1 is no picture"),
        ((picture(), mask(), mask()), "there are 2 masks"),
        ((picture(), mask(drawn())), "the mask is PNG RGB, without an alpha channel"),
        ((picture(), mask(drawn("RGBA", kind="WEBP"))), "mask is WEBP, not image/png"),
        (
            (picture(), mask(drawn("RGBA", (24, 16)))),
            "the mask has (24, 16) pixels, its picture (16, 24)",
        ),
        ((picture(), mask(filename="image.png")), "mask is named image.png"),
        ((picture(), mask(b"black")), "mask is no picture"),
    ],
)
def test_a_wrong_file_of_an_edit_is_named(parts: tuple[Part, ...], sentence: str) -> None:
    """Given files that the API refuses, when they are checked, then the mistake is said."""
    assert any(problem.startswith(sentence) for problem in problems_with(received(*parts)))


def test_a_mask_that_protects_everything_is_none() -> None:
    """Given a mask without a transparent pixel, when it is checked, then it marks nothing."""
    opaque = BytesIO()
    Image.new("RGBA", SIZE, "black").save(opaque, "PNG")

    assert problems_with(received(picture(), mask(opaque.getvalue()))) == ["the mask marks nothing"]


def test_files_that_are_too_heavy_are_named() -> None:
    """Given a picture of 50 MB and a mask of 4 MB, when they are checked, then each is named."""
    heavy = picture(content=drawn().ljust(50_000_000))

    assert problems_with(received(heavy, mask(drawn("RGBA").ljust(4_000_000)))) == [
        "image-1 has 50,000,000 bytes",
        "the mask has 4,000,000 bytes",
    ]
