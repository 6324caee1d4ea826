"""The last coats: soft light, vignette, the manner asked for, grain."""

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from bot.demo.painting.colour import darker, lighter, mix
from bot.demo.painting.stage import Stage
from bot.demo.painting.texture import curve, enlarged, fractal, grain, rings, shade, smaller

_GRAIN = (0, 3, 4, 4, 5)


def finished(stage: Stage, width: int, height: int) -> Image.Image:
    """Give the picture its finish and its full size, in pixels."""
    image = stage.image
    manners = stage.theme.manners
    if stage.detail:
        image = _bloom(image, stage.unit)
        image = _vignette(image, stage)
    image = in_manner(image, stage)
    if "pixel" in manners:
        return image.resize((width, height), Image.Resampling.NEAREST)
    image = enlarged(image, width, height)
    amount = _GRAIN[stage.detail] + (5 if {"vintage", "ink"} & set(manners) else 0)
    return grain(image, stage.dice("grain"), amount) if amount else image


def _bloom(image: Image.Image, unit: float) -> Image.Image:
    """Bright parts spill a little light over their surroundings."""
    small = smaller(image, 4)
    bright = small.point(curve(lambda value: max(0.0, value - 0.6) * 0.9) * 3)
    bright = bright.filter(ImageFilter.GaussianBlur(unit / 130))
    return ImageChops.screen(image, bright.resize(image.size, Image.Resampling.BILINEAR))


def _vignette(image: Image.Image, stage: Stage) -> Image.Image:
    side = 1.6
    size = round(image.width * side), round(image.height * side)
    mask = rings(lambda value: max(0.0, value - 0.4) ** 1.6 * 0.75)
    left, top = (size[0] - image.width) // 2, (size[1] - image.height) // 2
    mask = mask.resize(size, Image.Resampling.BICUBIC)
    mask = mask.crop((left, top, left + image.width, top + image.height))
    image.paste(darker(stage.palette.near, 0.3), (0, 0), mask)
    return image


def in_manner(image: Image.Image, stage: Stage) -> Image.Image:
    """Treat a picture as the words for a manner ask: pixels, washes, oils, ink, old film, neon."""
    manners = stage.theme.manners
    if "pixel" in manners:
        return _pixels(image)
    if "watercolour" in manners:
        image = _watercolour(image, stage)
    if "oil" in manners:
        image = _oils(image, stage)
    if "ink" in manners:
        grey = ImageOps.autocontrast(image.convert("L"), cutoff=1)
        image = ImageOps.colorize(grey, (18, 18, 24), (250, 246, 236), (132, 130, 130))
    if "vintage" in manners:
        image = Image.blend(
            image, ImageOps.colorize(image.convert("L"), (52, 30, 34), (252, 232, 196)), 0.5
        )
    if "neon" in manners:
        image = ImageEnhance.Contrast(ImageEnhance.Color(image).enhance(1.5)).enhance(1.15)
    return image


def _pixels(image: Image.Image) -> Image.Image:
    short = min(image.size)
    small = image.resize(
        (max(1, round(image.width * 128 / short)), max(1, round(image.height * 128 / short))),
        Image.Resampling.BOX,
    )
    small = ImageEnhance.Color(small).enhance(1.25)
    return small.quantize(28, dither=Image.Dither.NONE).convert("RGB")


def _oils(image: Image.Image, stage: Stage) -> Image.Image:
    """Thick strokes: patches of one colour, relief of a brush that went this way and that."""
    rng = stage.dice("oils")
    small = smaller(image, 2).filter(ImageFilter.MedianFilter(7))
    patches = small.resize(image.size, Image.Resampling.BICUBIC)
    side = round(max(image.size) * 1.45)
    left, top = (side - image.width) // 2, (side - image.height) // 2
    lean = rng.uniform(10, 40)
    strokes = [
        fractal(side, side, rng, cells=110, octaves=2, stretch=5)
        .rotate(turn)
        .crop((left, top, left + image.width, top + image.height))
        for turn in (lean, lean - 65)
    ]
    where = fractal(*image.size, rng, cells=3, octaves=3).point(
        curve(lambda value: min(1.0, max(0.0, (value - 0.42) * 6)))
    )
    relief = Image.composite(strokes[0], strokes[1], where)
    relief = relief.point(curve(lambda value: 0.5 + (value - 0.5) * 0.3))
    painted = ImageChops.overlay(patches, Image.merge("RGB", [relief] * 3))
    return ImageEnhance.Color(painted).enhance(1.15)


def _patches(image: Image.Image, edge: int, reach: int) -> Image.Image:
    """Merge neighbouring shades into patches; done small, for the filter is slow."""
    scale = min(1.0, edge / min(image.size))
    size = round(image.width * scale), round(image.height * scale)
    small = image.resize(size, Image.Resampling.BOX).filter(ImageFilter.ModeFilter(reach))
    return small.resize(image.size, Image.Resampling.BICUBIC)


def _watercolour(image: Image.Image, stage: Stage) -> Image.Image:
    """Flat washes with darker edges on a rough paper that shows through."""
    rng = stage.dice("paper")
    washes = _patches(image, 520, 5)
    edges = washes.convert("L").filter(ImageFilter.FIND_EDGES).filter(ImageFilter.GaussianBlur(1.2))
    shade(washes, edges.point(curve(lambda value: min(1.0, value * 2.2))), stage.palette.near, 0.5)
    paper = lighter(mix(stage.palette.sky[-1], (250, 246, 236), 0.8), 0.3)
    pools = fractal(image.width, image.height, rng, cells=5, octaves=6)
    shade(washes, pools.point(curve(lambda value: max(0.0, value - 0.3) * 1.2)), paper, 0.6)
    rim = Image.new("L", image.size, 0)
    inset = round(stage.unit * 0.035)
    rim.paste(255, (inset, inset, image.width - inset, image.height - inset))
    soft = smaller(rim, 4).filter(ImageFilter.GaussianBlur(stage.unit / 220)).resize(image.size)
    rough = fractal(image.width, image.height, rng, cells=14, octaves=5)
    sheet = Image.blend(soft, ImageChops.multiply(soft, rough), 0.45)
    mask = sheet.point(curve(lambda value: max(0.0, min(1.0, (value - 0.28) * 4))))
    return Image.composite(washes, Image.new("RGB", image.size, paper), mask)
