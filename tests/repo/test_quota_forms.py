"""The forms of /quota are ones that Discord takes, whatever is set."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import discord
import pytest

from bot.core.allowances import Allowance
from bot.core.images import Quality
from bot.core.periods import Period
from bot.core.quotas import Rule, Subject
from bot.discord_ui.limit_forms import AllowForm, LimitsForm, read_pixels, size_text
from bot.services.limit import Whom
from tests.core.models_for_tests import PAINTER

WHOM = Whom(1, Subject.ROLE, 2)
NAME = "@" + "a role with a very long name " * 4
MANY = tuple(
    replace(PAINTER, id=f"painter-{number}", name=f"Painter {number}") for number in range(40)
)
MOST = Allowance(
    models=frozenset({"painter-39", "a model that was shut down"}),
    quality=Quality.XHIGH,
    pixels=8_294_400,
    count=10,
    edits=False,
)


def labels(form: discord.ui.Modal) -> list[discord.ui.Label[discord.ui.LayoutView]]:
    """The fields of a form."""
    return [each for each in form.children if isinstance(each, discord.ui.Label)]


def check(form: discord.ui.Modal) -> None:
    """Hold it against what Discord documents."""
    assert 1 <= len(form.title) <= 45
    assert 1 <= len(form.children) <= 5
    for label in labels(form):
        assert 1 <= len(label.text) <= 45
        assert len(label.description or "") <= 100
        field = label.component
        if isinstance(field, discord.ui.Select):
            assert 1 <= len(field.options) <= 25
            assert 0 <= field.min_values <= field.max_values <= len(field.options)
            chosen = [option for option in field.options if option.default]
            assert len(chosen) <= field.max_values
            assert len({option.value for option in field.options}) == len(field.options)
        else:
            assert isinstance(field, discord.ui.TextInput)
            assert len(field.default or "") <= (field.max_length or 4000)


async def test_the_form_for_limits_holds_the_largest_limits() -> None:
    """Given limits as long as they can be, when the form is made, then each fits its field."""
    rules = {
        period: Rule(
            guild_id=1,
            subject=Subject.ROLE,
            subject_id=2,
            period=period,
            pictures=1_000_000,
            micro=999_999_999_999,
            set_by=3,
            set_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for period in Period
    }

    form = LimitsForm(WHOM, NAME, rules)

    check(form)
    assert [label.text for label in labels(form)] == [f"Per {period}" for period in Period]


@pytest.mark.parametrize("said", [Allowance(), MOST], ids=["nothing", "everything"])
@pytest.mark.parametrize("models", [MANY[:1], MANY], ids=["one model", "many models"])
async def test_the_form_for_what_may_be_asked_for_holds_all_of_it(
    said: Allowance, models: tuple[object, ...]
) -> None:
    """Given nothing or everything said, when the form is made, then it fits and shows it."""
    form = AllowForm(WHOM, NAME, said, MANY[: len(models)])

    check(form)
    menu = labels(form)[0].component
    assert isinstance(menu, discord.ui.Select)
    chosen = {option.value for option in menu.options if option.default}
    assert chosen == set(said.models or ())


@pytest.mark.parametrize("pixels", [1, 1_048_576, 1_000_000, 8_294_400])
def test_a_largest_size_is_read_as_it_is_shown(pixels: int) -> None:
    """Given a largest size, when the form shows it and nobody touches it, then it stays."""
    assert read_pixels(size_text(pixels, MANY)) == pixels
