"""The demo's painter: the same words give the same picture, other words another one."""

import subprocess
import sys
from hashlib import sha256

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageStat

from bot.demo import painter
from bot.demo.painting import cast, words

PROMPTS = (
    "a lighthouse at sunset",
    "a fox in the snow",
    "a city at night in the rain",
    "a robot",
    "what we talk about when we talk",
    "a watercolour of a mountain lake",
)
MODES = ("RGB", "RGBA", "L", "P", "CMYK")


def difference(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures lie apart, 0 to 255, on average over pixels and colours."""
    gap = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return sum(ImageStat.Stat(gap).mean) / 3


def brightness(image: Image.Image) -> float:
    """Mean lightness, 0 to 255."""
    return float(ImageStat.Stat(image.convert("L")).mean[0])


def digest(image: Image.Image) -> str:
    """A fingerprint of every pixel."""
    return sha256(image.tobytes()).hexdigest()


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    """A picture to edit."""
    return painter.paint("a lighthouse at sunset by the sea", 512, 384)


@pytest.fixture
def disc() -> Image.Image:
    """A mask with a soft rim, the size of the picture to edit."""
    mask = Image.new("L", (512, 384), 0)
    ImageDraw.Draw(mask).ellipse((60, 120, 300, 360), fill=255)
    return mask.filter(ImageFilter.BoxBlur(6))


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_same_prompt_gives_the_same_picture(prompt: str) -> None:
    """Given a prompt, when it is painted twice, then no pixel differs."""
    first, second = (painter.paint(prompt, 320, 256, quality="high") for _ in range(2))

    assert first.tobytes() == second.tobytes()


def test_the_same_prompt_gives_the_same_picture_in_another_process() -> None:
    """Given another process with another hash seed, when it paints, then no pixel differs."""
    code = (
        "from hashlib import sha256; from bot.demo import painter;"
        "print(sha256(painter.paint('a fox at dawn', 160, 128).tobytes()).hexdigest())"
    )

    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }

    assert seen == {digest(painter.paint("a fox at dawn", 160, 128))}


def test_different_prompts_look_different() -> None:
    """Given prompts about different things, when painted, then each pair lies far apart."""
    pictures = [painter.paint(prompt, 256, 256) for prompt in PROMPTS]

    gaps = [
        difference(one, other)
        for index, one in enumerate(pictures)
        for other in pictures[index + 1 :]
    ]

    assert min(gaps) > 20


def test_prompts_with_the_same_words_in_another_order_still_differ() -> None:
    """Given two prompts that name the same things, when painted, then they are two pictures."""
    one = painter.paint("a fox in the forest", 256, 256)
    other = painter.paint("the forest and its fox", 256, 256)

    assert difference(one, other) > 8


def test_variations_differ_but_stay_on_theme() -> None:
    """Given one prompt, when its variations are painted, then they differ and name the same."""
    prompt = "a red boat on the sea at night"

    pictures = [painter.paint(prompt, 256, 256, variation=index) for index in range(4)]
    themes = [words.read(prompt, index) for index in range(4)]

    assert all(difference(pictures[0], other) > 5 for other in pictures[1:])
    assert {(theme.place, theme.subjects, theme.time) for theme in themes} == {
        ("sea", ("boat",), "night")
    }
    assert max(brightness(picture) for picture in pictures) < 110


@pytest.mark.parametrize("size", [(1024, 1024), (1536, 1024), (704, 2048), (2048, 704), (16, 16)])
def test_a_picture_has_exactly_the_size_asked_for(size: tuple[int, int]) -> None:
    """Given a size, when a prompt is painted, then the picture is so large and opaque."""
    image = painter.paint("a castle in the mountains", *size)

    assert (image.size, image.mode) == (size, "RGB")


def test_a_picture_larger_than_the_working_size_is_scaled_up() -> None:
    """Given the largest size there is, when a prompt is painted, then it fills it."""
    image = painter.paint("a desert", 3840, 2160)

    assert image.size == (3840, 2160)
    assert (
        difference(
            image.resize((256, 144)), painter.paint("a desert", 1920, 1080).resize((256, 144))
        )
        < 6
    )


def test_quality_adds_detail_to_the_same_scene() -> None:
    """Given one prompt, when quality rises, then there is more to see in the same composition."""
    flat, rich = (
        painter.paint("a snowy forest at night", 512, 512, quality=quality)
        for quality in ("low", "max")
    )

    edges = [
        brightness(image.resize((256, 256)).convert("L").filter(ImageFilter.FIND_EDGES))
        for image in (flat, rich)
    ]

    assert edges[0] < edges[1]
    assert difference(flat.resize((8, 8)), rich.resize((8, 8))) < 40


def test_an_unknown_quality_is_refused_by_name() -> None:
    """Given a word that is no quality, when painting, then the error lists those that are."""
    with pytest.raises(ValueError, match="low, medium, high, xhigh, max"):
        painter.paint("a fox", 64, 64, quality="hd")


@pytest.mark.parametrize("prompt", ["a fox", "sticker of a rocket", "mountains", "zxqv"])
def test_transparency_leaves_the_backdrop_out(prompt: str) -> None:
    """Given any prompt, when painted transparent, then corners are clear and the middle is not."""
    image = painter.paint(prompt, 256, 256, transparent=True)

    alpha = image.getchannel("A")
    corners = [alpha.getpixel((x, y)) for x in (0, 255) for y in (0, 255)]
    assert (image.mode, image.size) == ("RGBA", (256, 256))
    assert corners == [0, 0, 0, 0]
    assert alpha.getpixel((128, 160)) == 255


def test_words_for_light_are_heeded() -> None:
    """Given night and noon, when the same place is painted, then night is far darker."""
    night, noon = (painter.paint(f"the sea at {time}", 128, 128) for time in ("night", "noon"))

    assert brightness(night) < brightness(noon) - 40


@pytest.mark.parametrize(("colour", "band"), [("red", 0), ("green", 1), ("blue", 2)])
def test_words_for_colours_are_heeded(colour: str, band: int) -> None:
    """Given a colour for the sky, when painted, then that colour leads."""
    means = ImageStat.Stat(painter.paint(f"a {colour} sky over the sea", 128, 128)).mean

    assert means[band] == max(means)


def test_words_ruled_out_are_not_painted() -> None:
    """Given a prompt that rules things out, when it is read, then they are not in it."""
    theme = words.read("a forest without fog, no people. Avoid: snow, cats", 0)

    assert (theme.place, theme.subjects, theme.weather) == ("forest", (), ())


def test_a_colour_belongs_to_the_subject_after_it() -> None:
    """Given two subjects with colours, when the prompt is read, then each wears its own."""
    theme = words.read("an orange cat and a blue bird under a red sky", 0)

    assert theme.subjects == ("cat", "bird")
    assert theme.coats == (
        words.read("orange cat", 0).coats[0],
        words.read("blue bird", 0).coats[0],
    )
    assert len(theme.colours) == 1


KNOWN = (
    "sea lake mountain forest city desert meadow space underwater studio abstract lighthouse boat "
    "house castle tree fox cat dog owl bird fish whale flower rocket robot woman man portrait "
    "balloon cactus mushroom cup deer planet fog snow rain storm aurora moon sunset dawn "
    "pixel watercolour oil monochrome vintage neon"
)


@pytest.mark.parametrize("word", KNOWN.split())
def test_every_known_word_makes_a_picture(word: str) -> None:
    """Given a word the painter knows, when painted with all detail, then it is no blank."""
    assert words.read(word, 0).known or words.read(word, 0).manners

    image = painter.paint(word, 192, 160, quality="max")

    assert min(ImageStat.Stat(image).stddev) > 5


def test_every_subject_that_is_understood_can_be_drawn() -> None:
    """Given all words for subjects, when their roles are looked up, then each has one."""
    assert all(cast.role(subject) for subject in words._WORDS["subject"].values())


@pytest.mark.parametrize("prompt", ["", " ", "🦊", "qqq", "ü" * 32_000, "\ud800", "!@#", "0"])
def test_prompts_without_a_known_word_become_abstract_art(prompt: str) -> None:
    """Given words of no meaning, when painted, then a picture comes of it all the same."""
    assert not words.read(prompt, 0).known

    assert max(ImageStat.Stat(painter.paint(prompt, 128, 128)).stddev) > 5


def test_a_stand_in_is_the_prompts_own_and_of_the_right_kind() -> None:
    """Given the quick stand-in, when prompts are painted, then they differ and fit the order."""
    one, other = (painter.plain(prompt, 320, 160) for prompt in ("a", "b"))

    assert one.size == (320, 160)
    assert one.tobytes() == painter.plain("a", 320, 160).tobytes()
    assert one.tobytes() != other.tobytes()
    assert painter.plain("a", 64, 64, transparent=True).mode == "RGBA"


@pytest.mark.parametrize("transparent", [False, True])
def test_partial_pictures_clear_up(*, transparent: bool) -> None:
    """Given a picture, when it is seen unfinished, then it nears the finished one step by step."""
    image = painter.paint("a fox at sunset", 256, 256, transparent=transparent)

    gaps = [difference(image, painter.partial(image, step / 4)) for step in range(5)]

    assert gaps == sorted(gaps, reverse=True)
    assert gaps[0] > 10
    assert gaps[-1] == 0
    assert painter.partial(image, 0.5).mode == image.mode
    assert painter.partial(image, 0.5).tobytes() == painter.partial(image, 0.5).tobytes()


EDITS = (
    "a boat",
    "make the sky red",
    "starry night sky",
    "remove this",
    "watercolour",
    "something else",
    "a castle in the mountains at dawn",
)


@pytest.mark.parametrize("prompt", EDITS)
def test_an_edit_changes_only_what_the_mask_allows(
    prompt: str, photo: Image.Image, disc: Image.Image
) -> None:
    """Given a mask, when a picture is edited, then black stays to the byte and white changes."""
    result = painter.edited(photo, disc, prompt)

    outside = disc.point([255 if value == 0 else 0 for value in range(256)])
    inside = disc.point([255 if value == 255 else 0 for value in range(256)])
    gap = ImageChops.difference(photo, result)
    assert ImageStat.Stat(gap, outside).extrema == [(0, 0)] * 3
    assert sum(ImageStat.Stat(gap, inside).mean) > 3


@pytest.mark.parametrize("prompt", EDITS)
def test_an_edit_without_a_mask_shows(prompt: str, photo: Image.Image) -> None:
    """Given no mask, when a picture is edited, then one sees it, at the same size."""
    result = painter.edited(photo, None, prompt)

    assert result.size == photo.size
    assert prompt == "remove this" or difference(photo, result) > 1


def test_a_mask_that_keeps_everything_keeps_everything(photo: Image.Image) -> None:
    """Given a black mask, when a picture is edited, then nothing changes."""
    result = painter.edited(photo, Image.new("L", photo.size, 0), "a cat")

    assert result.tobytes() == photo.tobytes()


@pytest.mark.parametrize("mode", MODES)
def test_pictures_of_any_mode_can_be_edited(mode: str, photo: Image.Image) -> None:
    """Given a picture in a mode of its own, when edited, then it comes back in full colour."""
    result = painter.edited(photo.convert(mode), None, "a cat at night")

    assert (result.size, result.mode) == (photo.size, "RGBA" if mode == "RGBA" else "RGB")


def test_a_mask_of_another_size_is_scaled(photo: Image.Image) -> None:
    """Given a small mask for the left half, when edited, then the right half stays as it was."""
    mask = Image.new("L", (64, 48), 0)
    mask.paste(255, (0, 0, 30, 48))

    result = painter.edited(photo, mask, "a green field")

    right = (300, 0, 512, 384)
    assert result.crop(right).tobytes() == photo.crop(right).tobytes()
    assert difference(result, photo) > 3


@pytest.mark.parametrize("corner", [(256, 0), (0, 192), (0, 0), (128, 96)])
def test_a_larger_canvas_is_filled_from_what_was_there(
    corner: tuple[int, int], photo: Image.Image
) -> None:
    """Given a picture on a blank canvas, when the blank may change, then it is painted over."""
    canvas, mask = Image.new("RGB", (768, 576)), Image.new("L", (768, 576), 255)
    canvas.paste(photo, corner)
    box = (*corner, corner[0] + photo.width, corner[1] + photo.height)
    mask.paste(0, box)

    result = painter.edited(canvas, mask, "go on")

    assert result.crop(box).tobytes() == photo.tobytes()
    assert min(ImageStat.Stat(result, mask).mean) > 15


def test_painting_into_a_hole_makes_it_opaque(photo: Image.Image) -> None:
    """Given a transparent hole that is also the mask, when edited, then the hole is gone."""
    image = photo.convert("RGBA")
    hole = Image.new("L", photo.size, 0)
    hole.paste(255, (100, 100, 300, 300))
    image.putalpha(ImageChops.invert(hole))

    result = painter.edited(image, hole, "a cat")

    assert result.getchannel("A").getextrema() == (255, 255)
