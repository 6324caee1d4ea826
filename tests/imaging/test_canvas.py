"""A picture on a larger canvas is itself, and all around it is new."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.core.canvas import Canvas
from bot.core.errors import BadAnswer
from bot.core.images import Size
from bot.imaging.canvas import pad
from tests.imaging.pictures import noise, opened, scene, see_through, written

margins = st.integers(0, 40)


@st.composite
def canvases(draw: st.DrawFn) -> tuple[Image.Image, Canvas]:
    """A picture, and a canvas on which it need not be scaled."""
    width, height = draw(st.integers(1, 60)), draw(st.integers(1, 60))
    left, right, top, bottom = (draw(margins) for _ in range(4))
    image = noise(width, height)
    if draw(st.booleans()):
        image.putalpha(scene(width, height).getchannel(0))
    canvas = Canvas(
        size=Size(left + width + right, top + height + bottom),
        picture=Size(width, height),
        left=left,
        top=top,
    )
    return image, canvas


@settings(max_examples=60)
@given(canvases())
def test_protected_pixels_are_what_they_were(drawn: tuple[Image.Image, Canvas]) -> None:
    """Given any picture that need not be scaled, when padded, each kept pixel is as it was."""
    image, canvas = drawn

    padded, mask = (opened(data) for data in pad(written(image, "PNG"), canvas))

    assert (padded.format, mask.format, mask.mode) == ("PNG", "PNG", "L")
    assert padded.size == mask.size == (canvas.size.width, canvas.size.height)
    box = (canvas.left, canvas.top, canvas.left + image.width, canvas.top + image.height)
    # All of the old picture is there; the mask only says what of it may be drawn anew.
    assert padded.crop(box).convert("RGBA").tobytes() == image.convert("RGBA").tobytes()


@settings(max_examples=60)
@given(canvases())
def test_all_that_is_new_is_marked_and_hardly_more(drawn: tuple[Image.Image, Canvas]) -> None:
    """Given any canvas, when padded, then all that is new is edited, and a fiftieth of the old."""
    image, canvas = drawn

    mask = opened(pad(written(image, "PNG"), canvas)[1])

    kept = mask.point(lambda shade: 255 - shade).getbbox()
    assert kept is not None
    assert mask.crop(kept).getextrema() == (0, 0)
    overlap = -(-min(image.size) // 50)
    right, bottom = canvas.left + image.width, canvas.top + image.height
    old = (canvas.left, canvas.top, right, bottom)
    grows = (canvas.left, canvas.top, canvas.size.width - right, canvas.size.height - bottom)
    for seen, edge, room in zip(kept, old, grows, strict=True):
        assert abs(seen - edge) <= (overlap if room else 0)


def test_seams_may_be_drawn_over_where_the_picture_grows() -> None:
    """Given a picture that grows to the right, when padded, only its right rim is drawn anew."""
    canvas = Canvas(size=Size(300, 100), picture=Size(200, 100), left=0, top=0)

    mask = opened(pad(written(scene(200, 100), "PNG"), canvas)[1])

    assert mask.point(lambda shade: 255 - shade).getbbox() == (0, 0, 198, 100)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_scaled_to_its_canvas(form: str) -> None:
    """Given a larger picture, when padded, then it is brought to its place on the canvas."""
    canvas = Canvas(size=Size(160, 120), picture=Size(80, 60), left=40, top=30)

    padded = opened(pad(written(scene(640, 480), form), canvas)[0])

    inner, expected = padded.crop((40, 30, 120, 90)), scene(80, 60)
    assert all(
        abs(one - other) < 20
        for one, other in zip(inner.tobytes(), expected.tobytes(), strict=True)
    )


def test_what_is_new_has_the_colours_beside_it() -> None:
    """Given red on the left and blue on the right, when padded, then so is what is beyond."""
    image = Image.new("RGB", (100, 100), "red")
    image.paste("blue", (50, 0, 100, 100))
    canvas = Canvas(size=Size(200, 140), picture=Size(100, 100), left=50, top=20)

    padded = opened(pad(written(image, "PNG"), canvas)[0])

    for y in (2, 70, 137):
        assert padded.getpixel((5, y)) == (255, 0, 0)
        assert padded.getpixel((195, y)) == (0, 0, 255)


def test_what_is_see_through_goes_on_see_through_without_a_dark_rim() -> None:
    """Given a drawing on nothing, when padded, then nothing is around it, and no shadow."""
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    image.paste((255, 255, 255, 255), (0, 40, 100, 60))
    canvas = Canvas(size=Size(200, 100), picture=Size(100, 100), left=50, top=0)

    padded = opened(pad(written(image, "PNG"), canvas)[0])

    assert padded.mode == "RGBA"
    assert padded.getpixel((10, 5)) == (0, 0, 0, 0)
    colours = [padded.getpixel((10, y)) for y in range(100)]
    assert all(
        isinstance(pixel, tuple) and (pixel[3] < 40 or min(pixel[:3]) > 230) for pixel in colours
    )


def test_an_opaque_alpha_channel_is_left_out() -> None:
    """Given a picture without anything to see through, when padded, then it has no alpha."""
    canvas = Canvas(size=Size(96, 48), picture=Size(64, 48), left=0, top=0)

    assert opened(pad(written(scene().convert("RGBA"), "PNG"), canvas)[0]).mode == "RGB"
    assert opened(pad(written(see_through(), "PNG"), canvas)[0]).mode == "RGBA"


def test_what_is_no_picture_cannot_be_padded() -> None:
    """Given bytes that are no picture, when padded, then it is an error."""
    with pytest.raises(BadAnswer):
        pad(b"<html>", Canvas(size=Size(9, 9), picture=Size(5, 5), left=0, top=0))
