"""Pictures without a backdrop: a subject on its own, or a scene cut to a badge."""

import math

from PIL import Image, ImageDraw, ImageFilter

from bot.demo.painting import cast
from bot.demo.painting.colour import lighter, mix
from bot.demo.painting.finish import finished
from bot.demo.painting.scenes import scene
from bot.demo.painting.stage import Stage
from bot.demo.painting.texture import curve, enlarged


def cutout(stage: Stage, width: int, height: int) -> Image.Image:
    """Paint the theme with transparent surroundings, ``width`` by ``height`` pixels."""
    image = _subjects(stage) if stage.theme.subjects else _badge(stage)
    if "sticker" in stage.theme.manners:
        image = _outlined(image, stage.unit)
    return enlarged(image, width, height)


def _subjects(stage: Stage) -> Image.Image:
    """The subjects side by side, the first in the middle and in front."""
    sheet = Image.new("RGBA", stage.image.size, (0, 0, 0, 0))
    subjects = stage.theme.subjects
    crowd = len(subjects) > 1
    for index in range(len(subjects) - 1, -1, -1):
        aspect = cast.role(subjects[index]).aspect
        room = min(stage.height * 0.86, stage.width * 0.94 / aspect)
        size = room * (0.84 if crowd else 1.0) * (1.0, 0.6, 0.52)[index]
        drawn = cast.sprite(stage, subjects[index], size, lit=False, plain=True)
        x = stage.width * (0.5, 0.2, 0.8)[index]
        corner = round(x - drawn.image.width / 2), round(stage.height * 0.95 - drawn.foot)
        layer = Image.new("RGBA", sheet.size, (0, 0, 0, 0))
        layer.paste(drawn.image, corner)
        sheet = Image.alpha_composite(sheet, layer)
    return sheet


def _badge(stage: Stage) -> Image.Image:
    """The scene inside a round frame."""
    scene(stage)
    image = finished(stage, stage.width, stage.height).convert("RGBA")
    radius = min(image.size) * 0.46
    x, y = image.width / 2, image.height / 2
    over = 2
    mask = Image.new("L", (image.width * over, image.height * over), 0)
    box = [part * over for part in (x - radius, y - radius, x + radius, y + radius)]
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    frame = Image.new("L", mask.size, 0)
    wide = math.ceil(radius * 0.045) * over
    ImageDraw.Draw(frame).ellipse(box, outline=255, width=wide)
    tone = lighter(mix(stage.palette.light, stage.palette.sky[-1], 0.3), 0.2)
    image.paste((*tone, 255), (0, 0), frame.reduce(over))
    image.putalpha(mask.reduce(over))
    return image


def _outlined(image: Image.Image, unit: float) -> Image.Image:
    """A white rim around whatever is there, as stickers have."""
    reach = unit * 0.012
    wide = image.getchannel("A").filter(ImageFilter.GaussianBlur(reach))
    rim = wide.point(curve(lambda value: min(1.0, max(0.0, (value - 0.02) * 22))))
    sheet = Image.new("RGBA", image.size, (255, 255, 255, 0))
    sheet.putalpha(rim)
    return Image.alpha_composite(sheet, image)
