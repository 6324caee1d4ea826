"""Google's Gemini API: parts, drafts that are thoughts, and refusals with status 200."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

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

RATIOS = {
    "1:1": (1024, 1024),
    "2:3": (848, 1264),
    "3:2": (1264, 848),
    "3:4": (896, 1200),
    "4:3": (1200, 896),
    "4:5": (928, 1152),
    "5:4": (1152, 928),
    "9:16": (768, 1376),
    "16:9": (1376, 768),
    "21:9": (1584, 672),
}
TOKENS = {"1K": 1120, "2K": 1680, "4K": 3780}
DRAWN, GIVEN, INPUT = 30, 1.5, 1120
"""Micro-dollars per token of a picture that is drawn, of one that is sent along, and its tokens."""


class Gemini(PretendService):
    """The service. What it takes for words and thoughts, a fraction of a cent, is left out."""

    provider = "gemini"
    model = "gemini-nano-banana-2.1"

    @property
    def environment(self) -> Mapping[str, str]:
        return {"GEMINI_BASE_URL": f"{self.origin}/v1beta", "GEMINI_API_KEY": KEY}

    def routes(self) -> Sequence[Route]:
        return (
            ("GET", "/v1beta/models", self._models),
            ("POST", "/v1beta/models/{call}", self._generate),
        )

    def refusal(self, trouble: Trouble) -> web.Response:
        match trouble:
            case Trouble.MODERATION:
                stopped = {"content": {}, "finishReason": "IMAGE_SAFETY", "index": 0}
                message = "Unable to show the generated image."
                return says({"candidates": [{**stopped, "finishMessage": message}]})
            case Trouble.TOO_FAST:
                delay = {
                    "@type": "type.googleapis.com/google.rpc.RetryInfo",
                    "retryDelay": "0.1s",
                }
                message = "You exceeded your current quota, please check your plan."
                return _error(429, "RESOURCE_EXHAUSTED", message, delay)
            case Trouble.MONEY:
                message = "Quota exceeded for metric: free_tier_requests, limit: 0"
                return _error(429, "RESOURCE_EXHAUSTED", message)
            case Trouble.GONE:
                message = f"models/{self.model} is not found for API version v1beta"
                return _error(404, "NOT_FOUND", message)

    def _authorize(self, came: Came) -> None:
        if came.headers.get("x-goog-api-key") != KEY or "authorization" in came.headers:
            raise Wrong(_error(400, "INVALID_ARGUMENT", "API key not valid."))

    async def _models(self, came: Came) -> web.Response:
        self._authorize(came)
        return says({"models": [{"name": f"models/{self.model}"}]})

    async def _generate(self, came: Came) -> web.Response:
        self._authorize(came)
        if came.here["call"] != f"{self.model}:generateContent":
            raise Wrong(self.refusal(Trouble.GONE))
        _only(came.fields, {"contents", "generationConfig"})
        [content] = came.fields["contents"]
        _only(content, {"role", "parts"})
        config = came.fields["generationConfig"]
        _only(config, {"responseModalities", "imageConfig"})
        shown = config["imageConfig"]
        _only(shown, {"aspectRatio", "imageSize"})
        named = shown.get("imageSize", "1K")
        if shown["aspectRatio"] not in RATIOS or named not in TOKENS:
            raise _invalid("image_config")
        if config["responseModalities"] != ["TEXT", "IMAGE"] or content["role"] != "user":
            raise _invalid("response_modalities")
        words, sources = content["parts"][0]["text"], [_source(p) for p in content["parts"][1:]]
        await self.ready()
        times = ("1K", "2K", "4K").index(named)
        width, height = (edge << times for edge in RATIOS[shown["aspectRatio"]])
        picture = (
            changed(sources[0], None, words, size=(width, height))
            if sources
            else painted(words, width, height)
        )
        self.bill += round(TOKENS[named] * DRAWN + len(sources) * INPUT * GIVEN)
        return says(self._answer(words, picture, named, len(sources)))

    def _answer(self, words: str, picture: bytes, named: str, sources: int) -> dict[str, Any]:
        draft = painted("a draft", 64, 64)
        parts = [
            {"text": "I begin with the light.", "thought": True},
            {**_part(draft), "thought": True},
            {"text": "Here it is."},
            {**_part(picture), "thoughtSignature": "c2lnbmVk"},
        ]
        given = [{"modality": "TEXT", "tokenCount": len(words) // 4 + 1}]
        if sources:
            given.append({"modality": "IMAGE", "tokenCount": INPUT * sources})
        return {
            "candidates": [
                {
                    "content": {"parts": parts, "role": "model"},
                    "finishReason": "STOP",
                    "index": 0,
                }
            ],
            "usageMetadata": {
                "promptTokenCount": len(words) // 4 + 1 + INPUT * sources,
                "candidatesTokenCount": TOKENS[named],
                "thoughtsTokenCount": 150,
                "promptTokensDetails": given,
                "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": TOKENS[named]}],
            },
            "modelVersion": self.model,
            "responseId": "made-up",
        }


def _part(picture: bytes) -> dict[str, Any]:
    return {"inlineData": {"mimeType": "image/png", "data": b64encode(picture).decode()}}


def _source(part: Mapping[str, Any]) -> bytes:
    inline = part["inlineData"]
    _only(inline, {"mimeType", "data"})
    if inline["mimeType"] not in {"image/png", "image/jpeg", "image/webp"}:
        raise _invalid("mime_type")
    return b64decode(inline["data"], validate=True)


def _only(given: Mapping[str, Any], known: set[str]) -> None:
    for name in given:
        if name not in known:
            raise Wrong(
                _error(400, "INVALID_ARGUMENT", f'Unknown name "{name}": Cannot find field.')
            )


def _invalid(what: str) -> Wrong:
    return Wrong(_error(400, "INVALID_ARGUMENT", f"Invalid value at '{what}'"))


def _error(status: int, state: str, message: str, *details: dict[str, Any]) -> web.Response:
    error = {"code": status, "message": message, "status": state, "details": list(details)}
    return says({"error": error}, status)
