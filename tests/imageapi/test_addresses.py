"""The key goes to the provider, to hosts that its file lists, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.errors import BadAnswer
from bot.imageapi.addresses import address
from tests.imageapi.services import provider_at

PROVIDER = replace(
    provider_at("https://api.example.com"),
    poll_hosts=(".example.org", "polls.example.net", "cellar.local:8080"),
)


@pytest.mark.parametrize(
    ("path", "whole"),
    [
        ("/tasks/7", "https://api.example.com/v1/tasks/7"),
        ("/tasks?id=7", "https://api.example.com/v1/tasks?id=7"),
        ("//evil.example/x", "https://api.example.com/v1//evil.example/x"),
        ("https://api.example.com/other?id=7", "https://api.example.com:443/other?id=7"),
        ("https://API.example.com", "https://api.example.com:443/"),
        ("https://eu.example.org/tasks/7", "https://eu.example.org:443/tasks/7"),
        ("https://polls.example.net/7#part", "https://polls.example.net:443/7"),
        ("http://cellar.local:8080/7", "http://cellar.local:8080/7"),
        ("https://cellar.local:8080/7", "https://cellar.local:8080/7"),
        ("https://name:word@api.example.com/7", "https://api.example.com:443/7"),
    ],
)
def test_its_own_addresses_and_those_listed_are_asked(path: str, whole: str) -> None:
    """Given a path, or an address that is the provider's or listed, then that is asked."""
    assert address(PROVIDER, path) == whole


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/7",
        "http://api.example.com/7",
        "https://api.example.com:8443/7",
        "https://api.example.com.evil.example/7",
        "https://api.example.com@evil.example/7",
        "https://example.org/7",
        "https://evilexample.org/7",
        "http://eu.example.org/7",
        "https://eu.example.org:444/7",
        "http://polls.example.net/7",
        "http://cellar.local/7",
        "https://127.0.0.1/7",
        "ftp://api.example.com/7",
        "file:///etc/passwd",
        "https://api.example.com:port/7",
        "https://[::1",
        "tasks/7",
        ".evil.example/7",
        "@evil.example/7",
        "",
    ],
)
def test_no_other_address_gets_the_key(path: str) -> None:
    """Given an address that somebody else chose, when it is to be asked, then it is not."""
    with pytest.raises(BadAnswer):
        address(PROVIDER, path)


def test_the_way_out_is_named() -> None:
    """Given a host that is not listed, when it is refused, then the operator reads what to do."""
    with pytest.raises(BadAnswer, match="poll_hosts in the provider's file"):
        address(PROVIDER, "https://evil.example/7")


@pytest.mark.parametrize(
    ("path", "whole"),
    [
        ("/a", "https://api.example.com/v1/a?api-version=2025-04-01-preview"),
        ("/a?b=1", "https://api.example.com/v1/a?b=1&api-version=2025-04-01-preview"),
        ("https://api.example.com/a?b=1", "https://api.example.com:443/a?b=1"),
    ],
)
def test_what_goes_with_every_path_goes_with_paths_only(path: str, whole: str) -> None:
    """Given a query in the provider's file, when a path is asked, then it goes along."""
    provider = replace(PROVIDER, query={"api-version": "2025-04-01-preview"})

    assert address(provider, path) == whole
