"""Forms, and bodies that are let go while they are sent."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.imageapi.calls import PIECE, Body
from bot.imageapi.forms import File, form

contents = st.binary(max_size=200) | st.sampled_from([b"--easel-", b"\r\n--", b"\r\n", b"--", b""])
files = st.lists(
    st.builds(
        File, part=st.just("image[]"), name=st.just("a"), type=st.just("b/c"), content=contents
    ),
    max_size=4,
)


def taken_apart(kind: str, chunks: tuple[bytes, ...]) -> list[tuple[bytes, bytes]]:
    """Head and content of every part, as whoever gets the form reads it."""
    line = b"\r\n--" + kind.removeprefix("multipart/form-data; boundary=").encode()
    before, *parts, after = (b"\r\n" + b"".join(chunks)).split(line)
    assert (before, after) == (b"", b"--\r\n")
    heads_and_contents = [part.removeprefix(b"\r\n").split(b"\r\n\r\n", 1) for part in parts]
    return [(head, content) for head, content in heads_and_contents]


@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]))), files=files)
def test_whatever_is_in_a_form_comes_out_of_it(texts: list[str], files: list[File]) -> None:
    """Given any texts and bytes, when their form is taken apart, then they are there untouched."""
    named = {f"text{number}": text for number, text in enumerate(texts)}

    parts = taken_apart(*form(named, files, seed="any"))

    assert [content for _, content in parts] == [
        *(text.encode() for text in texts),
        *(file.content for file in files),
    ]
    assert [head for head, _ in parts] == [
        *(f'Content-Disposition: form-data; name="{name}"'.encode() for name in named),
        *[
            b'Content-Disposition: form-data; name="image[]"; filename="a"\r\nContent-Type: b/c'
            for _ in files
        ],
    ]


def test_a_boundary_is_never_in_the_form() -> None:
    """Given boundaries hidden in its parts, when a form is written, then another is used."""
    file = File(part="image[]", name="a.png", type="image/png", content=b"")
    texts = {"prompt": ""}
    for _ in range(3):
        boundary = form(texts, [file], seed="same")[0].partition("boundary=")[2]
        texts = {"prompt": texts["prompt"] + boundary}
        boundary = form(texts, [file], seed="same")[0].partition("boundary=")[2]
        file = replace(file, content=file.content + boundary.encode())

    parts = taken_apart(*form(texts, [file], seed="same"))

    assert len(set(texts["prompt"].split("easel-"))) == 4
    assert [content for _, content in parts] == [texts["prompt"].encode(), file.content]


def test_a_body_is_taken_in_pieces() -> None:
    """Given chunks of any size, when they are taken, then in their order and in small pieces."""
    chunks = (b"a", b"b" * PIECE, b"", b"c" * (2 * PIECE + 1))
    body = Body(*chunks)
    sizes = [len(piece) for piece in Body(*chunks)]

    assert body.size == 3 * PIECE + 2
    assert sizes == [1, PIECE, PIECE, PIECE, 1]
    assert b"".join(body) == b"".join(chunks)
    assert b"".join(body) == b""


def test_a_body_is_taken_with_its_last_piece() -> None:
    """Given two pieces, when the first is taken, then only the second makes it whole."""
    body = Body(b"a", b"b")
    pieces = iter(body)

    next(pieces)
    assert not body.taken
    next(pieces)
    assert body.taken
    assert Body().taken
