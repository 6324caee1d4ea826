"""Whatever people hand in becomes a correct picture, or a sentence that helps."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from bot.core.errors import BadPicture
from bot.core.images import Format, Size
from bot.core.ports import Prepared
from bot.imaging.masks import mask
from bot.imaging.prepare import prepare
from tests.imaging.cases import DAMAGED, MAX_BYTES, MAX_EDGE, Case
from tests.imaging.corpus import CORPUS, HEAVY
from tests.imaging.forgeries import SECRET, chunks, segments
from tests.imaging.pictures import opened, picture, scene, see_through, written

ROOT = Path(__file__).parents[2]

TECHNICAL = re.compile(
    r"Traceback|Error|Exception|None|null|\b0x|bytes|decode|header|codec|PIL|Pillow|[_<>{}\[\]]"
)

# What Pillow has to say about odd files goes to the log of an operator; pytest would raise it.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")


def prepared(data: bytes) -> Prepared | str:
    """What becomes of a file: the picture, or what its owner reads."""
    try:
        return prepare(data, max_edge=MAX_EDGE, max_bytes=MAX_BYTES)
    except BadPicture as refusal:
        return refusal.say()


def assert_sound(done: Prepared) -> None:
    """It decodes, is what it says, is small enough, and holds pixels and nothing else."""
    image = opened(done.data)
    assert image.format == done.format.value.upper()
    assert image.size == (done.size.width, done.size.height)
    assert image.mode in ("RGB", "RGBA")
    assert max(image.size) <= MAX_EDGE
    assert len(done.data) <= MAX_BYTES
    assert SECRET not in done.data
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not getattr(image, "is_animated", False)
    if done.format is Format.PNG:
        assert set(chunks(done.data)) == {b"IHDR", b"IDAT", b"IEND"}
    else:
        assert set(segments(done.data)) <= {0xE0, 0xDB, 0xC0, 0xC4}


def apart(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures of one size are apart, on average, of 255."""
    mode = "RGBA" if "A" in one.getbands() + other.getbands() else "RGB"
    both = [
        image.convert("RGBA").convert("RGBa" if mode == "RGBA" else "RGB") for image in (one, other)
    ]
    return max(ImageStat.Stat(ImageChops.difference(*both)).mean)


@pytest.mark.parametrize("case", CORPUS.values(), ids=CORPUS)
def test_every_file_becomes_what_it_should(case: Case) -> None:
    """Given a file as people hand them in, when prepared, then it is right, or refused so."""
    done = prepared(case.make())

    if isinstance(done, str):
        assert done == case.told
        return
    assert case.told is None
    assert_sound(done)
    if case.size:
        assert (done.size.width, done.size.height) == case.size
    if case.looks:
        assert apart(opened(done.data), case.looks()) < 6


def test_every_sentence_is_plain() -> None:
    """Given all that owners are told, when they read it, then it says what to do, in words."""
    sentences = {case.told for case in (*CORPUS.values(), *HEAVY.values()) if case.told}

    assert len(sentences) >= 12
    for said in sentences:
        assert not TECHNICAL.search(said)
        assert said[0].isupper()
        assert said.endswith(".")
        assert len(said) <= 200


FORMS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF")


@pytest.mark.parametrize("form", FORMS)
def test_a_file_cut_off_anywhere_is_taken_whole_or_refused(form: str) -> None:
    """Given a file whose end never arrived, when prepared, then it is damaged, or nothing lacks."""
    image = scene(96, 72)
    whole = written(image.quantize(64) if form == "GIF" else image, form)

    for part in range(1, 40):
        done = prepared(whole[: len(whole) * part // 40])
        if isinstance(done, str):
            assert done == DAMAGED or part == 1
        else:
            assert_sound(done)
            assert apart(opened(done.data), opened(whole)) < 6


SAMPLES = [
    *(picture(form) for form in Format),
    written(see_through(), "PNG"),
    written(scene().quantize(64), "GIF"),
    written(scene(), "JPEG", progressive=True),
    written(scene().convert("CMYK"), "JPEG"),
    written(scene(), "AVIF", speed=10),
    written(scene(), "BMP"),
    *(CORPUS[name].make() for name in CORPUS if "profile" in name or "held sideways" in name),
]


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12),
)
def test_broken_bytes_end_in_a_picture_or_a_sentence(
    data: bytes, changes: list[tuple[float, int]]
) -> None:
    """Given a file with bytes changed, when handed in as anything, then nothing else happens."""
    broken = bytearray(data)
    for place, value in changes:
        broken[int(place * len(broken))] = value

    done = prepared(bytes(broken))

    if isinstance(done, str):
        assert not TECHNICAL.search(done)
    else:
        assert_sound(done)
    with suppress(BadPicture):
        assert opened(mask(bytes(broken), Size(50, 40))).size == (50, 40)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process of its own tells that took in the corpus, and the large files, at once."""
    folder = tmp_path_factory.mktemp("corpus")
    for number, case in enumerate((*CORPUS.values(), *HEAVY.values())):
        (folder / f"{number:03}").write_bytes(case.make())
    done = subprocess.run(
        [sys.executable, "-m", "tests.imaging.corpus_run", folder],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_large_pictures_are_taken_as_well(run: dict[str, Any]) -> None:
    """Given large pictures of every kind, when all are handed in at once, each is as it should."""
    outcomes = list(run["outcomes"].values())[len(CORPUS) :]

    for (name, case), (first, *rest) in zip(HEAVY.items(), outcomes, strict=True):
        if case.told:
            assert first == case.told, name
        else:
            assert tuple(rest[:2]) == case.size, name
            assert rest[2] <= MAX_BYTES, name


def test_memory_stays_bounded(run: dict[str, Any]) -> None:
    """Given all files at once, when they are taken in, then memory grows by less than 300 MB."""
    assert run["grown"] < 300


def test_the_loop_is_not_held_up(run: dict[str, Any]) -> None:
    """Given all files at once, when they are taken in, then the loop is never kept for 100 ms."""
    assert run["beats"] > 100
    assert run["longest"] < 0.1
