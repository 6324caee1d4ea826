"""What docs/editing.md tells members is what they will see, and what it shows them works."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import discord
import pytest

from bot.core import regions
from bot.core.canvas import LEAST, MOST, STEADY_PIXELS, TOO_LONG, Direction, nearest
from bot.core.images import Size
from bot.core.ports import Incoming
from bot.core.regions import Box, parse_region
from bot.discord_ui import incoming, replies
from bot.discord_ui.buttons import JobButton
from bot.discord_ui.commands.edit import edit
from bot.discord_ui.commands.expand import expand
from bot.discord_ui.editing import Choose
from bot.discord_ui.face import COMPONENTS
from bot.discord_ui.menus import menus
from bot.discord_ui.modals import FILES, MORE_FILES, EditModal
from bot.discord_ui.replies import OpenForm
from bot.imageapi.catalogue import load_catalogue
from bot.imaging import inspect, masks, opening, prepare, refusals
from bot.services import take_in
from bot.services.sweep import KEEP_INPUTS, KEEP_RESULTS
from tests.repo.documents import (
    DOCUMENTS,
    EDITING,
    README,
    ROOT,
    flat,
    leaf_commands,
    named,
    rows,
    section,
    table,
    text,
)

TRY_AGAIN = "Try again"
"""What *Again* is called under a request that ended without a picture."""

PRIVACY = ROOT / "docs" / "privacy.md"


class Shown:
    """A picture that the form may offer."""

    name = "harbour.png"
    spoiler = False

    async def read(self, limit: int) -> bytes:
        raise AssertionError("nobody has submitted the form")


def labels() -> set[str]:
    """What stands on the buttons."""
    kinds: tuple[type[object], ...] = COMPONENTS
    ours = {kind.label for kind in kinds if issubclass(kind, JobButton)}
    opens = OpenForm(1, 1).item.label
    assert opens
    return ours | {TRY_AGAIN, opens}


# ----------------------------------------------------------------------------- what members press


def test_the_guide_explains_every_button_and_no_other() -> None:
    """Given the guide's table, when compared with the buttons, then both have the same labels."""
    assert set(table(section(EDITING, "Under a picture"), "*")) == labels()


@pytest.mark.parametrize("label", sorted(labels() - {TRY_AGAIN, "Edit this picture"}))
def test_the_readme_names_what_stands_under_a_picture(label: str) -> None:
    """Given the README, when it tells what stands under requests, then it names each button."""
    assert f"*{label}*" in " ".join(section(README, "Commands").split())


def test_the_guide_names_the_select() -> None:
    """Given a message with several pictures, when the guide tells of it, then in its words."""
    assert f"*{Choose(1, [0, 1]).item.placeholder}*" in flat(EDITING)


@pytest.mark.parametrize("document", [README, EDITING], ids=named)
def test_the_entries_of_menus_are_named(document: Path) -> None:
    """Given the menus, when a document tells of them, then it names each entry."""
    assert [menu.name for menu in menus() if f"*{menu.name}*" not in flat(document)] == []


async def test_the_guide_explains_every_field_of_the_form() -> None:
    """Given the form as it may look, when compared with the guide, then the fields are the same."""
    shown: list[list[Incoming]] = [[], [Shown()], [Shown(), Shown()]]
    fields = {
        field.text
        for pictures in shown
        for field in EditModal(pictures).children
        if isinstance(field, discord.ui.Label)
    }
    explained = table(section(EDITING, "The form", depth=3), "*")

    assert set(explained) == fields
    assert explained["Other pictures to take from"] == [f"up to {FILES}"]
    assert explained["Even more pictures"] == [f"up to {MORE_FILES}"]


def test_the_guide_names_commands_that_exist() -> None:
    """Given the guide, when it names commands, then both new ones, and none that is not there."""
    mentioned = set(re.findall(r"`/([a-z ]+)`", text(EDITING)))

    assert {edit.name, expand.name} <= mentioned <= {name for name, _ in leaf_commands()}


