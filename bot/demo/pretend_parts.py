"""What the pretend API accepts of the files that are sent along: pictures, a mask, a markup."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from bot.demo.pretend_faults import Refusal, duplicate, invalid, missing, wrong_type

IMAGES = ("image", "image[]")
FILES = (*IMAGES, "mask", "markup")

_TYPES = ("image/jpeg", "image/png", "image/webp")
_MOST_IMAGES = 16
_MOST_IMAGE_BYTES = 50_000_000
_MOST_MASK_BYTES = 4_000_000


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file of a multipart request."""

    name: str
    filename: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Files:
    """The files of an edit, found good.

    Attributes:
        images: At least one; the mask and the markup are for the first.
    """

    images: tuple[bytes, ...] = ()
    mask: bytes | None = None
    markup: bytes | None = None


def sort_out(parts: Collection[Part]) -> Files:
    """Judge the files of an edit.

    Raises:
        Refusal: In OpenAI's words, 400.
    """
    for part in parts:
        if part.name not in FILES:
            raise wrong_type(part.name, "a string", "a file")
    images = [part for part in parts if part.name in IMAGES]
    _check_images(images)
    mask, markup = (_only(name, parts) for name in ("mask", "markup"))
    if mask is not None and markup is not None:
        raise invalid("markup", "Parameter 'markup' cannot be used together with 'mask'.")
    overlay = mask or markup
    if overlay is not None:
        _check_overlay(overlay, images[0])
    return Files(
        images=tuple(image.content for image in images),
        mask=mask.content if mask else None,
        markup=markup.content if markup else None,
    )


def opened(image: bytes, number: int) -> Image.Image:
    """Read a picture's head, which tells format, mode and size without decoding it.

    Raises:
        Refusal: It is none of the formats that are taken.
    """
    try:
        found = Image.open(BytesIO(image))
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise unreadable(number) from error
    # MPO is what phones call .jpg; CMYK is a JPEG for printers.
    if found.format not in {"PNG", "JPEG", "WEBP"} or found.mode == "CMYK":
        raise unreadable(number)
    return found


def unreadable(number: int) -> Refusal:
    """A 400 about one of the pictures sent in, counted from 1."""
    return Refusal(
        400,
        f"Invalid image file or mode for image {number}, please check your image file.",
        "image_generation_user_error",
        param="image",
        code="invalid_image_file",
    )


def _only(name: str, parts: Collection[Part]) -> Part | None:
    """The part of a name that may be there once."""
    found = [part for part in parts if part.name == name]
    if len(found) > 1:
        raise duplicate(name)
    return found[0] if found else None


def _check_images(images: Sequence[Part]) -> None:
    if not images:
        raise missing("image")
    _only("image", images)
    if len(images) > _MOST_IMAGES:
        raise invalid(
            "image",
            f"Invalid 'image': array too long. Expected an array with maximum length "
            f"{_MOST_IMAGES}, but got an array with length {len(images)} instead.",
        )
    for number, image in enumerate(images, 1):
        _check_type(image, f"image[{number - 1}]" if len(images) > 1 else "image")
        if len(image.content) > _MOST_IMAGE_BYTES:
            raise Refusal(
                400, f"Image {number} is larger than 50MB.", param="image", code="image_too_large"
            )
        opened(image.content, number)


def _check_overlay(overlay: Part, image: Part) -> None:
    _check_type(overlay, overlay.name)
    found = opened(overlay.content, 1)
    fault = ""
    if found.format != "PNG" or not found.has_transparency_data:
        fault = "image missing alpha channel"
    elif found.size != opened(image.content, 1).size:
        fault = "size does not match image size"
    elif len(overlay.content) >= _MOST_MASK_BYTES:
        fault = "is larger than 4MB"
    if fault:
        raise Refusal(
            400,
            f"Invalid mask image format - {overlay.name} {fault}",
            "image_generation_user_error",
            param=overlay.name,
            code="invalid_mask_image_format",
        )


def _check_type(part: Part, name: str) -> None:
    """Believe what a part says about itself, as OpenAI does before it looks at the bytes."""
    kind = part.content_type.partition(";")[0].strip().lower()
    if kind not in _TYPES:
        raise Refusal(
            400,
            f"Invalid file '{name}': unsupported mimetype ('{kind}'). Supported file formats are "
            "'image/jpeg', 'image/png', and 'image/webp'.",
            param=name,
            code="unsupported_file_mimetype",
        )
