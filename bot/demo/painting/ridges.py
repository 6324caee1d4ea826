"""Outlines of land: profiles of ridges, the ground below them, the firs along them."""

import math
import random
from itertools import pairwise

from bot.demo.painting.colour import Colour
from bot.demo.painting.pen import Point
from bot.demo.painting.stage import Stage
from bot.demo.painting.texture import gradient

Profile = list[Point]


def profile(
    stage: Stage,
    rng: random.Random,
    level: float,
    swing: float,
    *,
    waves: float = 2.0,
    octaves: int = 5,
    sharp: float = 0.0,
) -> Profile:
    """The outline of a ridge, left to right, in pixels.

    Args:
        stage: Gives the size.
        rng: Where the randomness comes from.
        level: Its middle height, as a fraction of the picture's height from the top.
        swing: How far it rises and falls, in the same measure.
        waves: How many hills fit into one unit of width.
        octaves: How many ever finer layers of roughness.
        sharp: 0 gives rounded hills, 1 pointed peaks.
    """
    count = 64 + 48 * octaves
    span = waves * stage.width / stage.unit
    layers = [(0.5**octave, _Wave(rng, span * 2**octave)) for octave in range(octaves)]
    total = sum(weight for weight, _ in layers)
    points: Profile = []
    for index in range(count + 1):
        at = index / count
        value = 0.0
        for weight, wave in layers:
            rise = wave(at)
            value += weight * (rise * (1 - sharp) + (1 - abs(rise) * 2) * sharp)
        points.append((at * stage.width, (level - swing * value / total) * stage.height))
    return points


class _Wave:
    """Smooth noise over 0..1 with values in -1..1."""

    def __init__(self, rng: random.Random, span: float) -> None:
        self._span = span
        self._knots = [rng.uniform(-1, 1) for _ in range(math.ceil(span) + 3)]

    def __call__(self, at: float) -> float:
        place = at * self._span
        index = int(place)
        share = (1 - math.cos((place - index) * math.pi)) / 2
        return self._knots[index] * (1 - share) + self._knots[index + 1] * share


def ground(stage: Stage, line: Profile, colour: Colour, fade: Colour, depth: float = 0.3) -> None:
    """Fill everything below a profile, fading into the haze over ``depth`` of the height."""
    bottom = stage.height + 2.0
    outline = [*line, (stage.width, bottom), (0, bottom)]
    top = min(y for _, y in line) / stage.height
    stops = [(0.0, colour), (max(0.001, top), colour), (min(1.0, top + depth), fade), (1.0, fade)]
    stage.fill([outline], gradient(stage.width, stage.height, stops))


def height_at(line: Profile, x: float) -> float:
    """How high a profile runs at x, in pixels from the top."""
    if x <= line[0][0]:
        return line[0][1]
    for (start, low), (end, high) in pairwise(line):
        if start <= x <= end:
            return low + (high - low) * (x - start) / max(1e-6, end - start)
    return line[-1][1]


def pines(
    stage: Stage, rng: random.Random, line: Profile, size: float, share: float
) -> list[list[Point]]:
    """Outlines of fir trees standing along a profile.

    Args:
        stage: Gives the unit.
        rng: Where the randomness comes from.
        line: Where they stand.
        size: Their middle height in units.
        share: How closely they stand, 1 is a closed wood.
    """
    outlines: list[list[Point]] = []
    x = -0.02 * stage.width
    while x < stage.width * 1.02:
        tall = stage.unit * size * rng.uniform(0.6, 1.25)
        foot = height_at(line, x) + tall * 0.06
        outlines.append(_pine(rng, x, foot, tall, tiers=4 + min(3, stage.detail)))
        x += tall * rng.uniform(0.18, 0.5) / max(0.05, share)
    return outlines


def _pine(rng: random.Random, x: float, foot: float, tall: float, tiers: int) -> list[Point]:
    left: list[Point] = []
    right: list[Point] = []
    for tier in range(tiers):
        at = (tier + 1) / tiers
        wide = tall * 0.2 * at**0.85 * rng.uniform(0.85, 1.1)
        y = foot - tall * (1 - at * 0.9)
        left += [(x - wide, y), (x - wide * 0.45, y - tall * 0.02)]
        right += [(x + wide, y), (x + wide * 0.45, y - tall * 0.02)]
    trunk = tall * 0.025
    base = [(x + trunk, foot - tall * 0.1), (x + trunk, foot), (x - trunk, foot)]
    return [(x, foot - tall), *right[:-1], *base, (x - trunk, foot - tall * 0.1), *left[-2::-1]]


def _peaks(line: Profile, reach: int) -> list[int]:
    return [
        index
        for index in range(2, len(line) - 2)
        if line[index][1] == min(y for _, y in line[max(0, index - reach) : index + reach + 1])
    ]
