"""Colours as every screen and model takes them to be: sRGB."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from itertools import product

from PIL import Image, ImageChops, ImageCms

STEPS = range(0, 256, 51)

SAME = 3
"""Of 255: profiles that move no colour by more are sRGB by another name."""


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """An RGB, RGBA or CMYK picture as RGB or RGBA, its colours as the profile means them.

    A profile that is broken, or meant for other kinds of colours, is as good as none. One that
    means sRGB leaves every pixel as it is.
    """
    mode = "RGB" if image.mode == "CMYK" else image.mode
    # Broken profiles raise each of these.
    with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
        if profile:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
            change = ImageCms.buildTransform(source, target, image.mode, mode)
            if image.mode == "CMYK" or not _changes_nothing(source, target):
                moved = ImageCms.applyTransform(image, change)
                assert moved is not None  # only work in place answers nothing
                return moved
    return image if image.mode == mode else image.convert(mode)


def _changes_nothing(source: ImageCms.ImageCmsProfile, target: ImageCms.ImageCmsProfile) -> bool:
    samples = bytes(value for colour in product(STEPS, repeat=3) for value in colour)
    before = Image.frombytes("RGB", (len(samples) // 3, 1), samples)
    after = ImageCms.applyTransform(before, ImageCms.buildTransform(source, target, "RGB", "RGB"))
    assert after is not None
    extrema = ImageChops.difference(before, after).getextrema()
    return all(isinstance(most, tuple) and most[1] <= SAME for most in extrema)
