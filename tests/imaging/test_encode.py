"""A picture written another way is the same picture, smaller."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from bot.core.errors import BadAnswer
from bot.core.fitting import Rung, ladder
from bot.core.images import Format
from bot.imaging.encode import rewrite, sketch
from bot.imaging.inspect import inspect
from tests.imaging.pictures import (
    noise,
    opened,
    picture,
    png_bomb,
    scene,
    see_through,
    written,
)

RUNGS = sorted(
    {*ladder(transparent=True), *ladder(transparent=False)}
    | {Rung(format=form, quality=90, percent=percent) for form in Format for percent in (100, 40)},
    key=str,
)
PROFILE = b"not a real profile, but carried along all the same"


def whole(form: Format, quality: int = 95) -> Rung:
    """Another format, and nothing smaller."""
    return Rung(format=form, quality=quality, percent=100)


def difference(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures are apart, on average, of 255."""
    apart = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return max(ImageStat.Stat(apart).mean)


@pytest.mark.parametrize(
    "rung", RUNGS, ids=lambda rung: f"{rung.format}-{rung.quality}-{rung.percent}"
)
@pytest.mark.parametrize("form", Format)
def test_every_rung_gives_the_same_picture(form: Format, rung: Rung) -> None:
    """Given a picture of each format, when written by any rung, then it can still be recognised."""
    before = scene(320, 200)

    data = rewrite(written(before, form.value), rung)

    seen = inspect(data)
    assert seen.format is rung.format
    assert (seen.width, seen.height) == (320 * rung.percent // 100, 200 * rung.percent // 100)
    assert difference(opened(data).resize((320, 200)), before) < 6


@pytest.mark.parametrize("transparent", [True, False])
def test_each_rung_of_the_ladder_is_smaller(transparent: bool) -> None:
    """Given a large picture, when the ladder is climbed down, then it ends far below the start."""
    image = noise(400, 400)
    data = written(see_through(400, 400) if transparent else image, "PNG")

    sizes = [len(rewrite(data, rung)) for rung in ladder(transparent=transparent)]

    assert sizes[-1] == min(sizes)
    assert sizes[-1] < sizes[0] / 5


@pytest.mark.parametrize("form", [Format.PNG, Format.WEBP])
def test_what_is_see_through_stays_so(form: Format) -> None:
    """Given a transparent picture, when written as PNG or WebP, then the clear part is clear."""
    data = rewrite(written(see_through(), "PNG"), whole(form))

    assert inspect(data).transparent
    alpha = opened(data).getchannel("A")
    assert alpha.getpixel((4, 4)) == 0
    assert alpha.getpixel((60, 20)) == 255


def test_a_jpeg_shows_white_where_there_was_nothing() -> None:
    """Given a transparent picture, when written as JPEG, then its clear part is white."""
    data = rewrite(written(see_through(), "PNG"), whole(Format.JPEG))

    assert opened(data).mode == "RGB"
    clear = opened(data).crop((0, 0, 24, 48)).convert("L")
    assert sum(clear.histogram()[:250]) == 0


def test_edges_of_what_is_see_through_do_not_darken() -> None:
    """Given white on nothing, when scaled down, then no black creeps in from the clear pixels."""
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    image.paste((255, 255, 255, 255), (0, 0, 51, 100))

    small = opened(rewrite(written(image, "PNG"), Rung(format=Format.PNG, quality=90, percent=50)))

    seen = [small.getpixel((x, 25)) for x in range(50)]
    assert all(isinstance(pixel, tuple) and (pixel[3] < 8 or pixel[0] > 240) for pixel in seen)


KINDS = {
    "CMYK": written(scene().convert("CMYK"), "JPEG", quality=95),
    "palette": written(scene().quantize(256), "PNG"),
    "palette GIF": written(scene().quantize(256), "GIF"),
    "BMP": written(scene(), "BMP"),
    "animated": written(scene(), "WEBP", save_all=True, quality=95, append_images=[noise(64, 48)]),
    "animated GIF": written(
        scene().quantize(256), "GIF", save_all=True, append_images=[noise(64, 48).quantize(8)]
    ),
}


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("data", KINDS.values(), ids=KINDS)
def test_every_kind_of_picture_is_rewritten(data: bytes, form: Format) -> None:
    """Given an unusual file, GIF too, when rewritten, then its (first) picture is delivered."""
    after = rewrite(data, whole(form))

    assert inspect(after).format is form
    assert difference(opened(after), scene()) < 12


@pytest.mark.parametrize("form", Format)
def test_sixteen_bits_are_brought_down_to_eight(form: Format) -> None:
    """Given a grey of 16 bits, when rewritten, then it is that grey and not white."""
    image = Image.new("I;16", (16, 16), 0x8080)

    after = opened(rewrite(written(image, "PNG"), whole(form)))

    assert after.convert("L").getextrema() == (0x80, 0x80)


@pytest.mark.parametrize("form", Format)
def test_the_side_that_was_up_is_up(form: Format) -> None:
    """Given a photograph taken sideways, when rewritten, then it stands as viewers showed it."""
    exif = Image.Exif()
    exif[0x0112] = 6

    after = opened(rewrite(written(scene(), "JPEG", exif=exif, quality=95), whole(form)))

    assert after.size == (48, 64)
    assert difference(after, scene().transpose(Image.Transpose.ROTATE_270)) < 6
    assert 0x0112 not in after.getexif()


@pytest.mark.parametrize("form", Format)
def test_a_colour_profile_is_kept(form: Format) -> None:
    """Given a picture with a profile, when rewritten, then its colours mean the same."""
    data = written(scene(), "PNG", icc_profile=PROFILE)

    assert opened(rewrite(data, whole(form))).info.get("icc_profile") == PROFILE


@pytest.mark.parametrize("form", Format)
def test_a_profile_for_other_colours_is_dropped(form: Format) -> None:
    """Given a profile for ink, when the picture becomes RGB, then the profile is gone."""
    data = written(scene().convert("CMYK"), "JPEG", icc_profile=PROFILE)

    assert "icc_profile" not in opened(rewrite(data, whole(form))).info


@pytest.mark.parametrize("form", Format)
def test_nothing_else_travels_along(form: Format) -> None:
    """Given a file that tells where it was taken, when rewritten, then the place is not in it."""
    exif = Image.Exif()
    exif[0x010E] = "52.5200 N, 13.4050 E"
    data = written(scene(), "JPEG", exif=exif, comment="taken at home")
    assert b"52.5200" in data

    after = rewrite(data, whole(form))

    assert b"52.5200" not in after
    assert b"at home" not in after


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1)])
def test_no_edge_vanishes(size: tuple[int, int], form: Format) -> None:
    """Given a picture of one row, when scaled to a few percent, then a pixel is left of it."""
    data = written(Image.new("RGB", size, "red"), "PNG")

    seen = inspect(rewrite(data, Rung(format=form, quality=80, percent=1)))

    assert min(seen.width, seen.height) == 1


