"""People see what will be edited before, or after, it was."""

from __future__ import annotations

import pytest
from PIL import Image

from bot.core.errors import BadAnswer
from bot.core.images import Size
from bot.core.regions import Box, parse_region
from bot.imaging.masks import mask_box
from bot.imaging.overlays import show_mask
from tests.imaging.pictures import noise, opened, scene, see_through, written

LEFT = parse_region("left half")


def shown(image: Image.Image, box: Box = LEFT) -> Image.Image:
    """The picture with its mask over it."""
    data = show_mask(written(image, "PNG"), mask_box(box, Size(*image.size)))
    file = opened(data)
    assert file.format == "JPEG"
    assert len(data) < 600_000
    return file


def colour(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    """Red, green and blue of a pixel."""
    pixel = image.getpixel((x, y))
    assert isinstance(pixel, tuple)
    return pixel


@pytest.mark.parametrize("paper", ["black", "white", "gray", "red", "lime", "blue", "magenta"])
def test_what_is_edited_can_be_told_from_what_is_not(paper: str) -> None:
    """Given a picture of any colour, when its mask is shown, then both parts differ, or a line."""
    seen = shown(Image.new("RGB", (400, 300), paper))

    inside, outside = colour(seen, 60, 150), colour(seen, 340, 150)
    line = [colour(seen, x, 150) for x in range(194, 206)]
    bright = max(max(abs(a - b) for a, b in zip(pixel, outside, strict=True)) for pixel in line)
    assert bright > 100
    if paper != "magenta":
        assert max(abs(a - b) for a, b in zip(inside, outside, strict=True)) > 50


def test_what_is_kept_looks_as_it_did() -> None:
    """Given a grey picture, when its mask is shown, then what is kept is grey still."""
    seen = shown(Image.new("RGB", (400, 300), (100, 120, 140)))

    assert all(abs(a - b) < 6 for a, b in zip(colour(seen, 300, 99), (100, 120, 140), strict=True))


def test_what_is_edited_can_still_be_recognised() -> None:
    """Given a dark and a light part, when both are tinted, then one is darker still."""
    image = Image.new("RGB", (400, 300), "black")
    image.paste("white", (0, 0, 400, 150))

    seen = shown(image)

    assert colour(seen, 60, 60)[1] - colour(seen, 60, 240)[1] > 100


@pytest.mark.parametrize(("size", "fitted"), [((1500, 750), (1024, 512)), ((200, 100), (200, 100))])
def test_it_is_never_larger_than_people_need(
    size: tuple[int, int], fitted: tuple[int, int]
) -> None:
    """Given a large picture, when its mask is shown, then it has 1024 pixels an edge."""
    assert shown(scene(*size)).size == fitted


def test_what_is_see_through_is_shown_on_white() -> None:
    """Given a transparent picture, when its mask is shown, then its clear part is white."""
    seen = shown(see_through(400, 300), parse_region("right half"))

    assert min(colour(seen, 60, 150)) > 245


def test_what_is_no_picture_cannot_be_shown() -> None:
    """Given bytes that are no picture, when they are to be shown, then it is an error."""
    whole = written(noise(9, 9), "PNG")
    with pytest.raises(BadAnswer):
        show_mask(b"<html>", whole)
    with pytest.raises(BadAnswer):
        show_mask(whole, b"<html>")