def test_the_guide_names_options_that_exist() -> None:
    """Given the guide's examples, when they name options of /edit, then it has them."""
    examples = re.findall(r"`/edit`(?:, `\w+` \*[^*]+\*)+", flat(EDITING))
    used = {name for example in examples for name in re.findall(r"`(\w+)` \*", example)}

    assert {"prompt", "image", "mask", "region"} == used
    assert used <= {each.display_name for each in edit.parameters}


# ----------------------------------------------------------------------------------------- regions

EXAMPLES = rows(section(EDITING, "Regions", depth=3))


@pytest.mark.parametrize("words", EXAMPLES)
def test_an_example_of_a_region_is_the_part_it_says(words: str) -> None:
    """Given a row of the guide, when both of its cells are parsed, then they are the same box."""
    [box] = EXAMPLES[words]

    assert parse_region(words) == parse_region(box.strip("`"))


@pytest.mark.parametrize(
    "word",
    sorted(
        {*regions.SIDEWAYS, *regions.UPRIGHT, *regions.PARTS, *regions.MIDDLE}
        | {*regions.FILLERS, *regions.SEVERAL}
    ),
)
def test_every_word_of_a_region_is_explained(word: str) -> None:
    """Given a word that regions know, when the guide is read, then it is in it."""
    assert f"`{word}`" in section(EDITING, "Regions", depth=3)


def region_examples() -> set[str]:
    """Regions that are shown elsewhere: in the command, in refusals, in running text."""
    described = next(each for each in edit.parameters if each.name == "region").description
    listed = str(described).partition(": ")[2].replace(", or ", ", ").split(", ")
    quoted = re.findall(r"`([^`]+)`", regions.EXAMPLES)
    used = re.findall(r"`region` \*([^*]+)\*", flat(EDITING))
    named_in_text = [
        words for path in DOCUMENTS for words in re.findall(r"words like `([^`]+)`", flat(path))
    ]
    assert listed
    assert quoted
    assert used
    assert named_in_text
    return {*listed, *quoted, *used, *named_in_text}


@pytest.mark.parametrize("words", sorted(region_examples()))
def test_a_region_that_is_shown_anywhere_is_one(words: str) -> None:
    """Given an example in the command, a refusal or a document, when parsed, then it is a part."""
    assert isinstance(parse_region(words), Box)


# ---------------------------------------------------------------------------------------- expanding


def test_the_guide_explains_expand() -> None:
    """Given the guide's table, when compared with /expand, then options and values are right."""
    explained = rows(section(EDITING, "Expand"))
    real = {each.display_name: each for each in expand.parameters}

    assert re.findall(r"`([a-z ]+)`", explained["direction"][0]) == list(Direction)
    assert re.findall(r"\d+", explained["amount"][0]) == [
        str(number) for number in (LEAST, MOST, real["amount"].default)
    ]
    assert set(re.findall(r"`(\w+)`", section(EDITING, "Expand"))) >= set(real)


# ------------------------------------------------------------------------------------------ limits

LIMITS = [
    (EDITING, f"has room for 4, *Edit image* for {take_in.MOST}"),
    (EDITING, f"{STEADY_PIXELS / 1_000_000:.1f} million pixels"),
    (EDITING, f"{take_in.FETCHED // 2**20} MB a file"),
    (EDITING, f"{inspect.PIXEL_LIMIT // 1_000_000} million pixels (fewer"),
    (EDITING, f"{opening.EDGE_LIMIT:,} pixels along an edge"),
    (EDITING, f"at most {prepare.MOST_RATIO} times as long"),
    (EDITING, f"longer than {take_in.MAX_EDGE} pixels"),
    (EDITING, f"smaller than {prepare.LEAST_EDGE} is enlarged"),
    (EDITING, f"the same ones, for {KEEP_INPUTS.days} days"),
    (EDITING, f"more than {KEEP_INPUTS.days} days ago"),
    (EDITING, f"could not be posted; for {KEEP_RESULTS.days} days"),
    (README, f"with up to {take_in.MOST} pictures at a time"),
    (README, f"with up to {FILES + MORE_FILES} others to take from"),
    (README, f"for {KEEP_INPUTS.days} days"),
    (README, f"which are kept for {KEEP_RESULTS.days} days"),
    (PRIVACY, f"| {KEEP_INPUTS.days} days after the last request"),
    (PRIVACY, f"those that could not be posted, {KEEP_RESULTS.days} days"),
    (ROOT / "docs" / "operate.md", f"for {KEEP_INPUTS.days} days after the last request"),
    (ROOT / "docs" / "operate.md", f"takes {take_in.KEPT // 2**20} MB at most"),
    (ROOT / "docs" / "why.md", f"*Kept for {KEEP_INPUTS.days} days.*"),
    (ROOT / "CHANGELOG.md", f"for {KEEP_INPUTS.days} days"),
]


