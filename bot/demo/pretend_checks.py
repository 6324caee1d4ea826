"""What the pretend API accepts: every field judged as strictly as the real one does."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bot.demo.pretend_faults import Refusal, invalid, kind_of, missing, wrong_type
from bot.demo.pretend_models import Model, Usage, input_tokens, models
from bot.demo.pretend_parts import FILES, IMAGES, Files, Part, opened, sort_out

Kind = Literal["generations", "edits"]

_SHARED = frozenset({
    "prompt", "model", "n", "size", "quality", "background", "output_format",
    "output_compression", "user", "stream", "partial_images", "complexity", "frame_count",
    "frame_duration_ms", "safety_identifier", "svg",
})  # fmt: skip
_FIELDS: dict[Kind, frozenset[str]] = {
    "generations": _SHARED | {"moderation"},
    "edits": _SHARED | {*FILES, "input_fidelity"},
}
_MOST_PROMPT = 32_000


@dataclass(frozen=True, kw_only=True)
class Order:
    """A request found good, every default filled in.

    Attributes:
        ignores_mask: Whether all is edited, whatever the mask protects.
    """

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
    files: Files = field(default_factory=Files)
    ignores_mask: bool = False

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
            image_in=sum(map(_input_tokens, self.files.images)) if first else 0,
            image_out=each * (self.n if pictures is None else pictures),
        )


def check(kind: Kind, fields: Mapping[str, object], parts: Collection[Part], today: date) -> Order:
    """Judge a request; fields of a multipart form come as text.

    Raises:
        Refusal: In OpenAI's words, 400 or 404.
    """
    _only_known(kind, fields, parts)
    prompt = _prompt(fields)
    model = _model(fields, today)
    _only_where_known(fields, model)
    files = sort_out(parts) if kind == "edits" else Files()
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
    width, height = _size(fields, model, files.images[0] if files.images else None)
    stream, partials = _streaming(fields)
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
        files=files,
    )


def _only_known(kind: Kind, fields: Mapping[str, object], parts: Collection[Part]) -> None:
    for name in [*fields, *(part.name for part in parts)]:
        if name not in _FIELDS[kind]:
            raise Refusal(
                400, f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter"
            )
    for name in fields:
        if name in FILES:
            expected = "one of an array of files or file" if name in IMAGES else "a file"
            raise wrong_type(name.removesuffix("[]"), expected, "a string")


def _input_tokens(image: bytes) -> int:
    return input_tokens(*opened(image, 1).size)


def _prompt(fields: Mapping[str, object]) -> str:
    prompt = fields.get("prompt")
    if prompt is None:
        raise missing("prompt")
    if not isinstance(prompt, str):
        raise wrong_type("prompt", "a string", kind_of(prompt))
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
        raise wrong_type(name, "an integer", kind_of(value))
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
        raise wrong_type("stream", "a boolean", kind_of(value))
    stream = value in {True, "true"}
    partials = _number(fields, "partial_images", 0, 3, 0)
    if partials and not stream:
        raise invalid("partial_images", "Partial images are only supported when stream is true.")
    return stream, partials


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
