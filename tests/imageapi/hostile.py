"""Sixty and some answers that are made to hurt, and four ways in which they reach us.

An address is where an answer leads, a body is what it says, a picture is what is in it, and a wire
is how its bytes come. Each is given as base64, behind a link, in a stream, and when a service is
asked how a drawing stands.
"""

from __future__ import annotations

import asyncio
import gzip
import struct
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

import orjson
import pybase64

from tests.imageapi.services import Request, Script, says, write


class Way(StrEnum):
    """How it reaches us."""

    BASE64 = "base64"
    LINK = "link"
    STREAM = "stream"
    POLL = "poll"


@dataclass(frozen=True, slots=True)
class Address:
    """Where an answer leads; `{here}` is the service, `{trap}` a port where nobody may knock."""

    text: str


@dataclass(frozen=True, slots=True)
class Body:
    """What is said with status 200."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A file that claims to be a picture."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Wire:
    """How bytes come: given what stands for `{start}` and `{trap}`, and where to write."""

    script: Callable[[Words, asyncio.StreamWriter], Awaitable[None]]


Words = dict[bytes, bytes]
"""`{start}` is how a good answer would begin."""

Hostile = Address | Body | Picture | Wire

HEAD = b"HTTP/1.1 200 OK\r\n"
TORN = b'{"created":1,"data":[{"b64_json":"cGljd'
MILLION = b"x" * 1_000_000


def _filled(text: bytes, words: Words) -> bytes:
    for name, word in words.items():
        text = text.replace(name, word)
    return text


def wire(*pieces: bytes, close: bool = True) -> Wire:
    """These bytes."""

    async def script(words: Words, writer: asyncio.StreamWriter) -> None:
        await write(writer, *(_filled(piece, words) for piece in pieces))
        if close:
            writer.close()

    return Wire(script)


def without_end(head: bytes, piece: bytes, pause: float = 0) -> Wire:
    """The same again and again, for as long as anybody listens."""

    async def script(words: Words, writer: asyncio.StreamWriter) -> None:
        await write(writer, _filled(head, words))
        while True:
            await write(writer, piece)
            await asyncio.sleep(pause)

    return Wire(script)


def refusing(status: str, **headers: str) -> Wire:
    """A refusal with these headers."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return wire(f"HTTP/1.1 {status}\r\n{lines}content-length: 2\r\n\r\n{{}}".encode(), close=False)


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG that claims that size, with these chunks."""
    header = (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    parts = [b"\x89PNG\r\n\x1a\n"]
    for name, data in (header, *chunks):
        crc = struct.pack(">I", zlib.crc32(name + data))
        parts.append(struct.pack(">I", len(data)) + name + data + crc)
    return b"".join(parts)


def failing(**error: object) -> Body:
    """An error with status 200."""
    return Body(orjson.dumps({"error": error}))


ADDRESSES = {
    "this machine": Address("http://127.0.0.1:{trap}/"),
    "this machine, encrypted": Address("https://127.0.0.1:{trap}/"),
    "this machine by name": Address("https://localhost:{trap}/"),
    "as one number": Address("https://2130706433:{trap}/"),
    "hexadecimal": Address("https://0x7f000001:{trap}/"),
    "octal": Address("https://0177.0.0.1:{trap}/"),
    "short": Address("https://127.1:{trap}/"),
    "in circles": Address("https://①②⑦.⓪.⓪.①:{trap}/"),
    "with a dot behind": Address("https://127.0.0.1.:{trap}/"),
    "any address": Address("https://0.0.0.0:{trap}/"),
    "v6 loopback": Address("https://[::1]:{trap}/"),
    "v4 in v6": Address("https://[::ffff:127.0.0.1]:{trap}/"),
    "v4 in old v6": Address("https://[::127.0.0.1]:{trap}/"),
    "v4 translated": Address("https://[::ffff:0:127.0.0.1]:{trap}/"),
    "v4 behind NAT64": Address("https://[64:ff9b::7f00:1]:{trap}/"),
    "v4 behind a local NAT64": Address("https://[64:ff9b:1::7f00:1]:{trap}/"),
    "v4 in 6to4": Address("https://[2002:7f00:1::]:{trap}/"),
    "v6 of a site": Address("https://[fec0::1]:{trap}/"),
    "v6 of a link": Address("https://[fe80::1%25lo]:{trap}/"),
    "private v6": Address("https://[fd00::1]:{trap}/"),
    "metadata of a cloud": Address("https://169.254.169.254/latest/meta-data/"),
    "private network": Address("https://10.0.0.1/"),
    "a name of the private network": Address("https://inside.example/"),
    "a name of both": Address("https://both.example/"),
    "userinfo": Address("https://cdn.example@127.0.0.1:{trap}/"),
    "the service as userinfo": Address("http://0.0.0.0:80@127.0.0.1:{trap}/"),
    "backslash": Address("https://127.0.0.1:{trap}\\@cdn.example/"),
    "fragment": Address("https://127.0.0.1:{trap}#@cdn.example/"),
    "line breaks": Address("https://127.0.0.1:{trap}/\r\nHost: cdn.example\r\n\r\n"),
    "no scheme": Address("//127.0.0.1:{trap}/"),
    "a file": Address("file:///etc/passwd"),
    "another protocol": Address("gopher://127.0.0.1:{trap}/_GET"),
    "a script": Address("javascript:alert(1)"),
    "a page in the address": Address("data:text/html,<script>alert(1)</script>"),
    "a label too long": Address(f"https://{'a' * 70}.example/"),
    "an empty label": Address("https://a..example/"),
    "NUL in the host": Address("https://a\0b.example/"),
    "a million labels": Address("https://" + "a." * 1_000_000 + "example/"),
    "no such port": Address("https://cdn.example:99999/"),
    "no host": Address("https:///"),
    "half an address": Address("https://[::1"),
    "redirected inside": Address("{here}/inside"),
    "redirected to a file": Address("{here}/file"),
    "redirected to nonsense": Address("{here}/nonsense"),
    "redirected for ever": Address("{here}/round"),
}

BODIES = {
    "nothing": Body(b""),
    "spaces": Body(b" \r\n" * 50_000),
    "a page": Body(b"<!doctype html><title>Sign in</title><p>Please."),
    "an endless title": Body(b"<title>" + b"<" * 100_000),
    "an error": failing(message="The server had an error.", type="server_error"),
    "an error of a megabyte": failing(message="model " * 200_000, code="c" * 1_000_000),
    "an error as a megabyte": Body(orjson.dumps({"error": "model " * 200_000})),
    "a time past all time": failing(message="try again in " + "999999999d " * 50),
    "a detail": Body(b'{"detail":"Not Found"}'),
    "no success": Body(b'{"success":false,"message":"no"}'),
    "half": Body(TORN),
    "deep": Body(b"[" * 100_000 + b"]" * 100_000),
    "deep inside": Body(b'{"data":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001),
    "NUL bytes": Body(b'{"data":"\0\0"}'),
    "NUL bytes alone": Body(b"\0" * 1000),
    "a number past all numbers": Body(b'{"status":1e999,"progress":1e999}'),
    "a number of a megabyte": Body(b'{"progress":' + b"9" * 1_000_000 + b"}"),
    "odd progress": Body(b'{"status":"Pending","progress":-1e308}'),
    "keys twice": Body(b'{"data":[{"b64_json":"cGljdHVyZQ=="}],"data":[]}'),
    "UTF-16": Body('{"data":[]}'.encode("utf-16")),
    "half a character": Body(b'{"data":"\\ud800"}'),
    "no UTF-8": Body(b'{"data":"\xff\xfe\xfa"}'),
    "two answers": Body(b'{}{"data":[{"b64_json":"cGljdHVyZQ=="}]}'),
    "null": Body(b"null"),
    "a list": Body(b"[]"),
    "a text": Body(b'"done"'),
    "a hundred thousand nothings": Body(b'{"data":[' + b"null," * 100_000 + b"null]}"),
    "no base64": Body(b'{"data":[{"b64_json":"%%%"},{"b64_json":7},{"url":[]}]}'),
    "a state of a megabyte": Body(b'{"status":"' + MILLION + b'"}'),
}

PICTURES = {
    "no picture": Picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "half a picture": Picture(png(64, 64, (b"IDAT", zlib.compress(b"\0" * 99)))),
    "too many pixels": Picture(png(60_000, 60_000, (b"IDAT", zlib.compress(b"\0" * 99)))),
    "no pixels": Picture(png(0, 0)),
    "a bomb in its text": Picture(
        png(8, 8, (b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 70_000_000, 9)))
    ),
    "too many pixels of a GIF": Picture(b"GIF89a\xff\xff\xff\xff\x80\0\0" + b"\0" * 99),
    "too many bytes": Picture(b"\x89PNG\r\n\x1a\n" + b"\0" * 200_000),
    "just a label": Picture(b"\xff\xd8\xff\xe0"),
}

CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"

WIRES = {
    "bytes without end": without_end(HEAD + b"\r\n{start}", b"A" * 65_536),
    "spaces without end": without_end(HEAD + b"\r\n", b" " * 65_536),
    "a slow drip": without_end(HEAD + b"\r\n{start}", b"A", 0.05),
    "comments without end": without_end(HEAD + b"\r\n", b": working\n\n", 0.01),
    "headers without end": without_end(HEAD, b"x-more: " + b"x" * 1000 + b"\r\n"),
    "hints without end": without_end(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.001),
    "silence": wire(HEAD + b"content-length: 100\r\n\r\n{start}", close=False),
    "no answer": wire(),
    "cut": wire(HEAD + b"content-length: 1000\r\n\r\n{start}"),
    "another protocol": wire(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "a header of a megabyte": wire(HEAD + b"x: " + MILLION + b"\r\n\r\n"),
    "a broken chunk": wire(CHUNKED + b"fffffffffffffffff\r\n{start}"),
    "a negative length": wire(HEAD + b"content-length: -1\r\n\r\n{start}"),
    "a bomb": wire(
        HEAD + b"content-encoding: gzip\r\n\r\n" + gzip.compress(b"A" * 100_000_000), close=True
    ),
    "no gzip": wire(HEAD + b"content-encoding: gzip\r\n\r\n{start}"),
    "a redirect with the key": refusing(
        "307 Temporary Redirect", location="http://127.0.0.1:{trap}/"
    ),
    "too fast, for ever": refusing("429 Too Many Requests", retry_after="9" * 4000),
    "too fast, on no day": refusing(
        "429 Too Many Requests", retry_after="Mon, 01 Jan 2026 00:00:00 +99999999999999"
    ),
    "a limit of thousands of digits": refusing(
        "400 Bad Request", x_ratelimit_limit_images="9" * 5000
    ),
    "no status": refusing("999 Odd"),
}

ALL: dict[str, Hostile] = {
    **{f"address: {name}": each for name, each in ADDRESSES.items()},
    **{f"body: {name}": each for name, each in BODIES.items()},
    **{f"picture: {name}": each for name, each in PICTURES.items()},
    **{f"wire: {name}": each for name, each in WIRES.items()},
}

QUESTION, FILE = "/v1/question", "/v1/file.png"

STARTS = {
    Way.BASE64: TORN,
    Way.LINK: b"\x89PNG\r\n\x1a\n",
    Way.STREAM: b'data: {"type":"image_generation.completed","b64_json":"cGljd',
    Way.POLL: b'{"id":"7","status":"',
}


def script_of(hostile: Hostile, way: Way, trap: int) -> Script:
    """A service that draws gladly until it is the turn of what hurts."""

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        here = f"http://{request.headers['host']}"
        turn = _turn(request.path, way)
        if request.path in REDIRECTS:
            await says(b"", "302 Found", location=REDIRECTS[request.path](trap))(request, writer)
        elif isinstance(hostile, Wire) and turn:
            words = {b"{start}": STARTS[way], b"{trap}": b"%d" % trap}
            await hostile.script(words, writer)
        elif request.method == "POST":
            await says(_taken(hostile, way, here, trap))(request, writer)
        elif request.path == QUESTION and not isinstance(hostile, Picture):
            await says(hostile.content if isinstance(hostile, Body) else b"{}")(request, writer)
        elif request.path == QUESTION:
            ready = {"status": "Ready", "result": {"sample": here + FILE}}
            await says(orjson.dumps(ready))(request, writer)
        elif request.path == FILE:
            await says(getattr(hostile, "content", b""))(request, writer)
        else:
            await says(b"{}", "404 Not Found")(request, writer)

    return script


REDIRECTS: dict[str, Callable[[int], str]] = {
    "/inside": lambda trap: f"http://127.0.0.1:{trap}/",
    "/file": lambda _: "file:///etc/passwd",
    "/nonsense": lambda _: "http://[::1",
    "/round": lambda _: "/round",
}


def _turn(path: str, way: Way) -> bool:
    if way is Way.LINK:
        return path == FILE
    return path == QUESTION if way is Way.POLL else path != FILE


def _taken(hostile: Hostile, way: Way, here: str, trap: int) -> bytes:
    """What the order itself is answered with."""
    where = here + (QUESTION if way is Way.POLL else FILE)
    if isinstance(hostile, Address):
        where = hostile.text.replace("{here}", here).replace("{trap}", str(trap))
    if way is Way.POLL:
        return orjson.dumps({"id": "7", "polling_url": where})
    if way is Way.LINK:
        return orjson.dumps({"created": 1, "data": [{"url": where}]})
    if isinstance(hostile, Body):
        whole = hostile.content
        return whole if way is Way.BASE64 else b"".join(map(_line, whole.splitlines())) + b"\n"
    if isinstance(hostile, Picture):
        entry = {"b64_json": pybase64.b64encode(hostile.content).decode()}
    else:
        entry = {"b64_json": where} if way is Way.BASE64 else {"url": where}
    if way is Way.BASE64:
        return orjson.dumps({"created": 1, "data": [entry]})
    return _line(orjson.dumps({"type": "image_generation.completed", **entry})) + b"\n"


def _line(text: bytes) -> bytes:
    return b"data: " + text + b"\n"
