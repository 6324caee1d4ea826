"""A picture that is handed in stays what it was, and becomes fit to be sent."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from bot.core.errors import BadPicture
from bot.core.images import Format, Size
from bot.core.ports import Prepared
from bot.imaging.prepare import prepare
from tests.imaging.forgeries import srgb_profile
from tests.imaging.pictures import noise, opened, scene, see_through, written

MIB = 1024 * 1024


def prepared(data: bytes, *, max_edge: int = 2048, max_bytes: int = 16 * MIB) -> Prepared:
    """As a service asks for it."""
    return prepare(data, max_edge=max_edge, max_bytes=max_bytes)


def same(one: Image.Image, other: Image.Image) -> bool:
    """Whether every pixel is the same."""
    return one.mode == other.mode and one.size == other.size and one.tobytes() == other.tobytes()


def photo(width: int, height: int) -> Image.Image:
    """Soft shapes with some grain, as cameras see them."""
    return ImageChops.add(scene(width, height), noise(width, height), scale=1.3, offset=-60)


images = st.builds(
    lambda mode, width, height, seed: Image.frombytes(
        mode, (width, height), (seed * (width * height * 4))[: width * height * len(mode)]
    ),
    st.sampled_from(["RGB", "RGBA"]),
    st.integers(64, 80),
    st.integers(64, 80),
    st.binary(min_size=1, max_size=97),
)


@settings(max_examples=40)
@given(images, st.sampled_from(["PNG", "WEBP", "BMP"]))
def test_what_came_without_losses_leaves_without_losses(image: Image.Image, form: str) -> None:
    """Given any pixels in a file without losses, when prepared, then each of them is as it was."""
    image = image.convert("RGB") if form == "BMP" else image
    options = {"lossless": True, "exact": True} if form == "WEBP" else {}

    done = prepared(written(image, form, **options))

    assert done.format is Format.PNG
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    assert same(opened(done.data), image)


def test_a_large_picture_without_losses_stays_so() -> None:
    """Given a photograph as PNG, when prepared, then protected pixels are what they were."""
    image = photo(800, 600)

    done = prepared(written(image, "PNG", compress_level=1))

    assert done == Prepared(data=done.data, format=Format.PNG, size=Size(800, 600))
    assert same(opened(done.data), image)


def test_the_profile_that_everybody_means_moves_no_pixel() -> None:
    """Given a picture that says it is sRGB, when prepared, then each pixel is as it was."""
    image = photo(200, 150)

    assert same(opened(prepared(written(image, "PNG", icc_profile=srgb_profile())).data), image)


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "AVIF"])
def test_a_photograph_stays_small(form: str) -> None:
    """Given a photograph with losses already, when prepared, then it is a JPEG like it."""
    data = written(photo(700, 525), form, quality=90)

    done = prepared(data)

    assert done.format is Format.JPEG
    assert len(done.data) < 3 * len(data)
    assert apart(opened(done.data), opened(data)) < 3


def apart(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures are apart, on average, of 255."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def test_a_small_picture_loses_nothing_more() -> None:
    """Given a small JPEG, when prepared, then it is a PNG of the very same pixels."""
    data = written(scene(300, 200), "JPEG")

    done = prepared(data)

    assert done.format is Format.PNG
    assert same(opened(done.data), opened(data))


@pytest.mark.parametrize(
    ("size", "fitted"),
    [
        ((2048, 1024), (2048, 1024)),
        ((2049, 1024), (2048, 1024)),
        ((1200, 2400), (1024, 2048)),
        ((2100, 105), (2048, 102)),
    ],
)
@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_large_picture_is_fitted(
    form: str, size: tuple[int, int], fitted: tuple[int, int]
) -> None:
    """Given more pixels than a model looks at, when prepared, then the longer edge is as asked."""
    done = prepared(written(scene(*size), form))

    assert done.size == Size(*fitted)
    assert apart(opened(done.data), scene(*fitted)) < 4


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_picture_gets_under_its_limit(form: str) -> None:
    """Given noise that no encoder shrinks, when bytes are scarce, then it is a smaller JPEG."""
    done = prepared(written(noise(900, 600), form), max_bytes=100_000)

    assert done.format is Format.JPEG
    assert 40_000 < len(done.data) <= 100_000
    assert abs(done.size.width / done.size.height - 1.5) < 0.02


def test_what_is_see_through_stays_so_when_bytes_are_scarce() -> None:
    """Given noise with a hole, when bytes are scarce, then it is a smaller PNG with that hole."""
    image = noise(900, 600).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 300, 600))

    done = prepared(written(image, "PNG"), max_bytes=100_000)

    assert done.format is Format.PNG
    assert 30_000 < len(done.data) <= 100_000
    alpha = opened(done.data).getchannel("A")
    assert alpha.getpixel((done.size.width // 6, 9)) == 0
    assert alpha.getpixel((done.size.width // 2, 9)) == 255


@pytest.mark.parametrize(
    ("size", "factor"), [((1, 1), 64), ((16, 16), 4), ((63, 100), 2), ((64, 64), 1), ((30, 600), 3)]
)
def test_each_pixel_of_a_tiny_picture_becomes_a_square(size: tuple[int, int], factor: int) -> None:
    """Given fewer than 64 pixels an edge, when prepared, then they are larger and as sharp."""
    image = noise(*size)

    done = prepared(written(image, "PNG"))

    assert done.size == Size(size[0] * factor, size[1] * factor)
    assert same(opened(done.data).reduce(factor), image)


def test_a_tiny_picture_stays_within_the_longest_edge() -> None:
    """Given a ribbon, when it is made larger, then not beyond the edge that was asked for."""
    assert prepared(written(scene(200, 20), "PNG"), max_edge=500).size == Size(400, 40)


def test_edges_of_what_is_see_through_do_not_darken() -> None:
    """Given white on nothing, when fitted, then no black creeps in from the clear pixels."""
    image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    image.paste((255, 255, 255, 255), (0, 0, 151, 300))

    small = opened(prepared(written(image, "PNG"), max_edge=100).data)

    seen = [small.getpixel((x, 25)) for x in range(100)]
    assert all(isinstance(pixel, tuple) and (pixel[3] < 8 or pixel[0] > 240) for pixel in seen)


@pytest.mark.parametrize("image", [photo(700, 500), see_through(300, 200), noise(90, 70)])
def test_what_is_prepared_need_not_be_prepared_again(image: Image.Image) -> None:
    """Given a prepared picture, when it is handed in again, then nothing about it changes."""
    once = prepared(written(image, "PNG"))

    assert prepared(once.data) == once


@pytest.mark.parametrize(("width", "height"), [(21, 1), (2001, 100), (100, 2001)])
def test_a_line_is_no_picture(width: int, height: int) -> None:
    """Given one edge more than 20 times as long as the other, when prepared, it is refused."""
    with pytest.raises(BadPicture, match="too long and thin"):
        prepared(written(Image.new("RGB", (width, height)), "PNG"))


def test_the_longest_shape_that_is_taken() -> None:
    """Given one edge just 20 times as long as the other, when prepared, then it is taken."""
    assert prepared(written(Image.new("L", (2000, 100)), "PNG")).size == Size(2000, 100)
