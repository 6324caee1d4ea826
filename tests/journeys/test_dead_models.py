"""A model was shut down: another draws, where the operator allows it, and everybody is told."""

from __future__ import annotations

from pathlib import Path

from bot.core import events
from tests.journeys.studio import hold_studio, said, texts


async def test_what_follows_a_model_that_ended_draws_and_the_card_says_so(tmp_path: Path) -> None:
    """DALL·E 3 is asked for, the default draws, in what is nearest to what was wished."""
    async with hold_studio(tmp_path / "data", dead_models="replace") as studio:
        message = await studio.draw(studio.world.alice, "a fox", model="dall-e-3", quality="high")

        [request] = studio.service.requests
        assert request.model == "gpt-image-2.5-flare"
        said_so = "DALL·E 3 was shut down on 2026\\-05\\-12, so GPT Image 2.5 Flare drew this."
        assert said_so in texts(message)


async def test_a_model_that_nobody_here_follows_is_replaced_by_the_default(tmp_path: Path) -> None:
    """Imagen's own successor is not set up, so what is set up draws."""
    async with hold_studio(tmp_path / "data", dead_models="replace") as studio:
        message = await studio.draw(studio.world.alice, "a fox", model="imagen-4")

        assert "so GPT Image 2.5 Flare drew this" in texts(message)


async def test_a_refusal_proposes_what_is_set_up_here(tmp_path: Path) -> None:
    """Imagen's own successor is not set up, so it is not proposed, nor are others of its kind."""
    async with hold_studio(tmp_path / "data") as studio:
        gone = await studio.generate(studio.world.alice, "a fox", model="imagen-4")
        unknown = await studio.generate(studio.world.alice, "a fox", model="crayons")

        assert "use gpt-image-2.5-flare instead" in said(gone)
        assert "gpt-image-2" in said(unknown)
        assert "gemini" not in said(unknown)
        assert studio.happenings.of(events.Accepted) == []