@pytest.mark.parametrize(("document", "words"), LIMITS, ids=lambda each: str(each)[-40:])
def test_a_limit_in_a_document_is_the_programs(document: Path, words: str) -> None:
    """Given a number that the program holds to, when a document tells it, then the same one."""
    assert words in flat(document)


def test_the_guide_names_the_kinds_of_files() -> None:
    """Given the files that can be read, when the guide lists them, then it lists all of them."""
    listed = re.search(r"^- (.+), told by the file", section(EDITING, "Limits"), re.MULTILINE)
    assert listed

    assert [name.upper() for name in re.split(r", | and ", listed[1])] == list(opening.READABLE)


def test_the_size_of_the_guides_example_is_right() -> None:
    """Given the photograph of the guide, when its edit's size is worked out, then it is that."""
    told = re.search(r"of (\d+) × (\d+) comes back with (\d+) × (\d+)", flat(EDITING))
    assert told
    width, height, across, down = (int(number) for number in told.groups())
    default = next(iter(load_catalogue()))

    assert nearest(Size(width, height), default.sizes) == Size(across, down)


# --------------------------------------------------------------------------------------- refusals

REFUSALS = re.findall(r"^\| “(.+?)” \|", section(EDITING, "When it says no"), re.MULTILINE)

SAID = [
    *(incoming.GONE, incoming.HIDDEN, incoming.LATER),
    *(replies.NO_PICTURE, replies.NO_WORDS, replies.HIDDEN, replies.SEVERAL),
    *(masks.NOTHING, masks.EVERYTHING, TOO_LONG, refusals.EMPTY, refusals.STRANGE),
    refusals.damaged(refusals.Role.PICTURE),
    refusals.too_large(refusals.Role.PICTURE, 50, 20_000),
    refusals.too_thin(refusals.Role.PICTURE, 20),
    refusals.unreadable(b"8BPS", refusals.Role.PICTURE),
    refusals.unreadable(b"%PDF", refusals.Role.PICTURE),
]
"""What the program is known to refuse pictures with."""


def sentences() -> list[str]:
    """Every text in the code of the bot, with … where something is filled in."""
    found = []
    for path in sorted(ROOT.glob("bot/**/*.py")):
        for node in ast.walk(ast.parse(text(path))):
            if isinstance(node, ast.JoinedStr):
                parts = (getattr(part, "value", "") for part in node.values)
                found.append("".join(part if isinstance(part, str) else "…" for part in parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return found


def pattern(quoted: str) -> re.Pattern[str]:
    """What a quotation with … stands for."""
    return re.compile(r".*".join(re.escape(part.strip()) for part in quoted.split("…")))


def test_the_guide_quotes_the_program() -> None:
    """Given the refusals that the guide explains, when looked for, then the program has them."""
    code = sentences()

    assert REFUSALS
    assert [
        quoted for quoted in REFUSALS if not any(pattern(quoted).search(each) for each in code)
    ] == []


@pytest.mark.parametrize("sentence", SAID, ids=lambda each: each[:40])
def test_every_refusal_of_a_picture_is_explained(sentence: str) -> None:
    """Given a refusal, when it is looked up in the guide, then it is there."""
    assert any(pattern(quoted).search(sentence) for quoted in REFUSALS)
