"""What a server says about requests: where, in which words, and by default how."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.allowances import Allowance
from bot.core.errors import NotAllowed
from bot.core.guilds import GuildSettings
from bot.core.house_rules import check_place, check_prompt, fill_in, hidden
from bot.core.images import ImageRequest, Quality, Size
from bot.core.jobs import Place
from bot.core.models import Wish
from tests.core.models_for_tests import CATALOGUE

CHANNEL, PARENT, CATEGORY, OTHER = 10, 20, 30, 40

PLACE = Place(
    guild_id=1,
    channel_id=CHANNEL,
    member_id=2,
    interaction_id=3,
    token="",
    application_id=4,
    inside=frozenset({PARENT, CATEGORY}),
)

MODEL = next(model for model in CATALOGUE if model.id == "painter-2")
ANYTHING = Allowance()


@pytest.mark.parametrize(
    ("allowed", "denied", "fine"),
    [
        (set(), set(), True),
        ({CHANNEL}, set(), True),
        ({PARENT}, set(), True),
        ({CATEGORY, OTHER}, set(), True),
        ({OTHER}, set(), False),
        (set(), {CHANNEL}, False),
        (set(), {CATEGORY}, False),
        ({CHANNEL}, {CATEGORY}, False),
        ({CATEGORY}, {OTHER}, True),
    ],
)
def test_a_place_is_allowed_by_what_it_is_in(
    *, allowed: set[int], denied: set[int], fine: bool
) -> None:
    """Given both lists, when somebody asks in a thread, then channel and category count for it."""
    chosen = GuildSettings(allowed_channels=frozenset(allowed), denied_channels=frozenset(denied))
    if fine:
        check_place(chosen, PLACE)
        return
    with pytest.raises(NotAllowed, match="I may not draw in this channel"):
        check_place(chosen, PLACE)


def test_a_refusal_names_where_else_to_ask() -> None:
    """Given places that are allowed, when another is refused, then it names some of them."""
    few = GuildSettings(allowed_channels=frozenset({1, 2}), denied_channels=frozenset({2, 3}))
    many = GuildSettings(allowed_channels=frozenset(range(100, 110)))
    none = GuildSettings(denied_channels=frozenset({CHANNEL}))

    said = []
    for chosen in (few, many, none):
        with pytest.raises(NotAllowed) as refused:
            check_place(chosen, PLACE)
        said.append(refused.value.say())

    assert said[0].endswith("Ask again in <#1>.")
    assert said[1].endswith("<#103>, <#104> and others.")
    assert said[2].endswith("Ask again in another one.")


def test_a_server_may_want_age_restricted_channels_only() -> None:
    """Given that, when somebody asks elsewhere, then it is refused, and there it is not."""
    chosen = GuildSettings(age_restricted_only=True)

    check_place(chosen, replace(PLACE, age_restricted=True))
    with pytest.raises(NotAllowed, match="age-restricted channels only"):
        check_place(chosen, PLACE)


def request(prompt: str, avoid: str = "") -> ImageRequest:
    """In these words."""
    return ImageRequest(
        prompt=prompt, avoid=avoid, model="m", size=Size(1024, 1024), quality=Quality.LOW, count=1
    )


def test_words_count_in_all_that_is_sent_of_them() -> None:
    """Given a word, when it stands in what to avoid, then the service would read it as well."""
    chosen = GuildSettings(words=("blood",))

    check_prompt(chosen, request("roses", avoid="thorns"))
    for bad in (request("blood"), request("roses", avoid="blood")):
        with pytest.raises(NotAllowed):
            check_prompt(chosen, bad)


def test_pictures_are_hidden_where_the_server_wants_that() -> None:
    """Given a request that nobody hid, when the server hides all, then it is hidden."""
    assert hidden(GuildSettings(always_spoiler=True), request("a")).spoiler
    assert not hidden(GuildSettings(), request("a")).spoiler
    assert hidden(GuildSettings(), replace(request("a"), spoiler=True)).spoiler


CHOSEN = GuildSettings(size="1024x1536", quality="high", format="jpeg")


def filled(wish: Wish, allowed: Allowance = ANYTHING, *, edits: bool = False) -> Wish:
    """What the server makes of it."""
    return fill_in(wish, MODEL, CHOSEN, allowed, edits=edits)


def test_what_a_member_leaves_open_is_what_the_server_chose() -> None:
    """Given defaults, when a member names some options, then the others are filled in."""
    assert filled(Wish(prompt="a")) == Wish(
        prompt="a", size="1024x1536", quality="high", format="jpeg"
    )
    named = Wish(prompt="a", size="1024x1024", quality="low", format="png")
    assert filled(named) == named


def test_what_is_edited_keeps_its_own_size() -> None:
    """Given a default size, when a picture is edited, then it does not change its shape."""
    assert filled(Wish(prompt="a"), edits=True).size is None


def test_a_default_that_the_member_is_not_allowed_is_passed_over() -> None:
    """Given an allowance that is less, when they name nothing, then nothing is refused to them."""
    less = Allowance(quality=Quality.MEDIUM, pixels=1024 * 1024)

    assert filled(Wish(prompt="a"), less) == Wish(prompt="a", format="jpeg")


def test_a_default_that_the_model_lacks_is_passed_over() -> None:
    """Given a quality and a size of another model, when this one draws, then it uses its own."""
    chosen = GuildSettings(quality="max", size="64x64", format="jpeg")
    wish = Wish(prompt="a", background="transparent")

    assert fill_in(wish, MODEL, chosen, ANYTHING, edits=False) == wish
