"""What the pretend API accepts: every field judged as strictly as the real one does."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Literal

from PIL import Image, UnidentifiedImageError

from bot.demo.pretend_faults import Refusal
from bot.demo.pretend_models import Model, Usage, models

Kind = Literal["generations", "edits"]

_SHARED = frozenset({
    "prompt", "model", "n", "size", "quality", "background", "output_format",
    "output_compression", "user", "stream", "partial_images", "complexity", "frame_count",
    "frame_duration_ms", "safety_identifier", "svg",
})  # fmt: skip
_FIELDS: dict[Kind, frozenset[str]] = {
    "generations": _SHARED | {"moderation"},
    "edits": _SHARED | {"image", "image[]", "mask", "markup", "input_fidelity"},
}
_MOST_IMAGES = 16
_MOST_IMAGE_BYTES = 50_000_000
_MOST_MASK_BYTES = 4_000_000
_MOST_PROMPT = 32_000


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file of a multipart request."""

    name: str
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Order:
    """A request found good, every default filled in."""

    kind: Kind
    model: Model
    prompt: str
    n: int
    width: int
    height: int
    quality: str
    transparent: bool
    output_format: str
    compression: int
    stream: bool
    partials: int
    images: tuple[bytes, ...] = ()
    mask: bytes | None = None
    markup: bytes | None = None

    @property
    def size(self) -> str:
        """As the API writes it."""
        return f"{self.width}x{self.height}"

    @property
    def background(self) -> str:
        """As the API writes it."""
        return "transparent" if self.transparent else "opaque"

    def usage(self, pictures: int | None = None, *, first: bool = True) -> Usage:
        """Tokens of the whole order, or of some of its pictures.

        Args:
            pictures: How many are meant; all by default.
            first: Whether the prompt and the pictures sent in are counted as well.
        """
        each = self.model.tokens(self.quality, self.width, self.height) + 100 * self.partials
        return Usage(
            text=-(-len(self.prompt) // 4) if first else 0,
            image_in=1024 * len(self.images) if first else 0,
            image_out=each * (self.n if pictures is None else pictures),
        )


def check(kind: Kind, fields: Mapping[str, object], parts: Collection[Part], today: date) -> Order:
    """Judge a request; fields of a multipart form come as text.

    Raises:
        Refusal: In OpenAI's words, 400 or 404.
    """
    for name in [*fields, *(part.name for part in parts)]:
        if name not in _FIELDS[kind]:
            raise Refusal(
                400, f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter"
            )
    prompt = _prompt(fields)
    model = _model(fields, today)
    _only_where_known(fields, model)
    images = tuple(part.content for part in parts if part.name in {"image", "image[]"})
    if kind == "edits":
        _check_images(images)
    output_format = _choice(fields, "output_format", ("png", "jpeg", "webp"), "png")
    transparent = (
        _choice(fields, "background", ("transparent", "opaque", "auto"), "auto") == "transparent"
    )
    if transparent and output_format == "jpeg":
        raise invalid(
            "background", "Transparent background is not supported for JPEG output format"
        )
    compression = _number(fields, "output_compression", 0, 100, 100)
    if compression < 100 and output_format == "png":
        raise Refusal(
            400,
            "Compression less than 100 is not supported for PNG output format",
            "image_generation_user_error",
            code="invalid_png_output_compression",
        )
    quality = _choice(fields, "quality", (*model.qualities, "auto"), "auto")
    _choice(fields, "moderation", ("low", "auto"), "auto")
    width, height = _size(fields, model, images[0] if images else None)
    stream, partials = _streaming(fields)
    mask, markup = (
        next((part.content for part in parts if part.name == name), None)
        for name in ("mask", "markup")
    )
    _check_mask(mask, markup, images)
    return Order(
        kind=kind,
        model=model,
        prompt=prompt,
        n=_number(fields, "n", 1, 10, 1),
        width=width,
        height=height,
        quality="medium" if quality == "auto" else quality,
        transparent=transparent,
        output_format=output_format,
        compression=compression,
        stream=stream,
        partials=partials,
        images=images,
        mask=mask,
        markup=markup,
    )


def invalid(param: str, message: str) -> Refusal:
    """A 400 about the value of one parameter."""
    return Refusal(400, message, param=param, code="invalid_value")


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


def _prompt(fields: Mapping[str, object]) -> str:
    prompt = fields.get("prompt")
    if prompt is None:
        raise Refusal(
            400,
            "Missing required parameter: 'prompt'.",
            param="prompt",
            code="missing_required_parameter",
        )
    if not isinstance(prompt, str):
        raise _wrong_type("prompt", "a string", prompt)
    if not prompt:
        raise invalid(
            "prompt",
            "Invalid 'prompt': empty string. Expected a string with minimum length 1, "
            "but got an empty string instead.",
        )
    if len(prompt) > _MOST_PROMPT:
        raise invalid(
            "prompt",
            "Invalid 'prompt': string too long. Expected a string with maximum length "
            f"{_MOST_PROMPT}, but got a string with length {len(prompt)} instead.",
        )
    return prompt


def _model(fields: Mapping[str, object], today: date) -> Model:
    name = fields.get("model") or "gpt-image-2"
    found = next((model for model in models() if model.id == name), None)
    if found is None:
        raise Refusal(
            404,
            f"The model '{name}' does not exist or you do not have access to it.",
            code="model_not_found",
        )
    if not found.alive(today):
        raise Refusal(
            404,
            f"The model `{name}` has been deprecated, learn more here: "
            "https://platform.openai.com/docs/deprecations",
            code="model_not_found",
        )
    return found


def _only_where_known(fields: Mapping[str, object], model: Model) -> None:
    """Refuse fields that exist, but not for this model or not without a format not on offer."""
    known = {
        "complexity": model.tier == "2.6",
        "input_fidelity": model.tier == "first" and model.id != "gpt-image-1-mini",
        "markup": model.tier in {"2.5", "2.6"},
        "frame_count": False,
        "frame_duration_ms": False,
        "svg": False,
    }
    for name, good in known.items():
        if fields.get(name) is not None and not good:
            raise invalid(name, f"Parameter '{name}' is not supported with model '{model.id}'.")
    _choice(fields, "complexity", ("low", "medium", "high"), "high")
    _choice(fields, "input_fidelity", ("low", "high"), "low")


def _choice(fields: Mapping[str, object], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = fields.get(name)
    if value is None:
        return default
    if value not in allowed:
        quoted = [f"'{word}'" for word in allowed]
        raise invalid(
            name,
            f"Invalid value: '{value}'. Supported values are: "
            f"{', '.join(quoted[:-1])}, and {quoted[-1]}.",
        )
    return str(value)


def _number(fields: Mapping[str, object], name: str, low: int, high: int, default: int) -> int:
    value = fields.get(name)
    if value is None:
        return default
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong_type(name, "an integer", value)
    if value < low:
        raise invalid(
            name,
            f"Invalid '{name}': integer below minimum value. Expected a value >= {low}, "
            f"but got {value} instead.",
        )
    if value > high:
        raise invalid(
            name,
            f"Invalid '{name}': integer above maximum value. Expected a value <= {high}, "
            f"but got {value} instead.",
        )
    return value


def _streaming(fields: Mapping[str, object]) -> tuple[bool, int]:
    value = fields.get("stream")
    if value not in {None, True, False, "true", "false"}:
        raise _wrong_type("stream", "a boolean", value)
    stream = value in {True, "true"}
    partials = _number(fields, "partial_images", 0, 3, 0)
    if partials and not stream:
        raise invalid("partial_images", "Partial images are only supported when stream is true.")
    return stream, partials


def _wrong_type(name: str, expected: str, value: object) -> Refusal:
    got = {
        str: "a string",
        bool: "a boolean",
        int: "an integer",
        float: "a decimal number",
        list: "an array",
        dict: "an object",
    }.get(type(value), "null")
    return Refusal(
        400,
        f"Invalid type for '{name}': expected {expected}, but got {got} instead.",
        param=name,
        code="invalid_type",
    )


def _size(fields: Mapping[str, object], model: Model, image: bytes | None) -> tuple[int, int]:
    value = fields.get("size")
    if value is None or value == "auto":
        return _own_size(model, image)
    if model.sizes is not None:
        _choice(fields, "size", (*model.sizes, "auto"), "auto")
    found = re.fullmatch(r"([1-9]\d{1,4})x([1-9]\d{1,4})", str(value))
    if found is None:
        raise invalid(
            "size", f"Invalid size '{value}'. Expected 'auto' or WIDTHxHEIGHT, such as '1536x864'."
        )
    width, height = int(found[1]), int(found[2])
    fault = _size_fault(width, height)
    if fault:
        raise invalid("size", f"Invalid size '{value}'. {fault}")
    return width, height


def _size_fault(width: int, height: int) -> str:
    short, long = sorted((width, height))
    if width % 16 or height % 16:
        return "Width and height must both be divisible by 16."
    if long > 3840:
        return "The longest edge must be at most 3840 pixels."
    if long > 3 * short:
        return "The aspect ratio must be between 1:3 and 3:1."
    if not 655_360 <= width * height <= 8_294_400:
        return "The total number of pixels must be between 655360 and 8294400."
    return ""


def _own_size(model: Model, image: bytes | None) -> tuple[int, int]:
    """The size for ``auto``: of the picture to edit, or the nearest legal one, else square."""
    if image is None:
        return 1024, 1024
    width, height = opened(image, 1).size
    if model.sizes is None and not _size_fault(width, height):
        return width, height
    ratio = width / height
    if ratio > 1.2:
        return 1536, 1024
    return (1024, 1024) if ratio > 1 / 1.2 else (1024, 1536)


def _check_images(images: tuple[bytes, ...]) -> None:
    if not images:
        raise Refusal(
            400,
            "Missing required parameter: 'image'.",
            param="image",
            code="missing_required_parameter",
        )
    if len(images) > _MOST_IMAGES:
        raise invalid(
            "image",
            f"Invalid 'image': array too long. Expected an array with maximum length "
            f"{_MOST_IMAGES}, but got an array with length {len(images)} instead.",
        )
    for number, image in enumerate(images, 1):
        if len(image) > _MOST_IMAGE_BYTES:
            raise Refusal(
                400, f"Image {number} is larger than 50MB.", param="image", code="image_too_large"
            )
        opened(image, number)


def _check_mask(mask: bytes | None, markup: bytes | None, images: tuple[bytes, ...]) -> None:
    if mask is not None and markup is not None:
        raise invalid("markup", "Parameter 'markup' cannot be used together with 'mask'.")
    for name, overlay in (("mask", mask), ("markup", markup)):
        if overlay is None:
            continue
        found = opened(overlay, 1)
        fault = ""
        if found.format != "PNG" or not found.has_transparency_data:
            fault = f"{name} image missing alpha channel"
        elif images and found.size != opened(images[0], 1).size:
            fault = f"{name} size does not match image size"
        elif len(overlay) > _MOST_MASK_BYTES:
            fault = f"{name} is larger than 4MB"
        if fault:
            raise Refusal(
                400,
                f"Invalid mask image format - {fault}",
                "image_generation_user_error",
                param=name,
                code="invalid_mask_image_format",
            )
