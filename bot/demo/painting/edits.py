"""Edits of a given picture by the words of a prompt, within a mask or all over."""

import re

from PIL import Image, ImageFilter, ImageOps, ImageStat

from bot.demo.painting import cast, skies
from bot.demo.painting.finish import in_manner
from bot.demo.painting.scenes import scene, stage_for
from bot.demo.painting.stage import Stage
from bot.demo.painting.texture import curve, grain
from bot.demo.painting.words import Theme

_DETAIL = 2
_BLANK = 3.0
_SKY = re.compile(r"\bsk(y|ies)\b", re.IGNORECASE)
_REMOVAL = re.compile(r"\b(remove|erase|delete|clean up|get rid of)\b", re.IGNORECASE)

Box = tuple[int, int, int, int]


def changed(image: Image.Image, prompt: str, theme: Theme) -> Image.Image:
    """Change a whole RGB picture by a prompt: its light, its weather, its manner, its guests."""
    stage = _stage(image.copy(), theme)
    unspecific = not (theme.known or theme.manners or theme.colours)
    if theme.time or theme.colours or unspecific or theme.place:
        _regrade(stage, 0.68 if not theme.subjects else 0.35)
    if theme.time == "night":
        skies.night_sky(stage)
    if _REMOVAL.search(prompt) is None:
        for index, subject in enumerate(theme.subjects):
            _bring_in(stage, subject, index)
    skies.weather(stage)
    return in_manner(stage.image, stage)


def filled(image: Image.Image, mask: Image.Image, prompt: str, theme: Theme) -> Image.Image:
    """New content for the masked part of an RGB picture; what lies outside may differ too.

    Args:
        image: The picture so far.
        mask: Greyscale and of the same size, white where the picture is to change.
        prompt: In plain words.
        theme: What was understood of it.
    """
    box = mask.getbbox()
    if box is None:
        return image
    width, height = max(8, box[2] - box[0]), max(8, box[3] - box[1])
    if _is_blank(image, mask):
        result = _continued(image, mask, theme)
        return _with_guests(result, box, theme)
    if _REMOVAL.search(prompt):
        return _smoothed_over(image, mask)
    if theme.subjects and not (theme.place or theme.time or theme.weather):
        return _with_guests(_calmed(image, mask), box, theme)
    if not theme.known and (theme.manners or theme.colours):
        return changed(image, prompt, theme)
    stage = stage_for(theme, width, height, _DETAIL)
    if _SKY.search(prompt) and not theme.place:
        stage.horizon = 1.0
        skies.sky(stage)
    else:
        scene(stage)
    result = image.copy()
    result.paste(in_manner(stage.image, stage), box[:2])
    return result


def _stage(image: Image.Image, theme: Theme) -> Stage:
    stage = stage_for(theme, 8, 8, _DETAIL)
    stage.image = image
    return stage


def _regrade(stage: Stage, strength: float) -> None:
    """Map the lights and darks of the picture to the palette of the words."""
    palette = stage.palette
    grey = ImageOps.autocontrast(stage.image.convert("L"), cutoff=1)
    middle = palette.sky[1] if stage.time == "night" else palette.sky[2]
    graded = ImageOps.colorize(grey, palette.near, palette.light, middle)
    stage.image = Image.blend(stage.image, graded, strength)


def _bring_in(stage: Stage, subject: str, index: int) -> None:
    part = cast.role(subject)
    size = part.size * stage.unit * (0.9, 0.65, 0.5)[index]
    drawn = cast.sprite(stage, subject, size, lit=stage.time == "night", plain=True)
    x = stage.width * (0.34, 0.7, 0.52)[index]
    if part.kind == "flying":
        cast.place(stage, drawn, x, stage.height * 0.42, shadow=False)
    elif part.kind == "bust":
        cast.place(stage, drawn, x, stage.height + 2.0, shadow=False)
    else:
        cast.place(stage, drawn, x, stage.height * 0.94, shadow=part.kind != "afloat")


