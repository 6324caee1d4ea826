"""What the pretend API sells: its models, what they accept and how many tokens a picture costs."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Tier = Literal["first", "2", "2.5", "2.6"]

_OLD_SIZES = ("1024x1024", "1024x1536", "1536x1024")
_OLD_TOKENS = {
    "low": (272, 408, 400),
    "medium": (1056, 1584, 1568),
    "high": (4160, 6240, 6208),
}
_LEVELS: dict[Tier, dict[str, int]] = {
    "first": {"low": 0, "medium": 0, "high": 0},
    "2": {"low": 16, "medium": 48, "high": 96},
    "2.5": {"low": 16, "medium": 24, "high": 48, "xhigh": 64, "max": 96},
    "2.6": {"low": 16, "medium": 24, "high": 48, "xhigh": 64, "max": 96},
}


@dataclass(frozen=True)
class Model:
    """One model by its id; ``shutdown`` is the first day on which it no longer answers."""

    id: str
    tier: Tier
    created: date
    shutdown: date | None = None

    @property
    def qualities(self) -> tuple[str, ...]:
        """The words for quality it knows, ``auto`` left out."""
        return tuple(_LEVELS[self.tier])

    @property
    def sizes(self) -> tuple[str, ...] | None:
        """The only sizes it draws, or None where any legal size goes."""
        return _OLD_SIZES if self.tier == "first" else None

    def alive(self, today: date) -> bool:
        """Whether it still answers on a day."""
        return self.shutdown is None or today < self.shutdown

    def tokens(self, quality: str, width: int, height: int) -> int:
        """Output tokens of one picture.

        From gpt-image-2 on: ceil(L * S * (2,000,000 + W * H) / 4,000,000), where L is the level of
        the quality and S is L times the short edge over the long one, rounded. Older models
        have a table of their three sizes.
        """
        if self.tier == "first":
            return _OLD_TOKENS[quality][_OLD_SIZES.index(f"{width}x{height}")]
        level = _LEVELS[self.tier][quality]
        short, long = sorted((width, height))
        scaled = (2 * level * short + long) // (2 * long)
        return -(-level * scaled * (2_000_000 + width * height) // 4_000_000)


def input_tokens(width: int, height: int) -> int:
    """Tokens of a picture that is sent in: 1024 up to 1024x1024, rising to 1521 for large ones."""
    return min(1521, max(1024, -(-width // 32) * -(-height // 32)))


def models() -> tuple[Model, ...]:
    """Every model there is or was."""
    return (
        Model("dall-e-2", "first", date(2022, 11, 3), date(2026, 5, 12)),
        Model("dall-e-3", "first", date(2023, 11, 6), date(2026, 5, 12)),
        Model("gpt-image-1", "first", date(2025, 4, 23), date(2026, 10, 23)),
        Model("gpt-image-1-mini", "first", date(2025, 10, 6), date(2026, 12, 1)),
        Model("gpt-image-1.5", "first", date(2025, 12, 16), date(2026, 12, 1)),
        Model("chatgpt-image-latest", "first", date(2025, 12, 16), date(2026, 12, 1)),
        Model("gpt-image-2", "2", date(2026, 4, 21)),
        Model("gpt-image-2-2026-04-21", "2", date(2026, 4, 21)),
        Model("gpt-image-2.5-flare", "2.5", date(2026, 9, 8)),
        Model("gpt-image-2.5-flare-2026-09-08", "2.5", date(2026, 9, 8)),
        Model("gpt-image-2.5-sunburst", "2.5", date(2026, 9, 8)),
        Model("gpt-image-2.5-sunburst-2026-09-08", "2.5", date(2026, 9, 8)),
        Model("gpt-image-2.6-flare", "2.6", date(2026, 11, 4)),
        Model("gpt-image-2.6-sunburst", "2.6", date(2026, 11, 4)),
    )


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Tokens of one request, and what they cost."""

    text: int
    image_in: int
    image_out: int

    @property
    def microdollars(self) -> int:
        """Exact price: $5, $8 and $30 per million tokens of text in, image in and image out."""
        return self.text * 5 + self.image_in * 8 + self.image_out * 30

    def as_json(self) -> dict[str, object]:
        """The ``usage`` object of an answer."""
        return {
            "total_tokens": self.text + self.image_in + self.image_out,
            "input_tokens": self.text + self.image_in,
            "output_tokens": self.image_out,
            "input_tokens_details": {"text_tokens": self.text, "image_tokens": self.image_in},
            "output_tokens_details": {"image_tokens": self.image_out, "text_tokens": 0},
        }
