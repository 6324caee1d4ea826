"""Pictures are scaled a few rows at a time, and nobody can see where one band ends."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bot.imaging.scaling import BAND, fitted, scaled
from tests.imaging.pictures import see_through

LANCZOS, BOX = Image.Resampling.LANCZOS, Image.Resampling.BOX

NOISE, HOLED = (
    Image.frombytes(mode, (1500, 1400), Random(0).randbytes(1500 * 1400 * len(mode)))
    for mode in ("RGB", "RGBA")
)


@pytest.mark.parametrize("size", [(1499, 1399), (700, 900), (333, 77), (100, 1400), (1, 1)])
@pytest.mark.parametrize("resample", [LANCZOS, BOX])
@pytest.mark.parametrize("image", [NOISE, HOLED], ids=["RGB", "RGBA"])
def test_bands_leave_no_seam(
    image: Image.Image, size: tuple[int, int], resample: Image.Resampling
) -> None:
    """Given noise of many bands, when scaled, then it is as if it had been scaled in one go."""
    assert image.width * image.height > 4 * BAND

    bands = scaled(image, size, resample)

    whole = image.resize(size, resample)
    apart = ImageChops.difference(bands.convert("RGBa"), whole.convert("RGBa"))
    # The second number of each pair; a pixel or two are rounded the other way.
    assert max(most for _, most in pairs(apart)) <= 2


def pairs(image: Image.Image) -> list[tuple[int, int]]:
    """Darkest and brightest value of each colour."""
    return [pair for pair in image.getextrema() if isinstance(pair, tuple)]


def test_what_fits_already_is_not_copied() -> None:
    """Given a picture of the right size and kind, when scaled, then it is that very picture."""
    assert scaled(NOISE, NOISE.size, LANCZOS) is NOISE


@pytest.mark.parametrize(
    ("mode", "becomes"),
    [("1", "RGB"), ("L", "RGB"), ("P", "RGB"), ("LA", "RGBA"), ("PA", "RGBA"), ("CMYK", "CMYK")],
)
def test_every_kind_of_pixel_becomes_one_of_three(mode: str, becomes: str) -> None:
    """Given any kind of pixels, when scaled, then they have eight bits and no palette."""
    image = see_through(40, 30).convert("RGB" if becomes == "CMYK" else "LA").convert(mode)

    assert scaled(image, image.size, LANCZOS).mode == becomes
    assert scaled(image, (20, 15), LANCZOS).mode == becomes


@given(st.integers(1, 20_000), st.integers(1, 20_000), st.integers(1, 5000))
def test_a_fitted_size_has_the_shape_it_had(width: int, height: int, edge: int) -> None:
    """Given any size, when fitted, then no edge is longer than asked, none is lost or enlarged."""
    across, down = fitted((width, height), edge)

    assert 1 <= across <= min(width, edge)
    assert 1 <= down <= min(height, edge)
    assert max(across, down) == min(edge, max(width, height))
    assert abs(across * height - down * width) <= max(width, height)
