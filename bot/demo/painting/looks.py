"""How one subject is to look: its colours and how much detail it gets."""

import random
from dataclasses import dataclass

from bot.demo.painting.colour import Colour, darker, lighter, mix


@dataclass(frozen=True, kw_only=True)
class Look:
    """Colours of one subject; ``coat`` is None where the prompt names no colour for it."""

    coat: Colour | None
    accent: Colour
    glow: Colour
    dark: Colour
    detail: int
    lit: bool
    rng: random.Random

    def fur(self, own: Colour) -> tuple[Colour, Colour, Colour]:
        """Body, shade and light of a coat, the subject's own colour unless one was asked for."""
        body = self.coat if self.coat is not None else own
        return body, darker(body, 0.24), lighter(body, 0.28)

    @property
    def window(self) -> Colour:
        """Glass by day, lamplight in the dark."""
        return self.glow if self.lit else mix(self.dark, (150, 190, 214), 0.45)
