"""Colours as plain tuples, mixed in OKLab so that gradients stay clean between far hues."""

import colorsys
from collections.abc import Sequence

Colour = tuple[int, int, int]
Stop = tuple[float, Colour]


def rgb(code: str) -> Colour:
    """Read ``#rrggbb``."""
    value = int(code.lstrip("#"), 16)
    return value >> 16, value >> 8 & 255, value & 255


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Blend two colours; ``share`` 0 gives the first, 1 the second."""
    left, right = _to_oklab(first), _to_oklab(second)
    share = min(1.0, max(0.0, share))
    return _from_oklab(
        left[0] + (right[0] - left[0]) * share,
        left[1] + (right[1] - left[1]) * share,
        left[2] + (right[2] - left[2]) * share,
    )


def lighter(colour: Colour, share: float) -> Colour:
    """Move a colour towards white."""
    return mix(colour, (255, 255, 255), share)


def darker(colour: Colour, share: float) -> Colour:
    """Move a colour towards a black with a breath of blue, as shadows out of doors have."""
    return mix(colour, (6, 8, 18), share)


def turned(colour: Colour, degrees: float) -> Colour:
    """Turn the hue by some degrees, keeping how light and how strong the colour is."""
    hue, light, strength = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    parts = colorsys.hls_to_rgb((hue + degrees / 360) % 1.0, light, strength)
    return _clip(parts[0] * 255), _clip(parts[1] * 255), _clip(parts[2] * 255)


def tinted(colour: Colour, tint: Colour, share: float) -> Colour:
    """Give a colour the hue of ``tint`` while keeping how light it is."""
    light, first, second = _to_oklab(colour)
    tint_light, tint_first, tint_second = _to_oklab(tint)
    # A pale or dark colour cannot carry the full strength of a vivid tint and stay in gamut.
    room = min(1.0, 4.2 * light * (1.08 - light))
    return _from_oklab(
        light + (tint_light - light) * share * 0.25,
        first + (tint_first * room - first) * share,
        second + (tint_second * room - second) * share,
    )


def lightness(colour: Colour) -> float:
    """How light a colour looks, 0 to 1."""
    return _to_oklab(colour)[0]


def ramp(stops: Sequence[Stop], steps: int) -> list[Colour]:
    """Sample a gradient given as (position 0..1, colour) pairs at evenly spaced steps."""
    colours: list[Colour] = []
    index = 0
    for step in range(steps):
        position = step / max(1, steps - 1)
        while index < len(stops) - 2 and position > stops[index + 1][0]:
            index += 1
        (start, first), (end, second) = stops[index], stops[min(index + 1, len(stops) - 1)]
        span = max(1e-6, end - start)
        colours.append(mix(first, second, (position - start) / span))
    return colours


def evenly(colours: Sequence[Colour]) -> list[Stop]:
    """Space colours evenly over a gradient."""
    return [(index / max(1, len(colours) - 1), colour) for index, colour in enumerate(colours)]


def _clip(value: float) -> int:
    return min(255, max(0, round(value)))


def _linear(part: int) -> float:
    value = part / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _encoded(value: float) -> int:
    value = max(0.0, value)
    curved = value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return _clip(curved * 255)


def _to_oklab(colour: Colour) -> tuple[float, float, float]:
    """Björn Ottosson's OKLab, https://bottosson.github.io/posts/oklab/."""
    red, green, blue = (_linear(part) for part in colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _from_oklab(light: float, first: float, second: float) -> Colour:
    long = (light + 0.3963377774 * first + 0.2158037573 * second) ** 3
    middle = (light - 0.1055613458 * first - 0.0638541728 * second) ** 3
    short = (light - 0.0894841775 * first - 1.2914855480 * second) ** 3
    return (
        _encoded(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
        _encoded(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
        _encoded(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
    )
