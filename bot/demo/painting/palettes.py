"""Palettes picked by hand for each mood of the light, and how words of the prompt tint them."""

import random
from dataclasses import dataclass, replace

from bot.demo.painting.colour import Colour, lightness, mix, rgb, tinted, turned


@dataclass(frozen=True, kw_only=True)
class Palette:
    """The colours of one picture.

    ``sky`` runs from the top of the picture to the horizon; ``gloom`` (0..1) says how much of
    their own colour things lose because the light is behind them or nearly gone.
    """

    sky: tuple[Colour, ...]
    light: Colour
    far: Colour
    near: Colour
    water: Colour
    accent: Colour
    gloom: float

    @property
    def haze(self) -> Colour:
        """The colour of the air between far layers."""
        return mix(self.sky[-1], self.far, 0.25)


def choose(mood: str, rng: random.Random) -> Palette:
    """Pick one palette of a mood and lean its hues a little, so that few pictures share one."""
    chosen = rng.choice(_MOODS[mood])
    lean = rng.uniform(-9, 9)
    return Palette(
        sky=tuple(turned(colour, lean) for colour in chosen.sky),
        light=chosen.light,
        far=turned(chosen.far, lean),
        near=turned(chosen.near, lean),
        water=turned(chosen.water, lean),
        accent=turned(chosen.accent, lean),
        gloom=chosen.gloom,
    )


def washed(palette: Palette, wash: Colour, share: float) -> Palette:
    """Give the whole picture the hue of one colour."""
    darkest = lightness(wash) < 0.3
    return replace(
        palette,
        sky=tuple(tinted(colour, wash, share) for colour in palette.sky),
        far=tinted(palette.far, wash, share),
        near=tinted(palette.near, wash, share * 0.7),
        water=tinted(palette.water, wash, share),
        gloom=min(1.0, palette.gloom + (0.2 if darkest else 0.0)),
    )


def _of(sky: str, light: str, land: str, water: str, accent: str, gloom: float) -> Palette:
    far, near = land.split()
    return Palette(
        sky=tuple(rgb(code) for code in sky.split()),
        light=rgb(light),
        far=rgb(far),
        near=rgb(near),
        water=rgb(water),
        accent=rgb(accent),
        gloom=gloom,
    )


_MOODS: dict[str, tuple[Palette, ...]] = {
    "dawn": (
        _of(
            "#34407a #8d6f9f #f0a08c #ffe0b0",
            "#fff3d2",
            "#c08a98 #2a2447",
            "#3d4f80",
            "#ff7a5c",
            0.3,
        ),
        _of(
            "#6f9fc4 #b3c9d6 #f6d3c0 #fff0d8",
            "#fffbe8",
            "#a9b4c4 #2f4257",
            "#5c88a6",
            "#e76f51",
            0.2,
        ),
        _of(
            "#4c5b8f #b691b8 #ffc0b8 #ffe9cf",
            "#fff4e0",
            "#b596b3 #35294e",
            "#5b648f",
            "#f2545b",
            0.28,
        ),
    ),
    "day": (
        _of(
            "#2275b8 #62aedb #b4dcec #eef7ee",
            "#fff8dc",
            "#8db8c8 #1c4f4a",
            "#1f6f97",
            "#e4572e",
            0.06,
        ),
        _of(
            "#58b3b8 #9ad3c8 #e4ecd0 #fff5dc",
            "#fffdf0",
            "#9cc2b4 #21564f",
            "#2e8a8d",
            "#ee6c4d",
            0.06,
        ),
        _of(
            "#3d7fc9 #86b6e8 #cfe2f3 #fdf3e3",
            "#fffaf0",
            "#9fb3d1 #29406b",
            "#33689f",
            "#f4a259",
            0.08,
        ),
    ),
    "sunset": (
        _of(
            "#1d2152 #6b2f70 #e2545f #ffbb66",
            "#fff0bf",
            "#a2465f #190f2c",
            "#3a1f55",
            "#ffb03b",
            0.5,
        ),
        _of(
            "#10384f #347483 #eaa660 #ffe09a",
            "#fff6d0",
            "#b98760 #0f2631",
            "#1c4f5e",
            "#f0652f",
            0.42,
        ),
        _of(
            "#3b1042 #9c2250 #f2603f #ffc864",
            "#fff3c4",
            "#b23c48 #230a26",
            "#571741",
            "#ffd166",
            0.5,
        ),
        _of(
            "#2c2a6a #7d5ba6 #f29ca3 #ffdca8",
            "#fff1d0",
            "#a873a0 #1f1a45",
            "#4a3d86",
            "#ff8c61",
            0.42,
        ),
    ),
    "night": (
        _of(
            "#050a20 #0d2049 #1e3f76 #4c7aa8",
            "#f6f2dc",
            "#2b4c7c #050a16",
            "#0d2348",
            "#ffc857",
            0.62,
        ),
        _of(
            "#0c0724 #24114e #4d2273 #a2559f",
            "#ffeede",
            "#4f2a72 #0a0519",
            "#1d0f42",
            "#36e0d0",
            0.6,
        ),
        _of(
            "#03141c #07323d #115d60 #4aa58c",
            "#f2ffe9",
            "#155156 #020d12",
            "#062f38",
            "#ffd37a",
            0.6,
        ),
    ),
    "grey": (
        _of(
            "#2d3743 #50616f #8796a0 #cbd1cd",
            "#f4f3ea",
            "#77868f #1a222a",
            "#3c4c58",
            "#e8a33d",
            0.35,
        ),
        _of(
            "#3a3f55 #666c86 #a3a6b6 #dcd8d6",
            "#fbf6ee",
            "#8b8ea2 #23263a",
            "#4a4f6b",
            "#d9644a",
            0.35,
        ),
        _of(
            "#35494b #62797a #9fb0a9 #dfe3d3",
            "#fafbe9",
            "#84988f #1b2b2c",
            "#3f5c5c",
            "#e3b23c",
            0.32,
        ),
    ),
}
