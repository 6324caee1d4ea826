"""What `easel check` says about a provider."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.errors import AccountProblem, TooFast, Unreachable
from bot.imageapi.providers import Provider
from tests.imageapi.services import KEY, Script, client_of, provider_at, says, sends, service

TWO = ("gpt-image-2.5-flare", "gpt-image-1.5")


def with_two(provider: Provider) -> Provider:
    """The provider, if it served two models only."""
    return replace(provider, models=TWO)


async def said(script: Script) -> str:
    """What is said about a service that follows the script."""
    async with service(script) as openai, client_of(with_two(provider_at(openai.url))) as api:
        sentence = await api.reach("openai")
    (request,) = openai.requests
    assert (request.method, request.path) == ("GET", "/v1/models")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    return sentence


async def test_all_is_well() -> None:
    """Given a key that is taken and models that live on, when it is reached, then that is said."""
    body = (
        b'{"object":"list","data":[{"id":"gpt-image-2.5-flare","shutdown_date":null},'
        b'{"id":"gpt-image-1.5","shutdown_date":"2027-06-01"},{"id":"gpt-9"},{"odd":1},7]}'
    )

    assert await said(says(body)) == "openai answers and takes the key."


async def test_a_model_that_ends_soon_is_named() -> None:
    """Given a shutdown date that is near, when it is reached, then the operator is warned."""
    body = (
        b'{"data":[{"id":"gpt-image-2.5-flare","shutdown_date":"2027-01-15"},'
        b'{"id":"gpt-image-1.5","shutdown_date":"soon"}]}'
    )

    assert await said(says(body)) == (
        "openai answers and takes the key. gpt-image-2.5-flare ends on 2027-01-15. "
        "gpt-image-1.5 ends on 2026-12-01."
    )


async def test_a_model_that_is_not_listed_is_named() -> None:
    """Given a list without one of our models, when it is reached, then that one is named."""
    body = b'{"data":[{"id":"gpt-image-1.5","shutdown_date":"2027-06-01"}]}'

    assert await said(says(body)) == (
        "openai answers and takes the key. It does not list gpt-image-2.5-flare."
    )


@pytest.mark.parametrize("status", ["404 Not Found", "405 Method Not Allowed"])
async def test_a_service_without_a_list_is_reached_all_the_same(status: str) -> None:
    """Given a small server, when it has no list of models, then it answers at least."""
    assert await said(says(b"", status)) == (
        "openai answers, but lists no models, so the key was not tried."
    )


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"data":[]}', b"7"])
async def test_a_list_that_is_none_is_said_to_be_none(body: bytes) -> None:
    """Given something else, when it is reached, then nothing is claimed."""
    assert await said(says(body)) == (
        "openai answers, but not with a list of models, so nothing more is known."
    )


async def test_a_wrong_key_is_the_operators_turn() -> None:
    """Given a key that is not taken, when it is reached, then code and request are there."""
    body = f'{{"error":{{"code":"invalid_api_key","message":"Incorrect: {KEY}"}}}}'.encode()
    with pytest.raises(AccountProblem) as failed:
        await said(says(body, "401 Unauthorized", x_request_id="req_1"))

    assert failed.value.detail == ("HTTP 401, invalid_api_key: Incorrect: [key] (request req_1)")


@pytest.mark.parametrize(
    "script",
    [says(b"", "500 Internal Server Error"), sends(close=True)],
    ids=["an error", "a cut"],
)
async def test_nothing_is_unknown_where_nothing_was_drawn(script: Script) -> None:
    """Given a service in trouble, when it is reached, then it cannot be, and that is all."""
    with pytest.raises(Unreachable):
        async with service(script) as openai, client_of(provider_at(openai.url)) as api:
            await api.reach("openai")


async def test_a_busy_service_is_busy() -> None:
    """Given a 429, when it is reached, then it is known when to try again."""
    with pytest.raises(TooFast):
        await said(says(b"", "429 Too Many Requests", retry_after="5"))


async def test_nobody_there_is_said() -> None:
    """Given a closed port, when it is reached, then it cannot be."""
    async with client_of(provider_at("http://127.0.0.1:1")) as api:
        with pytest.raises(Unreachable, match="Cannot connect"):
            await api.reach("openai")
