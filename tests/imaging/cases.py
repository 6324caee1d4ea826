"""What becomes of files that people hand in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from tests.imaging.pictures import noise, scene, see_through, written

SIZE = (96, 72)
MAX_EDGE, MAX_BYTES = 3840, 16 * 1024 * 1024

DAMAGED = (
    "This picture is damaged or incomplete. Save it again as PNG or JPEG and try once more, "
    "or send another one."
)
EMPTY = "This file is empty. Upload it again."
STRANGE = "I cannot read this file as a picture. Send a PNG, JPEG, WebP or GIF file."
THIN = (
    "This picture is too long and thin: one edge may be at most 20 times as long as the other. "
    "Crop it and try again."
)


def large(millions: int = 50) -> str:
    """What is said of too many pixels."""
    return (
        f"This picture has too many pixels: in a file like this I can take up to {millions} "
        "million, and 20,000 along an edge. Make it smaller and try again."
    )


def other(kind: str) -> str:
    """What is said of pictures of another kind."""
    return f"This is {kind}, which I cannot read. Save it as PNG or JPEG and try again."


def none(kind: str) -> str:
    """What is said of files that are no pictures."""
    return f"This is {kind}, not a picture. Send a PNG, JPEG, WebP or GIF file."


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A file, and either the picture that comes out or the sentence that its owner reads."""

    make: Callable[[], bytes]
    looks: Callable[[], Image.Image] | None = None
    size: tuple[int, int] | None = None
    told: str | None = None


def base() -> Image.Image:
    """What most of the files show."""
    return scene(*SIZE)


def clear() -> Image.Image:
    """What those show that can be seen through."""
    return see_through(*SIZE)


def second() -> Image.Image:
    """What comes after the first frame and must not be seen."""
    return noise(*SIZE)


def shows(make: Callable[[], bytes], looks: Callable[[], Image.Image] = base) -> Case:
    """A file that is taken and looks like that."""
    return Case(make=make, looks=looks)


def becomes(make: Callable[[], bytes], *size: int) -> Case:
    """A file that is taken in that size, whatever it looks like."""
    return Case(make=make, size=(size[0], size[1]))


def refused(make: Callable[[], bytes], told: str) -> Case:
    """A file that is not taken."""
    return Case(make=make, told=told)


def as_file(
    form: str, image: Callable[[], Image.Image] = base, **options: object
) -> Callable[[], bytes]:
    """The picture as a file, when it is asked for."""
    return lambda: written(image(), form, **options)


def upright(orientation: int) -> Image.Image:
    """What a camera saw that stored `base()` and says that it was held that way."""
    turned = base()
    flips = Image.Transpose
    steps = {
        2: (flips.FLIP_LEFT_RIGHT,),
        3: (flips.ROTATE_180,),
        4: (flips.FLIP_TOP_BOTTOM,),
        5: (flips.FLIP_LEFT_RIGHT, flips.ROTATE_90),
        6: (flips.ROTATE_270,),
        7: (flips.FLIP_LEFT_RIGHT, flips.ROTATE_270),
        8: (flips.ROTATE_90,),
    }
    for step in steps.get(orientation, ()):
        turned = turned.transpose(step)
    return turned
