"""Services that draw when they are talked to: OpenRouter, and a relay of ChatGPT's own drawing."""

from __future__ import annotations

import re
from abc import abstractmethod
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import orjson
from aiohttp import web

from tests.pretend.gemini import DRAWN, GIVEN, INPUT, RATIOS, TOKENS
from tests.pretend.server import (
    KEY,
    Came,
    PretendService,
    Route,
    Trouble,
    Wrong,
    changed,
    painted,
    says,
)


class Talker(PretendService):
    """What they share: a message with words and pictures.

    Attributes:
        at: What comes before the path.
        knows: Fields that it takes; any other is refused.
    """

    at: ClassVar[str]
    knows: ClassVar[set[str]]

    def routes(self) -> Sequence[Route]:
        return (("POST", f"{self.at}/chat/completions", self._talk),)

    @abstractmethod
    def answer(self, came: Came, words: str, sources: list[bytes]) -> web.Response:
        """Draw, write it on the bill, and hand it over."""

    async def _talk(self, came: Came) -> web.Response:
        if came.headers.get("authorization") != f"Bearer {KEY}":
            raise Wrong(_error(401, "No auth credentials found"))
        if set(came.fields) - self.knows:
            raise Wrong(_error(400, f"Unknown parameter among {sorted(came.fields)}"))
        [message] = came.fields["messages"]
        assert message["role"] == "user"
        words, sources = _read(message["content"])
        await self.ready()
        return self.answer(came, words, sources)


class OpenRouter(Talker):
    """A router: pictures beside the text, and what the call took in dollars."""

    provider = "openrouter"
    model = "gemini-nano-banana-2.1"
    at = "/api/v1"
    knows = {"model", "messages", "modalities", "image_config"}  # noqa: RUF012 - as in its base

    @property
    def environment(self) -> Mapping[str, str]:
        return {"OPENROUTER_BASE_URL": f"{self.origin}{self.at}", "OPENROUTER_API_KEY": KEY}

    def refusal(self, trouble: Trouble) -> web.Response:
        match trouble:
            case Trouble.MODERATION:
                return _error(
                    403, "Your chosen model requires moderation and your input was flagged"
                )
            case Trouble.TOO_FAST:
                return _error(429, "Rate limit exceeded", retry_after="0.1")
            case Trouble.MONEY:
                return _error(402, "Insufficient credits. Add more at the settings.")
            case Trouble.GONE:
                return _error(404, f"No endpoints found for google/{self.model}.")

    def answer(self, came: Came, words: str, sources: list[bytes]) -> web.Response:
        config = came.fields["image_config"]
        if came.fields["model"] != f"google/{self.model}" or set(config) - {
            "aspect_ratio",
            "image_size",
        }:
            raise Wrong(_error(400, f"{came.fields['model']} is not a valid model ID"))
        if came.fields["modalities"] != ["image", "text"]:
            raise Wrong(_error(404, "No endpoints found that support the modalities"))
        width, height = RATIOS[config["aspect_ratio"]]
        picture = _drawn(words, sources, width, height)
        tokens = len(words) // 4 + 1
        took = round(TOKENS["1K"] * DRAWN + (tokens + len(sources) * INPUT) * GIVEN)
        self.bill += took
        shown = {"url": f"data:image/png;base64,{b64encode(picture).decode()}"}
        message = {
            "role": "assistant",
            "content": "Here it is.",
            "images": [{"type": "image_url", "image_url": shown, "index": 0}],
        }
        usage = {
            "prompt_tokens": tokens + len(sources) * INPUT,
            "completion_tokens": TOKENS["1K"] + 5,
            "completion_tokens_details": {"image_tokens": TOKENS["1K"]},
            "cost": took / 1_000_000,
        }
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return says({"id": "gen-1", "choices": [choice], "usage": usage})


class Relay(Talker):
    """A relay: events whose words have the shape in them, how far it is, and two links."""

    provider = "relay"
    model = "gpt-image-2-all"
    at = "/v1"
    knows = {"model", "messages", "stream"}  # noqa: RUF012 - as in its base
    price: ClassVar[int] = 30_000

    @property
    def environment(self) -> Mapping[str, str]:
        return {"RELAY_BASE_URL": f"{self.origin}{self.at}", "RELAY_API_KEY": KEY}

    def refusal(self, trouble: Trouble) -> web.Response:
        match trouble:
            case Trouble.MODERATION:
                return _events("> 生成失败\n\nI can't: it may violate our content policies.")
            case Trouble.TOO_FAST:
                return _error(
                    429, "当前分组上游负载已饱和 (request id: 1)", kind="new_api", retry_after="0.1"
                )
            case Trouble.MONEY:
                return _error(403, "用户额度不足, 剩余额度: $0.00", code="insufficient_user_quota")
            case Trouble.GONE:
                return _error(503, f"No available channel for model {self.model} under group x")

    def answer(self, came: Came, words: str, sources: list[bytes]) -> web.Response:
        ratio = re.search(r" \[(1:1|2:3|3:2)\]$", words)
        if came.fields["model"] != self.model:
            raise Wrong(self.refusal(Trouble.GONE))
        assert ratio is not None
        size = {"1:1": (1024, 1024), "2:3": (1024, 1536), "3:2": (1536, 1024)}[ratio[1]]
        picture = self.link(_drawn(words, sources, *size))
        self.bill += self.price
        download = picture.replace("/files/", "/files/download/")
        told = orjson.dumps({"prompt": words, "referenced_image_ids": []}).decode()
        text = f"{told}\n\n> 进度 **2%**\n\n> 进度 **42%**\n\n"
        text += f"![file_1]({picture})\n[下载⏬]({download})"
        if came.fields.get("stream"):
            return _events(text)
        message = {"role": "assistant", "content": text}
        return says({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})


def _events(text: str) -> web.Response:
    """The words torn apart, as models say them."""
    body = b"".join(b"data: " + each + b"\n\n" for each in (*_torn(text), b"[DONE]"))
    return web.Response(body=body, content_type="text/event-stream")


def _torn(text: str) -> Iterator[bytes]:
    lines = text.split("\n\n")
    # Percents come whole, a link comes in pieces.
    pieces = [f"{line}\n\n" for line in lines[:-1]]
    pieces += [lines[-1][at : at + 7] for at in range(0, len(lines[-1]), 7)]
    for number, piece in enumerate(pieces):
        last = "stop" if number == len(pieces) - 1 else None
        choice = {"index": 0, "delta": {"content": piece}, "finish_reason": last}
        yield orjson.dumps({"object": "chat.completion.chunk", "choices": [choice]})


def _read(content: Any) -> tuple[str, list[bytes]]:
    if isinstance(content, str):
        return content, []
    words, *pictures = content
    urls = [each["image_url"]["url"].partition(";base64,") for each in pictures]
    assert all(kind.startswith("data:image/") for kind, _, _ in urls)
    return words["text"], [b64decode(data, validate=True) for _, _, data in urls]


def _drawn(words: str, sources: list[bytes], width: int, height: int) -> bytes:
    if sources:
        return changed(sources[0], None, words, size=(width, height))
    return painted(words, width, height)


def _error(
    status: int, message: str, *, kind: str = "", code: str | int = "", **headers: str
) -> web.Response:
    error = {"message": message, "type": kind, "code": code or status}
    return says({"error": error}, status, **headers)