def _with_guests(image: Image.Image, box: Box, theme: Theme) -> Image.Image:
    """Set the subjects of a theme into a box, as large as it lets them be."""
    stage = _stage(image.copy(), theme)
    width, height = box[2] - box[0], box[3] - box[1]
    count = len(theme.subjects)
    for index, subject in enumerate(theme.subjects):
        part = cast.role(subject)
        size = min(height * 0.88, width / count * 0.92 / part.aspect)
        if size < 8:
            continue
        drawn = cast.sprite(stage, subject, size, lit=False, plain=True)
        x = box[0] + width * (index + 0.5) / count
        cast.place(stage, drawn, x, box[3] - height * 0.05, shadow=part.kind == "creature")
    return stage.image


def _is_blank(image: Image.Image, mask: Image.Image) -> bool:
    """Whether the masked part holds nothing yet, as when a canvas was made larger."""
    if ImageStat.Stat(mask).mean[0] < 2:
        return False
    inside = mask.point(curve(lambda value: 1.0 if value > 0.99 else 0.0))
    return inside.getbbox() is not None and max(ImageStat.Stat(image, inside).stddev) < _BLANK


def _continued(image: Image.Image, mask: Image.Image, theme: Theme) -> Image.Image:
    """Carry the known part on over the blank one: mirrored sideways, flowing up and down."""
    known = ImageOps.invert(mask).point(curve(lambda value: 1.0 if value > 0.5 else 0.0)).getbbox()
    flowing = _smoothed_over(image, mask)
    if known is None:
        return flowing
    left, top, right, bottom = known
    kept = image.crop(known)
    row = flowing.crop((0, top, image.width, bottom))
    for x, flipped in _repeats(left, right, image.width):
        row.paste(ImageOps.mirror(kept) if flipped else kept, (x, 0))
    tall = flowing.copy()
    for y, flipped in _repeats(top, bottom, image.height):
        tall.paste(ImageOps.flip(row) if flipped else row, (0, y))
    # Close to the seam its mirror image hides it; farther off only the colours flow on.
    soft = Image.blend(flowing, tall.filter(ImageFilter.GaussianBlur(max(image.size) / 50)), 0.5)
    reach = max(1.0, (bottom - top) * 0.14)
    apart = [max(0, top - y, y - bottom + 1) / reach for y in range(image.height)]
    far = Image.new("L", (1, image.height))
    far.putdata([round(255 * min(1.0, distance)) for distance in apart])
    tall.paste(soft, (0, 0), far.resize(image.size, Image.Resampling.NEAREST))
    return grain(tall, theme.dice("continued"), 3)


def _repeats(start: int, end: int, length: int) -> list[tuple[int, bool]]:
    """Where copies of start..end go to cover 0..length, every other one turned over."""
    span = max(1, end - start)
    places = [(start, False)]
    for direction in (-1, 1):
        step = direction
        while -span < start + step * span < length:
            places.append((start + step * span, step % 2 != 0))
            step += direction
    return places


def _smoothed_over(image: Image.Image, mask: Image.Image) -> Image.Image:
    """Let the colours around the masked part flow into it.

    The picture is made smaller and smaller with the masked part transparent, so that each step
    averages known colours only, and then built up again from the smallest.
    """
    layer = image.convert("RGBA")
    # A little more than the mask, or the rim of what is to vanish would bleed in.
    grown = mask.filter(ImageFilter.MaxFilter(5))
    layer.putalpha(grown.point(curve(lambda value: 0.0 if value > 0.02 else 1.0)))
    levels = [layer]
    while min(levels[-1].size) > 1:
        size = max(1, levels[-1].width // 2), max(1, levels[-1].height // 2)
        levels.append(levels[-1].resize(size, Image.Resampling.BOX))
    result = levels[-1].convert("RGB")
    for level in reversed(levels[:-1]):
        result = result.resize(level.size, Image.Resampling.BICUBIC)
        firm = level.getchannel("A").point(curve(lambda value: min(1.0, value * 3)))
        result.paste(level.convert("RGB"), (0, 0), firm)
    return result


def _calmed(image: Image.Image, mask: Image.Image) -> Image.Image:
    """Put what was in the masked part out of mind: its own colours, far out of focus."""
    soft = _smoothed_over(image, mask)
    return Image.blend(image.filter(ImageFilter.GaussianBlur(max(image.size) / 50)), soft, 0.65)


def merged(image: Image.Image, fresh: Image.Image, mask: Image.Image) -> Image.Image:
    """The fresh picture where the mask is white, the old one untouched where it is black."""
    result = image.copy()
    result.paste(fresh, (0, 0), mask)
    return result