def test_a_picture_too_wide_for_webp_is_brought_down_to_fit() -> None:
    """Given more columns than WebP can hold, when written as WebP, then it is not lost."""
    data = written(Image.new("RGB", (20_000, 40), "red"), "PNG")

    seen = inspect(rewrite(data, whole(Format.WEBP)))

    assert (seen.width, seen.height) == (16_383, 33)


@pytest.mark.parametrize(
    "data", [b"", b"<html>", picture(Format.PNG)[:80], png_bomb(20_000, 20_000)]
)
def test_what_cannot_be_read_cannot_be_rewritten(data: bytes) -> None:
    """Given bytes that are no picture, when rewritten or sketched, then they are refused."""
    with pytest.raises(BadAnswer):
        rewrite(data, whole(Format.PNG))
    with pytest.raises(BadAnswer):
        sketch(data)


@pytest.mark.parametrize(
    ("size", "edge"),
    [((1536, 1024), (512, 341)), ((1024, 1536), (341, 512)), ((300, 200), (300, 200))],
)
@pytest.mark.parametrize("form", Format)
def test_a_sketch_is_a_small_jpeg(
    form: Format, size: tuple[int, int], edge: tuple[int, int]
) -> None:
    """Given a partial picture, when sketched, then it has 512 pixels an edge, or fewer it had."""
    data = sketch(written(scene(*size), form.value))

    seen = inspect(data)
    assert seen.format is Format.JPEG
    assert (seen.width, seen.height) == edge
    assert len(data) < 60_000
    assert difference(opened(data), scene(*size).resize(edge)) < 6


def test_a_sketch_of_what_is_see_through_is_on_white() -> None:
    """Given a transparent partial picture, when sketched, then it lies on white."""
    data = sketch(written(see_through(), "WEBP"))

    assert opened(data).convert("L").getpixel((4, 4)) == 255


def test_the_same_bytes_can_be_rewritten_again() -> None:
    """Given bytes that were rewritten, when rewritten again, then the answer is the same."""
    data = picture(Format.PNG)
    copy = BytesIO(data).getvalue()

    assert rewrite(data, RUNGS[0]) == rewrite(data, RUNGS[0])
    assert data == copy


SAMPLES = [*KINDS.values(), written(see_through(), "PNG")]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
)
def test_broken_bytes_end_in_one_error_only(data: bytes, changes: list[tuple[float, int]]) -> None:
    """Given a picture with bytes changed, when rewritten, then it is written, or refused."""
    broken = bytearray(data)
    for place, value in changes:
        broken[int(place * len(broken))] = value
    with suppress(BadAnswer):
        after = rewrite(bytes(broken), Rung(format=Format.JPEG, quality=80, percent=50))
        assert inspect(after).format is Format.JPEG
