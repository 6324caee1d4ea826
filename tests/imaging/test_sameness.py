"""A provider that ignored the mask is found out, and one that did not is never accused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from bot.core.errors import BadAnswer
from bot.core.images import Size
from bot.core.regions import Box, parse_region
from bot.imaging.masks import mask_box
from bot.imaging.sameness import kept
from tests.imaging.pictures import noise, opened, scene, see_through, written

CORNER = parse_region("top left corner")
EDGE = 480


def drawing(edge: int = EDGE) -> Image.Image:
    """Large shapes, thin lines and small print: hard edges are what recompression hurts."""
    image = scene(edge, edge)
    pen = ImageDraw.Draw(image)
    for step in range(8, edge, 40):
        pen.line((step, 0, edge - step, edge), fill="white", width=1)
        pen.text((step, edge - step), "small print", fill="black")
    pen.ellipse((edge // 3, edge // 3, edge * 2 // 3, edge * 2 // 3), fill="orange")
    return image


BEFORE = drawing()
FILE = written(BEFORE, "PNG")


def judged(after: Image.Image, box: Box = CORNER, before: bytes = FILE) -> bool:
    """What is said of a result."""
    size = Size(*opened(before).size)
    return kept(before, written(after, "PNG", compress_level=1), mask_box(box, size))


def recompressed(image: Image.Image, quality: int) -> Image.Image:
    """What a lossy format leaves of it."""
    return opened(written(image, "JPEG", quality=quality))


HARMLESS: dict[str, Callable[[], Image.Image]] = {
    "nothing": lambda: BEFORE,
    "a JPEG": lambda: recompressed(BEFORE, 70),
    "a bad JPEG": lambda: recompressed(BEFORE, 30),
    "half the size": lambda: BEFORE.resize((240, 240)),
    "twice the size": lambda: BEFORE.resize((960, 960)),
    "a little wider": lambda: BEFORE.resize((500, 480)),
    "a little brighter": lambda: ImageEnhance.Brightness(BEFORE).enhance(1.08),
    "more colourful": lambda: ImageEnhance.Color(BEFORE).enhance(1.2),
    "softer": lambda: BEFORE.filter(ImageFilter.GaussianBlur(2)),
    "sharper": lambda: BEFORE.filter(ImageFilter.UnsharpMask(2, 100)),
    "moved by a few pixels": lambda: ImageChops.offset(BEFORE, 3, -3),
    "grainy": lambda: Image.blend(BEFORE, noise(EDGE, EDGE), 0.15),
    "the edited part": lambda: painted((0, 0, EDGE // 3, EDGE // 3)),
    "a shadow beside the edited part": lambda: painted((0, 0, EDGE // 3 + 10, EDGE // 3 + 10)),
}


def painted(box: tuple[int, int, int, int], colour: str = "crimson") -> Image.Image:
    """The picture with something else in a box of it."""
    image = BEFORE.copy()
    image.paste(colour, box)
    return image


@pytest.mark.parametrize("after", HARMLESS.values(), ids=HARMLESS)
def test_nobody_is_accused_of_what_is_harmless(after: Callable[[], Image.Image]) -> None:
    """Given changes that every provider makes, when compared, then the mask was kept to."""
    assert judged(after())


CLEAR: dict[str, Callable[[], Image.Image]] = {
    "another picture": lambda: noise(EDGE, EDGE),
    "one colour": lambda: Image.new("RGB", (EDGE, EDGE), "teal"),
    "turned": lambda: BEFORE.transpose(Image.Transpose.ROTATE_180),
    "in grey": lambda: BEFORE.convert("L").convert("RGB"),
    "negative": lambda: ImageChops.invert(BEFORE),
    "something in the other corner": lambda: painted((380, 380, 470, 470)),
    "the thing in the middle is gone": lambda: painted((160, 160, 320, 320), "white"),
    "smaller, and changed": lambda: painted((300, 100, 420, 220)).resize((256, 256)),
    "lossy, and changed": lambda: recompressed(painted((300, 100, 420, 220)), 70),
}


@pytest.mark.parametrize("after", CLEAR.values(), ids=CLEAR)
def test_what_was_clearly_changed_is_seen(after: Callable[[], Image.Image]) -> None:
    """Given something else where nothing may change, when compared, then the mask was ignored."""
    assert not judged(after())


images = st.builds(
    lambda data, size: Image.frombytes("RGB", (8, 8), data).resize(size, Image.Resampling.NEAREST),
    st.binary(min_size=192, max_size=192),
    st.sampled_from([(64, 64), (200, 160), (300, 300)]),
)
spans = st.tuples(st.integers(0, 6000), st.integers(1000, 4000))
boxes = st.builds(
    lambda across, down: Box(across[0], down[0], sum(across), sum(down)), spans, spans
)


@settings(max_examples=12)
@given(images, boxes, st.integers(70, 95))
def test_a_lossy_copy_of_anything_is_the_same(image: Image.Image, box: Box, quality: int) -> None:
    """Given any picture and mask, when it comes back as a JPEG, then the mask was kept to."""
    assert judged(recompressed(image, quality), box, written(image, "PNG"))


@settings(max_examples=12)
@given(images, boxes)
def test_whatever_is_done_inside_is_allowed(image: Image.Image, box: Box) -> None:
    """Given any picture, when all that is marked is repainted, then the mask was kept to."""
    after = image.copy()
    after.paste("magenta", box.pixels(Size(*image.size)))

    assert judged(after, box, written(image, "PNG"))


@settings(max_examples=12)
@given(images, boxes)
def test_repainting_everything_is_seen(image: Image.Image, box: Box) -> None:
    """Given any picture, when all of it is inverted, then the mask was ignored."""
    inverted = image.point(lambda value: value + 128 & 255)

    assert not judged(inverted, box, written(image, "PNG"))


def test_another_shape_cannot_be_compared() -> None:
    """Given a square that came back as a wide picture, when compared, then nobody is accused."""
    assert judged(noise(960, 480))


def test_where_all_is_edited_nothing_can_be_compared() -> None:
    """Given a mask that leaves a line, when compared, then nobody is accused."""
    assert judged(noise(EDGE, EDGE), Box(0, 0, 10_000, 9_800))


def test_what_was_see_through_is_not_compared() -> None:
    """Given a drawing on nothing, when it comes back on white or black, then nobody is accused."""
    before = see_through(200, 200)
    file = written(before, "PNG")
    for paper in ("white", "black"):
        after = Image.new("RGB", before.size, paper)
        after.paste(before, mask=before.getchannel("A"))
        assert judged(after, CORNER, file)
    assert not judged(noise(200, 200), CORNER, file)


def test_what_is_no_picture_cannot_be_compared() -> None:
    """Given bytes that are no picture, when compared, then it is an error."""
    mask = mask_box(CORNER, Size(EDGE, EDGE))
    for before, after, marks in ((b"", FILE, mask), (FILE, b"", mask), (FILE, FILE, b"")):
        with pytest.raises(BadAnswer):
            kept(before, after, marks)
