"""Settings that cannot work: one clear sentence each, exit code 2, no traceback."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.demo.pretend_api import PretendApi
from tests.wire.discord_standin import Standin
from tests.wire.easel import easel, environment

GOOD = {"DISCORD_TOKEN": "aaa.bbb.ccc", "OPENAI_API_KEY": "sk-secret-value"}


WRONG = [
    ({"DISCORD_TOKEN": ""}, "DISCORD_TOKEN is not set. Copy it from the Developer Portal"),
    ({"OPENAI_API_KEY": ""}, "OPENAI_API_KEY is not set."),
    ({"OPENAI_BASE_URL": "api.openai.com"}, "OPENAI_BASE_URL is not an address"),
    ({"DISCORD_API_URL": "nowhere"}, "DISCORD_API_URL is not an address"),
    ({"DATA_DIR": "/proc/nothing"}, "DATA_DIR"),
    ({"EASEL_MODEL": "gpt-image-9"}, "EASEL_MODEL: I know no model named “gpt-image-9”"),
    ({"EASEL_MODEL": "gpt-image-1"}, "EASEL_MODEL: gpt-image-1 was shut down on 2026-10-23"),
    ({"EASEL_SLOTS": "many"}, "EASEL_SLOTS must be a whole number, not “many”."),
    ({"EASEL_PROVIDERS": "opanai"}, "EASEL_PROVIDERS"),
]


@pytest.mark.parametrize(("settings", "sentence"), WRONG)
def test_run_says_what_is_wrong_before_it_does_anything(
    tmp_path: Path, settings: dict[str, str], sentence: str
) -> None:
    """The same sentences, in this process: nothing is built, reached or logged by then."""
    given = environment(tmp_path, None, None, **{**GOOD, **settings})

    ended = CliRunner().invoke(main, ["run"], env=given)

    assert sentence in ended.output
    assert ended.exit_code == 2
    assert "Traceback" not in ended.output
    assert GOOD["OPENAI_API_KEY"] not in ended.output


@pytest.mark.parametrize(
    ("command", "settings", "sentence"),
    [*(("check", *each) for each in WRONG), ("run", *WRONG[0])],
)
async def test_a_wrong_setting_is_one_sentence_that_names_it(
    tmp_path: Path, command: str, settings: dict[str, str], sentence: str
) -> None:
    """Nothing is reached, nothing is drawn, and nobody has to read Python."""
    offline = {
        "DISCORD_API_URL": "http://127.0.0.1:9/api/v10",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    }
    given = environment(tmp_path, None, None, **{**offline, **GOOD, **settings})
    async with easel(command, given, tmp_path) as process:
        code = await process.stopped()

    assert sentence in process.said
    assert code == 2, process.said
    assert "Traceback" not in process.said
    assert GOOD["OPENAI_API_KEY"] not in process.said
    assert GOOD["DISCORD_TOKEN"] not in process.said


async def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    """An operator repairs all of it in one go."""
    given = environment(tmp_path, None, None, EASEL_SLOTS="0", EASEL_MODEL="none", EASEL_LOG="loud")
    async with easel("check", given, tmp_path) as process:
        code = await process.stopped()

    assert code == 2
    for name in ("DISCORD_TOKEN", "OPENAI_API_KEY", "EASEL_SLOTS", "EASEL_MODEL", "EASEL_LOG"):
        assert name in process.said


async def test_an_address_in_use_is_one_sentence_and_ends(
    tmp_path: Path, standin: Standin, service: PretendApi
) -> None:
    """Another program has the port of EASEL_HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        given = environment(tmp_path, standin, service, EASEL_HTTP=address)
        async with easel("run", given, tmp_path) as process:
            code = await process.stopped()

    assert f"EASEL_HTTP: {address} is in use by another program." in process.said
    assert code == 2, process.said
    assert "Traceback" not in process.said
