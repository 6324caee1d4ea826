"""Asked to stop: what is drawn is finished in the time there is, and the rest is not lost."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path

import pytest

from bot.demo.pretend_api import PretendApi
from bot.demo.pretend_faults import Hang, RateLimited
from tests.wire.discord_standin import Message, Standin
from tests.wire.easel import easel, environment, states
from tests.wire.test_run import finished, scene

PAUSED, WAITING = "**Waiting for the image service.**", "**In the queue.**"


def unanswered(message: Message) -> bool:
    """Whether a message says that nobody knows what became of the request."""
    return "no picture came back" in message.text


async def test_what_is_not_finished_in_time_goes_back_or_ends_as_unknown(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Given a second to stop in, then what was sent is told later, all else is drawn later."""
    channel, alice = await scene(standin)
    wish = {"EASEL_SLOTS": "2", "EASEL_DRAIN_S": "1", "EASEL_LOG": "json"}
    settings = environment(tmp_path, standin, service, **wish)
    async with easel("run", settings, tmp_path) as bot:
        await standin.ready()
        service.script(Hang(300), RateLimited(60))
        sent = await standin.slash(channel, alice, "generate", prompt="sent")
        await service.arrived(1)
        refused = await standin.slash(channel, alice, "generate", prompt="refused for now")
        await refused.message(until=lambda card: PAUSED in card.text)
        waiting = await standin.slash(channel, alice, "generate", prompt="waiting")
        await waiting.message()
        bot.terminate()
        assert await bot.stopped() == 0, bot.said
        assert len(service.requests) == 2
        assert states(tmp_path) == {
            "refused for now": "queued",
            "sent": "running",
            "waiting": "queued",
        }
        for each in (refused, waiting):
            [card] = await each.messages()
            assert (card.text.startswith(WAITING), card.buttons) == (True, ["Cancel"])
        assert "Traceback" not in bot.said

    async with easel("run", settings, tmp_path) as bot:
        assert (await sent.message(until=unanswered)).buttons == ["Try again"]
        for each in (refused, waiting):
            await each.message(until=finished)
    prompts = Counter(request.prompt for request in service.requests)
    assert prompts == {"sent": 1, "refused for now": 2, "waiting": 1}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_asked_twice_it_stops_at_once(
    tmp_path: Path, standin: Standin, service: PretendApi, number: signal.Signals
) -> None:
    """Given two minutes to stop in, when it is asked again, then it goes, and nothing is lost."""
    channel, alice = await scene(standin)
    settings = environment(tmp_path, standin, service, EASEL_SLOTS="2", EASEL_LOG="json")
    async with easel("run", settings, tmp_path) as bot:
        await standin.ready()
        upload = await standin.fault(method="PATCH", route="/webhooks/*", hold=True)
        posted = await standin.slash(channel, alice, "generate", prompt="posted")
        await upload.struck()
        async with service.held():
            sent = await standin.slash(channel, alice, "generate", prompt="sent")
            await service.arrived(2)
            bot.terminate(number)
            late = await standin.slash(channel, alice, "generate", prompt="too late")
            told = await late.message()
            bot.terminate(number)
            assert await bot.stopped() == 0, bot.said
        await upload.release()

    assert told.ephemeral
    assert "I cannot do that right now" in told.text
    assert states(tmp_path) == {"posted": "drawn", "sent": "running"}
    assert "Traceback" not in bot.said
    async with easel("run", settings, tmp_path) as bot:
        await sent.message(until=unanswered)
        await posted.message(until=finished)
        bot.terminate()
        assert await bot.stopped() == 0, bot.said
    assert [len(each.attachments) for each in await posted.messages()] == [1]
    assert states(tmp_path) == {"posted": "delivered", "sent": "unknown"}
    assert len(service.requests) == 2
