"""However a member marks it: white is edited, and the pixel that was not marked is not."""

from __future__ import annotations

import os

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from bot.core.errors import BadAnswer, BadPicture
from bot.core.images import Size
from bot.core.ports import MaskShape
from bot.core.regions import WHOLE, Box
from bot.imaging import masks
from bot.imaging.masks import EVERYTHING, NOISE, NOTHING, SENT, mask, mask_box, shape_mask
from tests.imaging.forgeries import exif
from tests.imaging.pictures import opened, scene, written

SIZE = Size(12, 9)

shades = st.binary(min_size=SIZE.pixels, max_size=SIZE.pixels).map(
    lambda data: Image.frombytes("L", (SIZE.width, SIZE.height), data)
)
spans = st.tuples(st.integers(0, WHOLE - 1), st.integers(1, WHOLE)).filter(
    lambda span: span[0] < span[1]
)
boxes = st.builds(lambda across, down: Box(across[0], down[0], across[1], down[1]), spans, spans)


def pixels(image: Image.Image) -> list[int]:
    """Every pixel of a grey picture."""
    assert image.mode == "L"
    return list(image.tobytes())


def alphas(data: bytes) -> list[int]:
    """What a provider that takes alpha is sent, pixel by pixel."""
    image = opened(data)
    assert (image.format, image.mode) == ("PNG", "RGBA")
    return pixels(image.getchannel("A"))


def assert_mask(data: bytes, edited: list[bool]) -> None:
    """It is a grey PNG, white where it is edited and black elsewhere, and its alpha is right."""
    image = opened(data)
    assert (image.format, image.mode) == ("PNG", "L")
    assert pixels(image) == [255 if each else 0 for each in edited]
    assert alphas(shape_mask(data, MaskShape.ALPHA)) == [0 if each else 255 for each in edited]
    assert shape_mask(data, MaskShape.WHITE) == data


@given(shades)
def test_a_black_and_white_mask_marks_what_is_not_black(image: Image.Image) -> None:
    """Given any shades, when taken as a mask, then each pixel from a pale grey on is edited."""
    edited = [shade >= NOISE for shade in pixels(image)]
    assume(any(edited) and not all(edited))

    assert_mask(mask(written(image, "PNG"), SIZE), edited)


@given(shades, shades)
def test_a_see_through_mask_marks_what_is_see_through(
    alpha: Image.Image, colours: Image.Image
) -> None:
    """Given any alpha over any colours, when taken as a mask, then the alpha alone decides."""
    edited = [255 - shade >= NOISE for shade in pixels(alpha)]
    assume(any(edited) and not all(edited))
    image = colours.convert("RGBA")
    image.putalpha(alpha)

    assert_mask(mask(written(image, "PNG"), SIZE), edited)


@given(boxes)
def test_a_region_marks_its_box(box: Box) -> None:
    """Given any box, when a mask is made of it, then each pixel inside is edited, no other."""
    left, top, right, bottom = box.pixels(SIZE)

    assert_mask(
        mask_box(box, SIZE),
        [
            left <= x < right and top <= y < bottom
            for y in range(SIZE.height)
            for x in range(SIZE.width)
        ],
    )


@given(shades)
def test_a_kept_mask_with_shades_edits_each_that_is_not_black(image: Image.Image) -> None:
    """Given a kept mask with shades, when it is sent, then alpha is 0 exactly where it is not 0."""
    sent = alphas(shape_mask(written(image, "PNG"), MaskShape.ALPHA))

    assert sent == [0 if shade else 255 for shade in pixels(image)]


def test_a_mask_where_black_is_edited_is_the_other_one_turned_over() -> None:
    """Given a mask with shades, when black is what is edited, then all that is not black is."""
    image = Image.frombytes("L", (4, 1), bytes([0, 1, 128, 255]))

    sent = opened(shape_mask(written(image, "PNG"), MaskShape.BLACK))

    assert (sent.mode, pixels(sent)) == ("L", [255, 0, 0, 0])


