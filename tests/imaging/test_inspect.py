"""Bytes are what they are, not what anybody says they are."""

from __future__ import annotations

import warnings
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.core.errors import BadAnswer
from bot.core.images import Format
from bot.core.ports import Inspected
from bot.imaging.inspect import PIXEL_LIMIT, decode, inspect
from tests.imaging.pictures import (
    noise,
    picture,
    png_bomb,
    scene,
    see_through,
    webp_bomb,
    written,
)


def refusal(data: bytes) -> str:
    """What operators are told of bytes that are not taken."""
    with pytest.raises(BadAnswer) as caught:
        inspect(data)
    return caught.value.detail


@pytest.mark.parametrize("form", Format)
def test_a_picture_is_known_by_its_bytes(form: Format) -> None:
    """Given a file without name or label, when inspected, then format and size are right."""
    seen = inspect(picture(form, 64, 48))

    assert seen == Inspected(format=form, width=64, height=48, transparent=False)


TRANSPARENT = {
    "PNG with alpha": (written(see_through(), "PNG"), True),
    "WebP with alpha": (written(see_through(), "WEBP"), True),
    "grey with alpha": (written(see_through().convert("LA"), "PNG"), True),
    "palette with one clear colour": (
        written(scene().convert("P"), "PNG", transparency=scene().convert("P").getpixel((0, 0))),
        True,
    ),
    "one clear colour": (written(Image.new("RGB", (4, 4)), "PNG", transparency=(0, 0, 0)), True),
    "alpha that hides nothing": (written(scene().convert("RGBA"), "PNG"), False),
    "palette": (written(scene().convert("P"), "PNG"), False),
}


@pytest.mark.parametrize(("data", "transparent"), TRANSPARENT.values(), ids=TRANSPARENT)
def test_only_what_can_be_seen_through_is_transparent(data: bytes, transparent: bool) -> None:
    """Given an alpha channel or none, when inspected, then only clear pixels count."""
    assert inspect(data).transparent is transparent


MODES = {
    "CMYK": (written(scene().convert("CMYK"), "JPEG"), Format.JPEG),
    "grey": (written(scene().convert("L"), "JPEG"), Format.JPEG),
    "palette": (written(scene().convert("P"), "PNG"), Format.PNG),
    "black and white": (written(scene().convert("1"), "PNG"), Format.PNG),
    "16 bit": (written(Image.new("I;16", (64, 48), 40_000), "PNG"), Format.PNG),
    "progressive": (written(scene(), "JPEG", progressive=True), Format.JPEG),
    "lossless": (written(scene(), "WEBP", lossless=True), Format.WEBP),
    "animated PNG": (
        written(scene(), "PNG", save_all=True, append_images=[see_through().convert("RGB")]),
        Format.PNG,
    ),
    "animated WebP": (
        written(scene(), "WEBP", save_all=True, append_images=[noise(64, 48)]),
        Format.WEBP,
    ),
    "JPEG with a second picture": (
        written(scene(), "MPO", save_all=True, append_images=[noise(64, 48)]),
        Format.JPEG,
    ),
}


@pytest.mark.parametrize(("data", "form"), MODES.values(), ids=MODES)
def test_every_kind_of_a_format_is_taken(data: bytes, form: Format) -> None:
    """Given an unusual but valid file, when inspected, then it is taken for what it is."""
    assert inspect(data) == Inspected(format=form, width=64, height=48, transparent=False)


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("part", [0.02, 0.5, 0.9])
def test_a_truncated_picture_is_refused(form: Format, part: float) -> None:
    """Given a file whose end never arrived, when inspected, then it is refused."""
    whole = written(noise(200, 200), form.value)

    assert "while decoding" in refusal(whole[: int(len(whole) * part)])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "0 bytes that start with b''"),
        (b"<!DOCTYPE html><html>busy</html>", "32 bytes that start with b'<!DOCTYPE html><'"),
        (b'{"error": "no"}', "15 bytes"),
        (b"\x00" * 1000, "1000 bytes"),
        (b"\x89PNG\r\n\x1a\n", "8 bytes"),
        (b"%PDF-1.7", "8 bytes"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "41 bytes"),
    ],
    ids=["nothing", "a page", "JSON", "zeros", "only a signature", "PDF", "SVG"],
)
def test_what_is_no_picture_is_refused(data: bytes, told: str) -> None:
    """Given something else than a picture, when inspected, then operators learn how it starts."""
    assert told in refusal(data)


@pytest.mark.parametrize(
    "data",
    [png_bomb(20_000, 20_000), png_bomb(10_000, 10_000), png_bomb(7_072, 7_072)],
    ids=["400 million", "100 million", "just too many"],
)
def test_a_bomb_is_refused_by_its_header(data: bytes) -> None:
    """Given a small file that promises many pixels, when inspected, then none of them is made."""
    assert len(data) < 100
    assert "too many" in refusal(data) or "DecompressionBomb" in refusal(data)


def test_a_bomb_is_refused_where_warnings_are_not_errors() -> None:
    """Given Python as operators run it, when a bomb comes that Pillow warns of, it is refused."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")

        assert refusal(png_bomb(10_000, 10_000)) == "10000x10000 pixels are too many to decode"


def test_a_webp_bomb_is_refused_by_its_header() -> None:
    """Given a WebP file that promises many pixels, when inspected, then none of them is made."""
    assert "DecompressionBomb" in refusal(webp_bomb(16_383, 16_383))
    assert refusal(webp_bomb(8_000, 8_000)) == "8000x8000 pixels are too many to decode"


def test_a_picture_of_just_so_many_pixels_is_read() -> None:
    """Given a picture right at the limit, when inspected, then it is taken."""
    width, height = 10_000, PIXEL_LIMIT // 10_000

    seen = inspect(written(Image.new("1", (width, height)), "PNG"))

    assert (seen.width, seen.height) == (10_000, 5_000)


@pytest.mark.parametrize("form", ["GIF", "BMP"])
def test_a_picture_of_another_format_is_refused_by_name(form: str) -> None:
    """Given a GIF, when inspected, then it is no picture for us yet, and the detail says why."""
    assert refusal(written(scene(), form)) == (
        f"a {form} picture, to be rewritten before it is used"
    )


def test_a_format_that_nobody_needs_is_not_even_opened() -> None:
    """Given a TIFF, which Pillow could read, when decoded, then no reader of it is run."""
    with pytest.raises(BadAnswer, match="UnidentifiedImageError"):
        decode(written(scene(), "TIFF"))


def test_a_wrong_label_changes_nothing() -> None:
    """Given a PNG that somebody called a JPEG, when inspected, then the bytes are believed."""
    labelled = BytesIO(picture(Format.PNG))
    labelled.name = "picture.jpg"

    assert inspect(labelled.getvalue()).format is Format.PNG


SAMPLES = [picture(form) for form in Format] + [
    written(see_through(), "PNG"),
    written(scene().convert("P"), "GIF"),
    written(scene(), "JPEG", exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12"),
]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12),
    st.floats(0.5, 1),
)
def test_broken_bytes_end_in_one_error_only(
    data: bytes, changes: list[tuple[float, int]], kept: float
) -> None:
    """Given a picture with bytes changed and its end lost, when inspected, one error is raised."""
    broken = bytearray(data)
    for place, value in changes:
        broken[int(place * len(broken))] = value
    with suppress(BadAnswer):
        seen = inspect(bytes(broken[: int(len(broken) * kept)]))
        assert seen.width * seen.height <= PIXEL_LIMIT
