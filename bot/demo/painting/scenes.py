"""Composition: from a theme to a whole scene, backdrop first, subjects in their places."""

import random
from dataclasses import replace

from PIL import Image

from bot.demo.painting import cast, cities, deserts, forests, heavens, lands, skies, studios, waters
from bot.demo.painting.abstract import abstract
from bot.demo.painting.palettes import choose, washed
from bot.demo.painting.pen import Point, Sprite
from bot.demo.painting.stage import Stage
from bot.demo.painting.words import Theme

_OPEN_AIR = ("sea", "mountain", "meadow", "forest")


def stage_for(theme: Theme, width: int, height: int, detail: int) -> Stage:
    """Choose light, palette and horizon for a theme and lay out an empty sheet."""
    rng = theme.dice("stage")
    time = _time(theme, rng)
    palette = choose(time, theme.dice("palette"))
    for colour in theme.colours:
        palette = washed(palette, colour, 0.7)
    coats = [coat for coat in theme.coats if coat is not None]
    if coats or theme.colours:
        palette = replace(palette, accent=[*coats, *theme.colours][0])
    if "ink" in theme.manners:
        palette = washed(palette, (128, 128, 128), 1.0)
    tall = height > width * 1.2
    side = rng.choice((-1, 1))
    low = time in {"sunset", "dawn"}
    up = rng.uniform(0.34, 0.5) if low else rng.uniform(0.14, 0.26)
    return Stage(
        image=Image.new("RGB", (width, height), palette.sky[-1]),
        theme=theme,
        palette=palette,
        time=time,
        detail=detail,
        horizon=rng.uniform(0.56, 0.64) + (0.04 if tall else 0.0),
        light=(0.5 - side * rng.uniform(0.12, 0.27), up),
    )


def scene(stage: Stage) -> None:
    """Paint backdrop and subjects of the stage's theme."""
    theme = stage.theme
    where = place_of(theme)
    if where == "abstract":
        abstract(stage)
        return
    if where == "studio":
        studios.studio(stage)
        _portrait(stage)
        skies.weather(stage)
        return
    _backdrop(stage, where)
    for index, subject in enumerate(_guests(theme, where)):
        _enter(stage, where, subject, index)
    skies.weather(stage)


def place_of(theme: Theme) -> str:
    """Where a theme plays: the place it names, or the home of its subject, or open air."""
    if theme.place:
        return theme.place
    if theme.subjects:
        home = cast.role(theme.subjects[0]).home
        outside = bool(theme.time or set(theme.weather) - {"sun", "moon"})
        if home == "studio" and outside:
            return theme.dice("place").choice(("meadow", "city"))
        return home
    if theme.known:
        return theme.dice("place").choice(_OPEN_AIR)
    return "abstract"


def _time(theme: Theme, rng: random.Random) -> str:
    if theme.time:
        return theme.time
    if {"storm", "rain", "cloud"} & set(theme.weather):
        return "grey"
    if "moon" in theme.weather or "aurora" in theme.weather:
        return "night"
    if "snow" in theme.weather:
        return rng.choice(("dawn", "day", "grey"))
    if place_of(theme) == "forest":
        return rng.choice(("dawn", "day", "grey", "sunset", "night"))
    return rng.choice(("dawn", "day", "day", "sunset", "sunset", "night"))


def _guests(theme: Theme, where: str) -> tuple[str, ...]:
    subjects = theme.subjects
    if where == "space" and not subjects:
        return ("planet",)
    if where == "underwater" and not subjects:
        return ("fish",)
    return subjects


def _backdrop(stage: Stage, where: str) -> None:
    if where == "space":
        heavens.space(stage)
        return
    if where == "underwater":
        waters.underwater(stage)
        return
    skies.sky(stage)
    land = {
        "sea": _sea,
        "lake": _lake,
        "mountain": _mountain,
        "forest": forests.forest,
        "city": _city,
        "desert": deserts.dunes,
        "meadow": lands.hills,
    }[where]
    land(stage)


def _sea(stage: Stage) -> None:
    waters.islands(stage)
    waters.water(stage, stage.horizon)


def _lake(stage: Stage) -> None:
    lands.mountains(stage)
    waters.water(stage, stage.horizon + 0.1)
    lands.wood_edge(stage)


def _mountain(stage: Stage) -> None:
    lands.mountains(stage)
    if not stage.theme.subjects and stage.dice("tarn").random() < 0.4:
        waters.water(stage, stage.horizon + 0.1)
    else:
        lands.hills(stage, layers=3, first=0.1, swing=0.035)
    lands.wood_edge(stage)


