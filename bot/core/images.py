"""What a member can ask for: one picture request as a value, and what makes it valid."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from bot.core.errors import InvalidRequest

PROMPT_LIMIT = 6000
"""Characters; Discord's own limit for an option of a command."""

AVOID_LIMIT = 1000
"""Characters of what should not be in the picture."""

COUNT_LIMIT = 10
"""Pictures per request; also what one Discord message can hold."""


class Quality(StrEnum):
    """How much work the model puts into a picture; not each model knows each."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    XHIGH = "xhigh"
    MAX = "max"


class Format(StrEnum):
    """File formats a picture can be delivered in."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"

    @property
    def extension(self) -> str:
        """As in a file name, without the dot."""
        return "jpg" if self is Format.JPEG else self.value


class Background(StrEnum):
    """What is behind the subject."""

    AUTO = "auto"
    OPAQUE = "opaque"
    TRANSPARENT = "transparent"


class Style(StrEnum):
    """Looks that Easel asks for in words, since no current model has a parameter for them."""

    PHOTO = "photo"
    ILLUSTRATION = "illustration"
    WATERCOLOUR = "watercolour"
    OIL_PAINTING = "oil painting"
    PENCIL = "pencil drawing"
    ANIME = "anime"
    PIXEL_ART = "pixel art"
    THREE_D = "3d render"
    POSTER = "poster"


@dataclass(frozen=True, slots=True, order=True)
class Size:
    """A picture's width and height in pixels."""

    width: int
    height: int

    @classmethod
    def parse(cls, text: str) -> Size:
        """Read `1024x1536`, with any of x, × or * between the numbers.

        Raises:
            InvalidRequest: It is not a size.
        """
        found = re.fullmatch(r"\s*(\d{1,5})\s*[x×*]\s*(\d{1,5})\s*", text, re.IGNORECASE)
        if not found:
            raise InvalidRequest(
                f"“{text[:40]}” is not a size. Write width × height in pixels, like 1024x1024."
            )
        return cls(int(found[1]), int(found[2]))

    @property
    def pixels(self) -> int:
        """Width times height."""
        return self.width * self.height

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A picture to draw from, as it is kept: checked, upright, without metadata.

    Attributes:
        sha256: Names its file (hexadecimal).
    """

    sha256: str
    format: Format
    size: Size

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"sha256": self.sha256, "format": self.format.value, "size": str(self.size)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Source:
        """The reverse of `to_json`."""
        return cls(
            sha256=stored["sha256"],
            format=Format(stored["format"]),
            size=Size.parse(stored["size"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRequest:
    """A request for pictures as a member meant it, complete and checked against its model.

    Every field is explicit once `core.models.complete` has filled it in, so that the price is
    known before the call: nothing is left to a provider's "auto" that costs money.

    Attributes:
        sources: The pictures to edit or to take after; none where it is drawn from words alone.
        mask: The hash of a greyscale PNG of the first source's size: white is edited, black is
            kept. Shades between are edited as well.
        notes: What is not quite as it was asked for, in sentences for its author.
    """

    prompt: str
    model: str
    size: Size
    quality: Quality
    count: int = 1
    format: Format = Format.PNG
    background: Background = Background.AUTO
    style: Style | None = None
    avoid: str = ""
    spoiler: bool = False
    sources: tuple[Source, ...] = ()
    mask: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The hashes of everything that it is drawn from."""
        mask = (self.mask,) if self.mask else ()
        return (*(source.sha256 for source in self.sources), *mask)

    @property
    def full_prompt(self) -> str:
        """The words that are sent: the prompt, then the style and what to avoid."""
        parts = [self.prompt]
        if self.style:
            parts.append(f"Style: {self.style}.")
        if self.avoid:
            parts.append(f"Do not include: {self.avoid}.")
        return "\n\n".join(parts)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, as stored with the job."""
        return {
            **asdict(self),
            "size": str(self.size),
            "sources": [source.to_json() for source in self.sources],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> ImageRequest:
        """The reverse of `to_json`."""
        return cls(
            prompt=stored["prompt"],
            model=stored["model"],
            size=Size.parse(stored["size"]),
            quality=Quality(stored["quality"]),
            count=stored["count"],
            format=Format(stored["format"]),
            background=Background(stored["background"]),
            style=Style(stored["style"]) if stored["style"] else None,
            avoid=stored["avoid"],
            spoiler=stored["spoiler"],
            # Requests of the first version have none of these.
            sources=tuple(Source.from_json(each) for each in stored.get("sources", ())),
            mask=stored.get("mask"),
            notes=tuple(stored.get("notes", ())),
        )


def clean_prompt(text: str, *, limit: int = PROMPT_LIMIT) -> str:
    """A prompt without the characters that no model can read.

    Raises:
        InvalidRequest: Nothing is left, or it is longer than `limit` characters.
    """
    text = re.sub(r"[^\S\n\t]", " ", text)  # spaces of all scripts, so that no words are joined
    kept = "".join(ch for ch in text if ch in "\n\t\u200c\u200d" or ch.isprintable())
    kept = kept.strip()
    if not any(ch.isalnum() or unicodedata.category(ch) == "So" for ch in kept):
        raise InvalidRequest("Say in a few words what you would like to see.")
    if len(kept) > limit:
        raise InvalidRequest(
            f"That prompt has {len(kept):,} characters; the most I can take is {limit:,}."
        )
    return kept


def clean_avoid(text: str) -> str:
    """What should not be in the picture, or nothing.

    Raises:
        InvalidRequest: It is too long.
    """
    kept = " ".join("".join(ch if ch.isprintable() else " " for ch in text).split())
    if len(kept) > AVOID_LIMIT:
        raise InvalidRequest(
            f"“avoid” has {len(kept):,} characters; the most I can take is {AVOID_LIMIT:,}."
        )
    return kept
