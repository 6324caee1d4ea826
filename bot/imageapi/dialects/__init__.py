"""The languages that image services speak, by the name that provider files use."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.imageapi.dialects import (
    a1111,
    bfl,
    chat,
    gemini,
    gptproto,
    ideogram,
    midjourney,
    openai_images,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.imageapi.calls import Dialect

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        "a1111": a1111,
        "bfl": bfl,
        "chat": chat,
        "gemini": gemini,
        "gptproto": gptproto,
        "ideogram": ideogram,
        "midjourney": midjourney,
        "openai_images": openai_images,
    }
)
