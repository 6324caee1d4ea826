"""What an operator lets be spent, as it is set."""

from __future__ import annotations

import pytest

from bot.core.budgets import NO_BUDGETS, Budgets
from bot.parts import limits_of
from bot.settings import load

NAMES = (
    "EASEL_BUDGET_DAY",
    "EASEL_BUDGET_MONTH",
    "EASEL_SERVER_BUDGET_DAY",
    "EASEL_SERVER_BUDGET_MONTH",
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["a lot", "-5", "2.1234567", "20 dollars", "1e3", "20.5.1"])
def test_what_is_no_amount_is_said_with_the_repair(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Given something else than dollars, when read, then the sentence says how they are written."""
    monkeypatch.setenv(name, value)

    loaded, problems = load(None)

    assert problems == (f"{name} must be dollars, like 20 or 2.50, not “{value}”.",)
    assert limits_of(loaded).budgets == NO_BUDGETS


@pytest.mark.parametrize(
    ("value", "micro"),
    [
        ("20", 20_000_000),
        ("2.50", 2_500_000),
        ("$5", 5_000_000),
        ("0", 0),
        ("1,250", 1_250_000_000),
    ],
)
def test_budgets_are_dollars(monkeypatch: pytest.MonkeyPatch, value: str, micro: int) -> None:
    """Given dollars as people write them, when read, then they are whole millionths."""
    for name in ("EASEL_BUDGET_DAY", "EASEL_BUDGET_MONTH"):
        monkeypatch.setenv(name, value)
        monkeypatch.setenv(name.replace("EASEL_", "EASEL_SERVER_"), value)

    loaded, problems = load(None)

    assert problems == ()
    assert limits_of(loaded).budgets == Budgets(
        day=micro, month=micro, server_day=micro, server_month=micro
    )


def test_without_a_budget_there_is_none() -> None:
    """Given no variable, when the settings are read, then nothing stands above the servers."""
    assert limits_of(load(None)[0]).budgets == NO_BUDGETS