def marked(width: int, height: int) -> Image.Image:
    """A mask as people paint it: a round spot on black."""
    image = Image.new("L", (width, height), 0)
    ImageDraw.Draw(image).ellipse((width // 4, height // 4, width // 2, height // 2), fill=255)
    return image


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_a_mask_may_be_any_kind_of_file(form: str) -> None:
    """Given a mask with the stains of a lossy format, when taken, then they are not edited."""
    image = marked(200, 150)

    taken = opened(mask(written(image.convert("RGB"), form), Size(200, 150)))

    wrong = sum(one != other for one, other in zip(pixels(taken), pixels(image), strict=True))
    assert taken.getextrema() == (0, 255)
    # Only where it borders on black may a lossy format be off.
    assert wrong < 300 if form in ("JPEG", "WEBP") else wrong == 0
    assert taken.crop((0, 0, 40, 150)).getextrema() == (0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16"])
def test_a_mask_may_have_any_kind_of_pixels(mode: str) -> None:
    """Given a mask of any kind, when taken, then it marks the same."""
    image = marked(40, 30)
    if mode == "I;16":
        other = image.convert("I").point(lambda grey: grey * 257).convert("I;16")
    else:
        other = image.convert("RGB").convert(mode) if mode in ("CMYK", "P") else image.convert(mode)
    form = "JPEG" if mode == "CMYK" else "PNG"

    taken = mask(written(other, form, **({"quality": 100} if mode == "CMYK" else {})), Size(40, 30))

    assert pixels(opened(taken)) == pixels(image)


@pytest.mark.parametrize(
    "size", [(400, 300), (100, 75), (37, 211), (1, 300)], ids=["double", "half", "other", "thin"]
)
def test_a_mask_of_another_size_is_stretched(size: tuple[int, int]) -> None:
    """Given a mask of another size, when taken, then it marks the same part, with hard edges."""
    image = Image.new("L", (200, 150), 0)
    image.paste(255, (50, 30, 150, 90))

    taken = opened(mask(written(image, "PNG"), Size(*size)))

    assert taken.size == size
    assert set(pixels(taken)) <= {0, 255}
    if min(size) > 30:
        expected = Image.new("L", size, 0)
        expected.paste(255, Box(2500, 2000, 7500, 6000).pixels(Size(*size)))
        wrong = sum(
            one != other for one, other in zip(pixels(taken), pixels(expected), strict=True)
        )
        assert wrong <= 2 * sum(size)


def test_a_thin_stroke_is_not_lost_when_a_mask_shrinks() -> None:
    """Given a stroke of two pixels, when its mask is brought to a quarter, then it still marks."""
    image = Image.new("L", (400, 400), 0)
    ImageDraw.Draw(image).line((0, 200, 400, 200), fill=255, width=2)

    taken = opened(mask(written(image, "PNG"), Size(100, 100)))

    assert all(max(taken.crop((x, 48, x + 1, 52)).tobytes()) == 255 for x in range(100))


def test_a_mask_that_was_held_sideways_is_brought_upright() -> None:
    """Given a mask photographed sideways, when taken, then it lies as the picture does."""
    image = Image.new("L", (60, 40), 0)
    image.paste(255, (0, 0, 60, 10))

    taken = opened(mask(written(image, "PNG", exif=exif(6)), Size(40, 60)))

    assert taken.crop((30, 0, 40, 60)).getextrema() == (255, 255)
    assert taken.crop((0, 0, 30, 60)).getextrema() == (0, 0)


@pytest.mark.parametrize(
    ("image", "told"),
    [
        (Image.new("L", (50, 40), 0), NOTHING),
        (Image.new("RGB", (50, 40), (9, 9, 9)), NOTHING),
        (Image.new("RGBA", (50, 40), (0, 0, 0, 255)), NOTHING),
        (Image.new("RGBA", (50, 40), (0, 0, 0, 254)), NOTHING),
        (Image.new("1", (50, 40), 1), EVERYTHING),
        (Image.new("RGB", (50, 40), (90, 90, 90)), EVERYTHING),
        (Image.new("RGBA", (50, 40), (0, 0, 0, 0)), EVERYTHING),
        (Image.new("RGBA", (50, 40), (255, 255, 255, 255)), EVERYTHING),
    ],
)
@pytest.mark.parametrize("size", [Size(50, 40), Size(200, 300)])
def test_a_mask_of_one_colour_is_refused(image: Image.Image, told: str, size: Size) -> None:
    """Given a mask that marks nothing or everything, when taken, then the member is told how."""
    with pytest.raises(BadPicture) as caught:
        mask(written(image, "PNG"), size)

    assert caught.value.say() == told


WRONG = {
    written(scene(), "PNG")[:200]: (
        "The mask is damaged or incomplete. Save it again as PNG or JPEG and try once more, or "
        "send another one."
    ),
    b"%PDF-1.7": ("The mask is a PDF document, not a picture. Send a PNG, JPEG, WebP or GIF file."),
    written(scene(), "TIFF"): (
        "The mask is a TIFF picture, which I cannot read. Save it as PNG or JPEG and try again."
    ),
    b"": "This file is empty. Upload it again.",
}


@pytest.mark.parametrize(("data", "told"), WRONG.items(), ids=["cut", "PDF", "TIFF", "empty"])
def test_what_is_wrong_with_a_mask_is_not_said_of_the_picture(data: bytes, told: str) -> None:
    """Given a mask that cannot be read, when refused, then it is clear that the mask is meant."""
    with pytest.raises(BadPicture) as caught:
        mask(data, SIZE)

    assert caught.value.say() == told


@pytest.mark.parametrize("shape", MaskShape)
def test_a_mask_of_pure_noise_is_sent_in_few_bytes_all_the_same(
    shape: MaskShape, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a mask that no encoder shrinks, when it is sent, then it edits more, but fits."""
    monkeypatch.setattr(masks, "SENT", 9_000)
    bits = Image.frombytes("1", (400, 300), os.urandom(50 * 300)).convert("L")
    data = written(bits, "PNG")
    assert len(data) > 15_000

    sent = shape_mask(data, shape)

    assert len(sent) < 9_000
    image = opened(sent)
    kept = image.getchannel("A") if shape is MaskShape.ALPHA else image
    edited = image if shape is MaskShape.WHITE else ImageChops.invert(kept)
    assert edited.size == bits.size
    assert ImageChops.lighter(edited, bits).tobytes() == edited.tobytes()


def test_the_largest_mask_is_sent_in_less_than_four_megabytes() -> None:
    """Given the largest mask of usual shapes, when it is sent, then it is exact and far below."""
    image = marked(3840, 3840)

    sent = shape_mask(written(image, "PNG", compress_level=1), MaskShape.ALPHA)

    assert len(sent) < SENT / 10
    assert opened(sent).getchannel("A").tobytes() == ImageChops.invert(image).tobytes()


def test_what_is_no_mask_cannot_be_sent() -> None:
    """Given bytes that are no picture, when they are to be sent as a mask, then it is an error."""
    with pytest.raises(BadAnswer):
        shape_mask(b"<html>", MaskShape.ALPHA)
