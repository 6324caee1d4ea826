"""The demo's painter: deterministic pictures from the words of a prompt, without any model.

It reads the words it knows (places, subjects, times of day, weather, colours, manners) and
composes a scene in layers; a prompt without any of them becomes abstract art. Nothing here reads
or writes anything: prompts and pictures in, pictures out.
"""

import random

from PIL import Image, ImageChops, ImageFilter

from bot.demo.painting import edits
from bot.demo.painting.colour import evenly
from bot.demo.painting.cutouts import cutout
from bot.demo.painting.finish import finished
from bot.demo.painting.palettes import choose
from bot.demo.painting.scenes import scene, stage_for
from bot.demo.painting.texture import gradient, halo
from bot.demo.painting.words import read

_DETAIL = {"low": 0, "medium": 1, "high": 2, "xhigh": 3, "max": 4}
# Larger pictures are painted at this edge and scaled up; grain at full size keeps them crisp.
_WORKING_EDGE = 2048


def paint(
    prompt: str,
    width: int,
    height: int,
    *,
    quality: str = "medium",
    transparent: bool = False,
    variation: int = 0,
) -> Image.Image:
    """Paint a prompt; the same arguments always give the same picture.

    Args:
        prompt: In plain words.
        width: In pixels.
        height: In pixels.
        quality: low, medium, high, xhigh or max; higher ones show more detail of the same scene.
        transparent: Leave the backdrop out and keep the subject.
        variation: 0 for the first picture of a prompt, other numbers for its siblings.

    Returns:
        An RGB picture, or RGBA when transparent.

    Raises:
        ValueError: The quality is none of those.
    """
    if quality not in _DETAIL:
        raise ValueError(f"quality is {quality!r}; expected one of {', '.join(_DETAIL)}")
    theme = read(prompt, variation)
    scale = min(1.0, _WORKING_EDGE / max(width, height))
    size = max(16, round(width * scale)), max(16, round(height * scale))
    stage = stage_for(theme, *size, _DETAIL[quality])
    if transparent:
        return cutout(stage, width, height)
    scene(stage)
    return finished(stage, width, height)


def plain(
    prompt: str,
    width: int,
    height: int,
    *,
    quality: str = "medium",
    transparent: bool = False,
    variation: int = 0,
) -> Image.Image:
    """A stand-in for ``paint`` that takes almost no time: a glow on a gradient of the prompt's own.

    For tests and measurements that need many different pictures and look at none.
    """
    del quality
    rng = read(prompt, variation).dice("plain")
    palette = choose(rng.choice(("dawn", "day", "sunset", "night", "grey")), rng)
    image = gradient(width, height, evenly(palette.sky))
    disc = halo(width, height, 1.0, 0.3)
    if not transparent:
        image.paste(palette.accent, (0, 0), disc)
        return image
    image.putalpha(disc)
    return image


def coarse(image: Image.Image, fraction: float) -> Image.Image:
    """A stand-in for ``partial`` that takes almost no time: blots, smaller as it gets on."""
    step = max(2, round(32 * (1 - fraction)))
    return image.reduce(step).resize(image.size, Image.Resampling.NEAREST)


def partial(image: Image.Image, fraction: float) -> Image.Image:
    """What an unfinished picture looks like: coarse and noisy, clearing up on the way to 1.

    Args:
        image: The finished picture.
        fraction: How far the work has come, 0 to 1.
    """
    fraction = min(1.0, max(0.0, fraction))
    if fraction == 1.0:
        return image.copy()
    short = min(image.size)
    # From a dozen blots to about half the pixels.
    scale = (12 / short) ** (1 - fraction) * 0.55**fraction
    small = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    coarse = image.resize(small, Image.Resampling.BOX, reducing_gap=2.0)
    coarse = coarse.resize(image.size, Image.Resampling.BICUBIC)
    coarse = coarse.filter(ImageFilter.GaussianBlur(short / 90 * (1 - fraction) ** 2))
    noisy = ImageChops.add(coarse.convert("RGB"), _noise(image.size, fraction), 1, -128)
    result = Image.blend(coarse.convert("RGB"), noisy, 0.42 * (1 - fraction))
    if "A" in image.getbands():
        result.putalpha(coarse.getchannel("A"))
    return result


def edited(image: Image.Image, mask: Image.Image | None, prompt: str) -> Image.Image:
    """Edit a picture by a prompt.

    Args:
        image: The picture, of any mode.
        mask: Greyscale, white where the picture may change and black where every pixel stays
            exactly as it is; None lets all of it change. Scaled to the picture if it must be.
        prompt: In plain words.

    Returns:
        A picture of the same size, RGBA if the given one has transparency, else RGB.
    """
    theme = read(prompt, 0)
    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    base = image.convert("RGB")
    if mask is None:
        result = edits.changed(base, prompt, theme)
    else:
        area = mask.convert("L")
        if area.size != base.size:
            area = area.resize(base.size, Image.Resampling.BILINEAR)
        result = edits.merged(base, edits.filled(base, area, prompt, theme), area)
        # What was painted into a hole of the picture is there now.
        alpha = ImageChops.lighter(alpha, area) if alpha is not None else None
    if alpha is not None:
        result.putalpha(alpha)
    return result


def _noise(size: tuple[int, int], fraction: float) -> Image.Image:
    """Coloured noise around a middle grey, its grains finer as the work goes on."""
    rng = random.Random(round(fraction * 1000))
    grain = max(2, round(min(size) / 150 * (1 - fraction)))
    small = max(1, size[0] // grain), max(1, size[1] // grain)
    bands = [
        Image.frombytes("L", small, rng.randbytes(small[0] * small[1])).resize(size)
        for _ in range(3)
    ]
    return Image.merge("RGB", bands)
