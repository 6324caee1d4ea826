"""What OpenAI's Images API takes for files of an edit, and how they must be labelled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from bot.demo.pretend_parts import Part

TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
EXTENSIONS = {"image/png": ("png",), "image/jpeg": ("jpg", "jpeg"), "image/webp": ("webp",)}
MOST_IMAGES = 16
MOST_IMAGE_BYTES = 50_000_000
MOST_MASK_BYTES = 4_000_000


def problems_of_files(parts: Sequence[Part]) -> list[str]:
    """What the API would refuse about the files of an edit, one sentence each."""
    return list(_problems(parts))


def _problems(parts: Sequence[Part]) -> Iterator[str]:
    images = [part for part in parts if part.name == "image[]"]
    masks = [part for part in parts if part.name == "mask"]
    for part in parts:
        if part.name == "image":
            yield "image is image[]: the only name that every service takes"
        elif part.name not in {"image[]", "mask"}:
            yield f"{part.name} is not a file"
    if not 1 <= len(images) <= MOST_IMAGES:
        yield f"there are {len(images)} images"
    if len(masks) > 1:
        yield f"there are {len(masks)} masks"
    for number, image in enumerate(images, start=1):
        yield from _of_label(image, f"image-{number}")
        if len(image.content) >= MOST_IMAGE_BYTES:
            yield f"image-{number} has {len(image.content):,} bytes"
    for mask in masks:
        yield from _of_label(mask, "mask")
        yield from _of_mask(mask, images[0] if images else None)


def _of_label(part: Part, name: str) -> Iterator[str]:
    """Name, type and bytes must agree."""
    extensions = EXTENSIONS.get(part.content_type)
    if extensions is None:
        yield f"{name} has the type {part.content_type}"
    elif part.filename not in {f"{name}.{extension}" for extension in extensions}:
        yield f"{name} is named {part.filename}"
    picture = _opened(part)
    if picture is None:
        yield f"{name} is no picture"
    elif TYPES.get(picture.format or "") != part.content_type:
        yield f"{name} is {picture.format}, not {part.content_type}"


def _of_mask(mask: Part, image: Part | None) -> Iterator[str]:
    """It is a PNG of the first picture's size, and transparent where that is to be edited."""
    picture, first = _opened(mask), _opened(image) if image else None
    if len(mask.content) >= MOST_MASK_BYTES:
        yield f"the mask has {len(mask.content):,} bytes"
    if picture is None:
        return
    if picture.format != "PNG" or "A" not in picture.getbands():
        yield f"the mask is {picture.format} {picture.mode}, without an alpha channel"
    elif picture.getchannel("A").getextrema()[0] != 0:
        yield "the mask marks nothing"
    if first and first.size != picture.size:
        yield f"the mask has {picture.size} pixels, its picture {first.size}"


def _opened(part: Part) -> Image.Image | None:
    try:
        return Image.open(BytesIO(part.content))
    except (UnidentifiedImageError, OSError, ValueError):
        return None