def _city(stage: Stage) -> None:
    cities.city(stage)
    waters.water(stage, stage.horizon)
    if stage.theme.subjects:
        cities.street(stage)


def _enter(stage: Stage, where: str, subject: str, index: int) -> None:
    """Bring on one subject; the first stands on the side away from the light."""
    kind = cast.role(subject).kind
    rng = stage.dice(f"enter {index}")
    away = 1 if stage.light[0] < 0.5 else -1
    offset = (0.17, -0.24, 0.33)[index] * rng.uniform(0.8, 1.1)
    narrow = min(1.0, stage.width / stage.height)
    x = stage.width * (0.5 + away * offset * (0.35 + 0.65 * narrow))
    wet = where in {"sea", "lake"}
    if where in {"space", "underwater"}:
        _hover(stage, subject, index, (x, 0.56))
    elif kind == "flying":
        _hover(stage, subject, index, (x, stage.horizon - 0.16))
    elif kind == "afloat" and (wet or where == "city"):
        level = stage.horizon + 0.1 + 0.08 * index + (0.06 if where == "lake" else 0)
        cast.afloat(stage, _dressed(stage, subject, index), x, stage.height * min(0.93, level))
    elif kind == "building" and wet:
        _on_headland(stage, subject, index, away if index == 0 else -away)
    elif wet and kind != "bust":
        spot = lands.headland(stage, away, 0.93, 0.62)
        cast.place(stage, _dressed(stage, subject, index), spot[0], spot[1])
    else:
        low = 0.945 if kind == "creature" or where == "city" else 0.86 - 0.04 * index
        bust = kind == "bust"
        foot = stage.height * low if not bust else stage.height + 2.0
        cast.place(stage, _dressed(stage, subject, index), x, foot, shadow=not bust)


def _size(stage: Stage, subject: str, index: int) -> float:
    part = cast.role(subject)
    return part.size * stage.unit * (1.0, 0.72, 0.6)[index] * (0.8 if part.kind == "thing" else 1)


def _dressed(stage: Stage, subject: str, index: int) -> Sprite:
    lit = stage.palette.gloom > 0.25
    return cast.sprite(stage, subject, _size(stage, subject, index), lit=lit)


def _hover(stage: Stage, subject: str, index: int, spot: Point) -> None:
    """In the air, in space or in the deep; ``spot`` is x in pixels and a fraction of the height."""
    size = _size(stage, subject, index)
    lit = stage.palette.gloom > 0.25
    drawn = cast.sprite(stage, subject, size, lit=lit, plain=spot[1] == 0.56)
    foot = stage.height * spot[1] + size * (0.5 - 0.3 * index)
    cast.place(stage, drawn, spot[0], foot, shadow=False)


def _on_headland(stage: Stage, subject: str, index: int, side: int) -> None:
    """On a rock that reaches into the water; a lighthouse sends its beam from there."""
    reach = 0.46 if stage.width > stage.height * 0.8 else 0.66
    spot, foot = lands.headland(stage, side, stage.horizon + 0.02, reach)
    size = min(_size(stage, subject, index), foot * 0.94)
    lit = stage.palette.gloom > 0.25
    drawn = cast.sprite(stage, subject, size, lit=lit)
    foot += size * 0.02
    cast.place(stage, drawn, spot, foot, shadow=False)
    if subject == "lighthouse" and lit:
        lamp = drawn.lamps[-1]
        left, top = spot - drawn.image.width / 2, foot - drawn.foot
        cast.beam(stage, left + lamp.x, top + lamp.y, -side)


def _portrait(stage: Stage) -> None:
    """One subject large in front of a plain backdrop, a companion or two beside it."""
    subjects = stage.theme.subjects
    for index in range(len(subjects) - 1, -1, -1):
        part = cast.role(subjects[index])
        room = 0.8 if part.kind in {"creature", "bust"} else 0.74
        size = stage.unit * room * (1.0, 0.5, 0.42)[index]
        x = stage.width * (0.5, 0.16, 0.86)[index]
        drawn = cast.sprite(stage, subjects[index], size, lit=False, plain=True)
        bust = part.kind == "bust"
        foot = stage.height + 2.0 if bust else stage.height * 0.5 + stage.unit * 0.4
        if part.kind == "flying":
            cast.place(stage, drawn, x, stage.height * 0.5 + size * 0.5, shadow=False)
        else:
            cast.place(stage, drawn, x, foot, shadow=not bust)
